"""How mail leaves this installation, in words."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from mainspring.outbox.models.mail import own_sender

SHOWN = "mainspring.outbox.backends.ShownBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
ANYMAIL = "anymail.backends."


@dataclass(frozen=True)
class Channel:
    """The way that the settings name: shown on a page, by SMTP, or through a provider. Secrets are only counted."""

    says: str
    is_real: bool
    sender: str
    facts: tuple[tuple[str, str], ...] = ()

    @classmethod
    def now(cls) -> "Channel":
        backend = settings.EMAIL_BACKEND
        if backend == SHOWN:
            says = _("Mail is shown on the page “Mail out” and leaves this machine not at all.")
            return cls(says, False, own_sender())
        elif backend == SMTP:
            return cls(_("Mail leaves by an SMTP server."), True, own_sender(), _smtp())
        elif backend.startswith(ANYMAIL):
            provider = backend.removeprefix(ANYMAIL).partition(".")[0].replace("_", " ").title()
            return cls(_("Mail leaves through %(provider)s.") % {"provider": provider}, True, own_sender(), _provider())
        else:
            return cls(_("Mail leaves by %(backend)s.") % {"backend": backend}, True, own_sender())


def _smtp() -> tuple[tuple[str, str], ...]:
    if settings.EMAIL_USE_SSL:
        encryption = _("TLS")
    elif settings.EMAIL_USE_TLS:
        encryption = _("STARTTLS")
    else:
        encryption = _("not encrypted")
    return (
        (_("Server"), f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"),
        (_("Encryption"), encryption),
        (_("User name"), settings.EMAIL_HOST_USER or _("none")),
        (_("Password"), _("set") if settings.EMAIL_HOST_PASSWORD else _("none")),
    )


def _provider() -> tuple[tuple[str, str], ...]:
    return tuple((name, _("set") if value else _("none")) for name, value in sorted(settings.ANYMAIL.items()))
