"""Whether mail leaves."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mainspring.core.health import Finding, Level, looks_at
from mainspring.outbox.models import OutgoingMail
from mainspring.outbox.probing import fault

MAIL_OUT = gettext_lazy("Mail out")
LATE = timedelta(minutes=10)
SHOWN = "mainspring.outbox.backends.ShownBackend"


@looks_at(MAIL_OUT, order=30)
def mail_out() -> Iterator[Finding]:
    now = timezone.now()
    late = OutgoingMail.objects.unsent().filter(not_before__lt=now - LATE).count()
    failed = OutgoingMail.objects.filter(
        state=OutgoingMail.State.FAILED, created_at__gt=now - timedelta(days=7)
    ).count()
    if settings.EMAIL_BACKEND == SHOWN:
        yield Finding(
            MAIL_OUT,
            Level.WARNING,
            _("Mails are shown on the mail page instead of being sent."),
            _("Right for a demo. To send them, set EMAIL_BACKEND and its settings as the README says."),
        )
    no_server = fault()
    if no_server:
        told = {"host": settings.EMAIL_HOST, "port": settings.EMAIL_PORT, "why": no_server}
        yield Finding(
            MAIL_OUT,
            Level.BROKEN,
            _("The mail server %(host)s:%(port)d does not answer: %(why)s") % told,
            _("Mails wait and leave by themselves once it does. See that it runs, and EMAIL_HOST and EMAIL_PORT."),
        )
    if late:
        says = ngettext(
            "%(count)d mail is more than ten minutes late.", "%(count)d mails are more than ten minutes late.", late
        )
        yield Finding(
            MAIL_OUT,
            Level.BROKEN,
            says % {"count": late},
            _("The mail page says of each what the mail server answered."),
        )
    if failed:
        says = ngettext(
            "%(count)d mail of this week could not be sent.", "%(count)d mails of this week could not be sent.", failed
        )
        yield Finding(
            MAIL_OUT, Level.WARNING, says % {"count": failed}, _("Look at them on the mail page; send them again.")
        )
    if not late and not failed and not no_server and settings.EMAIL_BACKEND != SHOWN:
        yield Finding.fine(MAIL_OUT, _("Every mail left in time."))
