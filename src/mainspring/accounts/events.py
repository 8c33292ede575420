"""What accounts record."""

from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

PERSON_INVITED = EventKind("person.invited", _("{who} invited {name}"), icon="user-plus")
PERSON_CHANGED = EventKind("person.changed", _("{who} changed {name}"), icon="user-edit")
PERSON_LEFT = EventKind("person.left", _("{who} ended {name}'s access"), icon="user-off")
PERSON_SIGNED_IN = EventKind("person.signed_in", _("{who} signed in"), icon="login")
PERSON_SIGN_IN_FAILED = EventKind("person.sign_in_failed", _("A sign-in as {name} failed"), icon="lock")
