"""The API's doors into the vault: which credentials there are, and a look where the shop asks for no fresh proof."""

import time
from typing import Annotated, Any, Literal

from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from pydantic import Field

from mainspring.api.doors import Asked, Door
from mainspring.api.fetching import named, the_one
from mainspring.api.paging import USUAL, Cursor, Limit, Page, Walk
from mainspring.api.problems import Problem, wrong
from mainspring.api.shapes import Given, Id, Moment, PathId, Shape, upto
from mainspring.core.keyring import NoKey
from mainspring.core.sealing import Broken
from mainspring.crm.models import Business, Contact, Device
from mainspring.tickets.models import Ticket
from mainspring.vault import permissions
from mainspring.vault.models import Credential, VaultRules
from mainspring.vault.models.credential import CredentialQuerySet
from mainspring.vault.models.locked import Home
from mainspring.vault.reading import needed_for, number_of, row_of
from mainspring.vault.totp import Seed

door = Door("vault", "Vault")
doors = [door]

KindName = Literal["computer", "router", "wifi", "device", "remote", "free"]
PlaceName = Literal["ticket", "business", "contact", "device"]
Part = Literal["secret", "totp", "notes"]


class CredentialHome(Shape):
    """Where it is at home; a ticket by its number, the others by their id."""

    kind: PlaceName
    id: int
    name: str


class CredentialShape(Shape):
    """A credential without anything secret: what a look shows is in no list."""

    id: int
    kind: KindName
    name: str = Field(examples=["Router in the hall"])
    home: CredentialHome
    user: str = Field(description="The user name, or the name of a Wi-Fi.", examples=["admin"])
    url: str
    file_name: str
    holds: list[str] = Field(description="What there is to look at.", examples=[["secret", "notes"]])
    is_limited: bool = Field(description="Only some of the staff know of it.")
    due_at: Moment | None = Field(description="Since when it should be changed.")
    kept_at: Moment
    changed_at: Moment
    why: str = Field(description="Why it can't be opened; empty when it can.")

    @classmethod
    def of(cls, credential: Credential) -> "CredentialShape":
        row = row_of(credential)
        facts, home = row.facts, credential.home
        told: dict[str, Any] = {name: getattr(facts, name) if facts else "" for name in ("user", "url", "file_name")}
        plain = ("kind", "name", "is_limited", "due_at", "kept_at", "changed_at")
        return cls(
            id=credential.pk,
            home=CredentialHome.model_validate(
                {"kind": credential.home_kind, "id": number_of(home), "name": str(home)}
            ),
            holds=list(facts.holds) if facts else [],
            why=row.why,
            **told,
            **{name: getattr(credential, name) for name in plain},
        )


class LookGiven(Given):
    """Which part, and why: both are written down before anything is shown."""

    part: Part = "secret"
    reason: Annotated[str, upto(200)] = Field("", examples=["He asked us to set up the printer"])
    ticket: Id | None = Field(None, description="The number of the ticket it is needed for; its story tells of it.")


class LookShape(Shape):
    """A part in clear; of `totp` the code of this moment."""

    part: Part
    secret: str


@door.get("/credentials", Page[CredentialShape], may=permissions.VIEW)
def credentials(
    request: Asked,
    ticket: Annotated[int, Field(ge=1, le=2**63 - 1, description="A ticket's number: what it needs.")] | None = None,
    business: PathId | None = None,
    contact: PathId | None = None,
    device: PathId | None = None,
    limit: Limit = USUAL,
    cursor: Cursor = "",
) -> Page[CredentialShape]:
    """The credentials of one place: a ticket, a business, a contact or a device. Name one. Nothing of it is secret."""
    if [ticket, business, contact, device].count(None) != 3:
        raise wrong("ticket", _("Name one place: a ticket, a business, a contact or a device."))
    seen = _seen(request).defer("secrets", "file")
    if ticket is not None:
        found = Ticket.objects.visible_to(request.user).filter(number=ticket).first()
        if found is None:
            raise wrong("ticket", _("There is nothing of this number."))
        seen = seen.around(found)
    else:
        home: Home | None = (
            named(Business.objects.all(), business, "business")
            or named(Contact.objects.standing(), contact, "contact")
            or named(Device.objects.all(), device, "device")
        )
        assert home is not None
        seen = seen.at(home)
    return Walk({"id": "id"}, "id", cursor, limit).page(seen, CredentialShape.of)


@door.get("/credentials/{pk}", CredentialShape, may=permissions.VIEW)
def credential(request: Asked, pk: PathId) -> CredentialShape:
    """A credential, without anything secret."""
    return CredentialShape.of(the_one(_seen(request), pk=pk))


@door.post("/credentials/{pk}/reveal", LookShape, may=permissions.REVEAL, status=200, alone=True, refuses=(503,))
@sensitive_variables()
def reveal_credential(request: Asked, pk: PathId, given: LookGiven) -> LookShape:
    """Look at a part. Refused where the vault asks who looks: a token is no proof of that, a person on the desk is.

    Who looked, at what and why is written down first. The answer is kept nowhere, by no Idempotency-Key either.
    """
    found, rules = the_one(_seen(request), pk=pk), VaultRules.get()
    if rules.asks_proof:
        raise Problem(
            403,
            _("The vault asks who looks, by a password, code or passkey of this moment. A token is none."),
            name="fresh-proof-needed",
            mend=_("Look on the desk, or have the shop's manager change the rules of the vault."),
        )
    reason = " ".join(given.reason.split())
    if rules.asks_reason and not reason:
        raise wrong("reason", _("Say why you look: it is written down."))
    try:
        if given.part not in found.see_facts().holds:
            raise wrong("part", _("There is nothing of that kind in it."))
        ticket = needed_for(request.user, found, given.ticket)
        opened = found.look(given.part, by=request.user, reason=reason or "–", ticket=ticket)
    except Credential.DoesNotExist:
        raise Problem(404) from None
    except NoKey as error:
        raise Problem(503, str(error)) from error
    except Broken as error:
        raise Problem(409, _("It was changed outside the vault and can't be opened.")) from error
    except DatabaseError as error:
        raise Problem(503, _("The look could not be written down, so nothing is shown. Try again.")) from error
    shown = Seed.read(opened.totp).at(int(time.time())) if given.part == "totp" else getattr(opened, given.part)
    return LookShape(part=given.part, secret=shown)


def _seen(request: Asked) -> CredentialQuerySet:
    near = ("ticket", "business", "contact", "device__kind")
    return Credential.objects.visible_to(request.user).standing().select_related(*near)
