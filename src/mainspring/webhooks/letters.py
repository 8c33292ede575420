"""The mail of webhooks."""

from django.utils.translation import gettext_lazy as _

from mainspring.core.links import link
from mainspring.outbox.letters import Letter
from mainspring.outbox.models import OutgoingMail
from mainspring.webhooks.models import Hook

SWITCHED_OFF = Letter(
    "webhook_off",
    _("A webhook was switched off"),
    _("The webhook to {{ host }} was switched off"),
    _(
        "Hello {{ name }},\n\nfor two days nothing could be delivered to {{ url }}, so it was switched off. The last"
        " answer was:\n\n{{ why }}\n\nMend the receiver, then switch the webhook on again. What it missed can be sent"
        " once more from the same page:\n\n{{ link }}"
    ),
    {
        "name": "Max Stern",
        "host": "hooks.example.com",
        "url": "https://hooks.example.com/mainspring",
        "why": "500",
        "link": "https://desk.example/…",
    },
)


def say_switched_off(hook: Hook, why: str) -> None:
    """To whoever set it up. Once a time that it was switched off."""
    owner = hook.owner
    told = {"name": owner.name, "host": hook.host, "url": hook.url, "why": why, "link": link("webhook", hook.pk)}
    written = SWITCHED_OFF.write(owner.language, told)
    OutgoingMail.objects.post(
        key=f"webhook_off:{hook.pk}:{hook.failing_since or ''}",
        to=[(owner.name, owner.email)],
        subject=written.subject,
        text=written.text,
        html=written.html,
        kind=SWITCHED_OFF.kind,
        language=written.language,
        enclosures=written.pictures,
    )
