"""What a restored copy must still be able to do: open a credential."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts.models import Person, Role
from mainspring.core.drills import drill
from mainspring.vault.models import Credential


@drill(gettext_lazy("Opening a credential"), order=50)
def opens_a_credential() -> str:
    """The newest one, by the owner, with all that is locked in it. Raises NoKey or Broken."""
    newest = Credential.objects.standing().defer("facts", "secrets", "file").order_by("-pk").first()
    if newest is None:
        return _("There is no credential yet.")
    owner = Person.objects.working().filter(role=Role.OWNER).order_by("id")[0]
    newest.look("secret", by=owner, reason=_("The nightly drill, on a copy"))
    return _("A credential was opened with the master key %(key)s.") % {"key": newest.key_id}
