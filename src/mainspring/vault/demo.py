"""What the demo shop keeps in its vault."""

from mainspring.accounts.models import Person
from mainspring.crm.models import Business
from mainspring.tickets.models import Ticket
from mainspring.vault.additions import keep_passcode
from mainspring.vault.contents import Contents
from mainspring.vault.models import Credential, Kind
from mainspring.vault.totp import Seed

ROWS = [
    (Kind.ROUTER, "Office router", "admin", "walnut-Harbor-72", "http://192.168.88.1", "On the shelf by the door."),
    (Kind.WIFI, "Guests' Wi-Fi", "Barak guests", "sycamore lane", "", ""),
    (Kind.REMOTE, "Server room, remote", "482 117 905", "Fern-Copper-19", "", ""),
]
SEED = "JBSWY3DPEHPK3PXP"


def build(*, by: Person) -> None:
    """A customer's router and Wi-Fi, a remote access with codes, and the passcode of a phone on the bench."""
    tess, fay = (Person.objects.get(email=f"{name}@mainstreet.example") for name in ("tess", "fay"))
    business = Business.objects.get(name="Barak Architects")
    for kind, name, user, secret, url, notes in ROWS:
        seed = Seed.read(SEED).address if kind == Kind.REMOTE else ""
        contents = Contents(user=user, secret=secret, url=url, notes=notes, totp=seed)
        Credential.objects.keep(business, contents, kind=kind, name=name, by=tess)
    ticket = Ticket.objects.filter(device__kind__name="Phone").order_by("-pk").first()
    if ticket is not None:
        keep_passcode(ticket, "275819", by=fay)
