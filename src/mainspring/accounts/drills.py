"""What a restored copy must still be able to do: let somebody in."""

from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts.models import Person, Role
from mainspring.core.drills import drill
from mainspring.core.links import link


class NotLetIn(Exception):
    """The right password did not open the door."""


@drill(gettext_lazy("Signing in"), order=10)
def signs_in() -> str:
    """The owner, by a password that is set on the copy: nobody's own is known. Then a page that only he sees."""
    owner = Person.objects.working().filter(role=Role.OWNER).order_by("id")[0]
    password = get_random_string(30)
    owner.set_password(password)
    owner.save()
    Authenticator.objects.filter(user=owner).delete()
    door, own_page = urlsplit(link("account_login")), urlsplit(link("me"))
    client = Client(SERVER_NAME=str(own_page.hostname), raise_request_exception=True)
    is_secure = own_page.scheme == "https"
    answer = client.post(door.path, {"login": owner.email, "password": password}, secure=is_secure)
    if client.session.get(SESSION_KEY) != str(owner.pk):
        raise NotLetIn(_("The door answered %(status)d and let nobody in.") % {"status": answer.status_code})
    seen = client.get(own_page.path, secure=is_secure)
    if seen.status_code != 200 and "second" not in seen.headers.get("Location", ""):
        raise NotLetIn(_("The first page answered %(status)d.") % {"status": seen.status_code})
    return _("%(name)s signed in and saw a page.") % {"name": owner.name}
