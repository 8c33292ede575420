"""What webhooks record."""

from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

HOOK_ADDED = EventKind("webhook.added", _("{who} added the webhook to {host}"), icon="webhook")
HOOK_CHANGED = EventKind("webhook.changed", _("{who} changed the webhook to {host}"), icon="webhook")
HOOK_REMOVED = EventKind("webhook.removed", _("{who} removed the webhook to {host}"), icon="webhook-off")
HOOK_TESTED = EventKind("webhook.tested", _("{who} sent a test to the webhook {host}"), icon="webhook")
HOOK_REPLAYED = EventKind("webhook.replayed", _("{who} told the webhook {host} of {kind} once more"), icon="webhook")
HOOK_SECRET_CHANGED = EventKind("webhook.secret_changed", _("{who} made a new secret for {host}"), icon="key")
HOOK_SWITCHED_OFF = EventKind(
    "webhook.switched_off", _("The webhook to {host} was switched off: it failed for days"), icon="webhook-off"
)
