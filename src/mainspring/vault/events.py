"""What the vault records. None of it ever holds a secret: names, parts, reasons."""

from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

CREDENTIAL_KEPT = EventKind("credential.kept", _("{who} put {name} into the vault"), icon="key")
CREDENTIAL_CHANGED = EventKind("credential.changed", _("{who} changed {name} in the vault"), icon="key")
CREDENTIAL_SHOWN = EventKind("credential.shown", _("{who} looked at {name}: {reason}"), icon="eye")
CREDENTIAL_COPIED = EventKind("credential.copied", _("{who} copied from {name}: {reason}"), icon="copy")
CREDENTIAL_LIMITED = EventKind("credential.limited", _("{who} changed who may see {name}"), icon="lock")
CREDENTIAL_REMOVED = EventKind("credential.removed", _("{who} removed {name} from the vault"), icon="trash")
CREDENTIAL_PUT_BACK = EventKind("credential.put_back", _("{who} put {name} back into the vault"), icon="arrow-back-up")
CREDENTIAL_WIPED = EventKind("credential.wiped", _("{name} was wiped from the vault"), icon="eraser")
CREDENTIAL_DAMAGED = EventKind(
    "credential.damaged", _("{name} can't be opened: it was changed outside the vault"), icon="alert-circle"
)
CREDENTIAL_DUE = EventKind("credential.due", _("{name} should be changed now: the work is done"), icon="rotate")
CREDENTIAL_SETTLED = EventKind("credential.settled", _("{who}: {name} need not be changed"), icon="check")
SHARE_MADE = EventKind("credential.share_made", _("{who} made a link that shows {name} once: {reason}"), icon="link")
SHARE_OPENED = EventKind("credential.share_opened", _("The link to {name} was opened"), icon="eye")
SHARE_FAILED = EventKind(
    "credential.share_failed", _("The link to {name} ended after too many wrong codes"), icon="alert-circle"
)
SHARE_ENDED = EventKind("credential.share_ended", _("{who} ended the link to {name}"), icon="link-off")
REQUEST_MADE = EventKind("credential.asked", _("{who} asked the customer for {name}"), icon="message-question")
REQUEST_ENDED = EventKind("credential.ask_ended", _("{who} ended the link that asks for {name}"), icon="link-off")
REQUEST_ANSWERED = EventKind("credential.handed_in", _("{who} handed in {name}"), icon="key")
VAULT_RULES_CHANGED = EventKind("vault.rules_changed", _("{who} changed {name}"), icon="adjustments")
VAULT_ROTATED = EventKind("vault.rotated", _("The vault is under the master key {key} now"), icon="rotate")

PASSCODE_KEPT = EventKind("ticket.passcode_kept", _("{who} kept the device's passcode"), icon="key")
PASSCODE_SHOWN = EventKind("ticket.passcode_shown", _("{who} looked at the device's passcode"), icon="eye")
"""Of the time before the vault, when passcodes had a place of their own; told in the stories of then."""

LOOKS = (CREDENTIAL_SHOWN, CREDENTIAL_COPIED, SHARE_MADE)
"""By which somebody came to know a secret."""
