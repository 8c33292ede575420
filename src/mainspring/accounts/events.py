"""What accounts record."""

from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

PERSON_INVITED = EventKind("person.invited", _("{who} invited {name}"), icon="user-plus")
PERSON_CHANGED = EventKind("person.changed", _("{who} changed {name}"), icon="user-edit")
PASSWORD_CHANGED = EventKind("person.password_changed", _("{who} set a new password"), icon="key")
PERSON_LEFT = EventKind("person.left", _("{who} ended {name}'s access"), icon="user-off")
PERSON_SIGNED_IN = EventKind("person.signed_in", _("{who} signed in"), icon="login")
PERSON_SIGN_IN_FAILED = EventKind("person.sign_in_failed", _("A sign-in as {name} failed"), icon="lock")
SECOND_STEP_FAILED = EventKind(
    "person.second_step_failed", _("The password of {name} was right, the code was wrong"), icon="lock"
)
ADDRESS_PROVEN = EventKind(
    "person.address_proven", _("{name} has shown that {email} is his address"), icon="mail-check"
)
ADDRESS_ASKED = EventKind("person.address_asked", _("{who} asked to change the address to {email}"), icon="mail")
ADDRESS_CHANGED = EventKind("person.address_changed", _("{who} changed the mail address to {email}"), icon="mail")

APP_ADDED = EventKind("person.app_added", _("{who} added an authenticator app"), icon="shield-check")
APP_REMOVED = EventKind("person.app_removed", _("{who} removed the authenticator app"), icon="shield-off")
PASSKEY_ADDED = EventKind("person.passkey_added", _("{who} added the passkey “{key}”"), icon="shield-check")
PASSKEY_REMOVED = EventKind("person.passkey_removed", _("{who} removed the passkey “{key}”"), icon="shield-off")
CODES_MADE = EventKind("person.codes_made", _("{who} made new recovery codes"), icon="shield-check")
CODE_USED = EventKind("person.code_used", _("{who} used a recovery code; {left} are left"), icon="shield")
FACTORS_RESET = EventKind("person.factors_reset", _("{who} reset the second factors of {name}"), icon="shield-off")

LINK_ADDED = EventKind("person.link_added", _("{who} linked the sign-in of {provider}"), icon="link")
LINK_REMOVED = EventKind("person.link_removed", _("{who} removed the sign-in of {provider}"), icon="unlink")
RECLAIMED = EventKind(
    "person.reclaimed",
    _("{name} has shown whose the account is; what was set up before is gone"),
    icon="shield-check",
)
SITTING_ENDED = EventKind("person.sitting_ended", _("{who} signed {name} out of {browser}"), icon="logout")
SITTINGS_ENDED = EventKind("person.sittings_ended", _("{who} signed {name} out everywhere else"), icon="logout")

ENTRY_RULES_CHANGED = EventKind("entry.rules_changed", _("{who} changed how people sign in"), icon="shield")
PROVIDER_ADDED = EventKind("entry.provider_added", _("{who} added the sign-in of {name}"), icon="plug")
PROVIDER_CHANGED = EventKind("entry.provider_changed", _("{who} changed the sign-in of {name}"), icon="plug")
PROVIDER_REMOVED = EventKind("entry.provider_removed", _("{who} took away the sign-in of {name}"), icon="plug-off")
TOKEN_MADE = EventKind("token.made", _("{who} made the access token {name} of {holder}: {scopes}"), icon="key")
TOKEN_REVOKED = EventKind("token.revoked", _("{who} revoked the access token {name} of {holder}"), icon="key-off")
API_SIGNED_IN = EventKind("token.signed_in", _("{who} signed in by the API"), icon="login")
REFRESH_REUSED = EventKind(
    "token.refresh_reused", _("A refresh token was used twice: the sign-in was ended"), icon="alert-triangle"
)
