"""Two contacts that are one person: what they own and are owed meets, issued papers stay as they are."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from mainspring.billing.models import Invoice
from mainspring.billing.settling import credit_of, settle
from mainspring.core import search
from mainspring.crm.models import CONTACT, Contact, Device
from mainspring.events.models import Event
from mainspring.inbox.bouncing import pause
from mainspring.tickets.models import Ticket
from mainspring.tickets.reading import callers
from mainspring.work.models import add_service
from mainspring.work.tests.shelf import repair
from world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def karol(world: World) -> Contact:
    """Carol once more, as somebody at the desk misheard her; without a business, so that credit is her own."""
    return Contact.add(by=None, name="Karol Misrachi", email="karol@home.example", phone="052-555-0100", title="Boss")


def owing(world: World, contact: Contact) -> Invoice:
    ticket = Ticket.objects.open("It does not start", by=world.fay, contact=contact)
    add_service(ticket, repair(world), by=world.tess, minutes=60)
    ticket.resolve(by=world.tess)
    return Invoice.objects.get(ticket=ticket)


def test_tickets_seats_and_devices_go_to_whom_is_kept(world: World, karol: Contact) -> None:
    own = Ticket.objects.open("Blank pages", by=world.fay, contact=karol)
    seat = Ticket.objects.open("Server", by=world.fay, contact=world.carl)
    seat.join(karol, by=world.fay, role="Boss")
    both = Ticket.objects.open("Router", by=world.fay, contact=world.carl)
    both.join(karol, by=world.fay)
    both.join(world.carol, by=world.fay)
    device = Device.add(by=None, kind=world.printer.kind, owner=karol, maker="Brother")
    karol.merge_into(world.carol, by=world.fay)
    own.refresh_from_db()
    device.refresh_from_db()
    assert own.contact == device.owner == world.carol
    assert list(seat.participants.values_list("contact", "role")) == [(world.carol.pk, "Boss")]
    assert list(both.participants.values_list("contact", flat=True)) == [world.carol.pk]
    assert own in Ticket.objects.found_by("Carol Mizrahi")


def test_what_one_lacks_is_filled_and_nothing_is_overwritten(world: World, karol: Contact) -> None:
    karol.merge_into(world.carol, by=world.fay)
    carol = Contact.objects.get(pk=world.carol.pk)
    assert (carol.title, carol.email) == ("Boss", "carol@acme.example")


def test_the_old_address_leads_to_whom_is_kept(world: World, karol: Contact) -> None:
    karol.merge_into(world.carol, by=world.fay)
    assert list(Contact.objects.reached_at(email="KAROL@home.example")) == [world.carol]
    assert list(Contact.objects.reached_at(phone="+972 52 555 0100")) == [world.carol]
    assert karol not in callers("Karol Misrachi")
    assert not any(hit.id == karol.pk for hit in search.suggest("Misrachi", kinds=[CONTACT]))


def test_a_bounce_of_the_old_address_pauses_nobody(world: World, karol: Contact) -> None:
    karol.merge_into(world.carol, by=world.fay)
    pause("karol@home.example")
    assert not Contact.objects.get(pk=world.carol.pk).mail_paused


def test_issued_papers_stay_and_credit_is_shared(world: World, karol: Contact) -> None:
    sam = Contact.add(by=None, name="Carol at home", email="c@home.example")
    paid, open_ = owing(world, karol), owing(world, sam)
    settle(paid, paid.total + Decimal(7), method="cash", by=world.fay)
    karol.merge_into(sam, by=world.fay)
    paid.refresh_from_db()
    assert paid.contact_id == karol.pk, "an issued invoice is not touched"
    assert credit_of(Invoice.objects.get(pk=open_.pk)) == credit_of(Invoice.objects.get(pk=paid.pk)) == 7


def test_the_page_of_whom_is_kept_shows_what_was_owed_before(world: World, as_person: Any, karol: Contact) -> None:
    invoice = owing(world, karol)
    karol.merge_into(world.carol, by=world.fay)
    client = as_person(world.bill)
    assert client.get(f"/psa/customers/{karol.pk}/").headers["Location"] == f"/psa/customers/{world.carol.pk}/"
    assert invoice.code in client.get(f"/psa/customers/{world.carol.pk}/").content.decode()


def test_merged_thrice_it_is_still_one_step_to_whom_is_kept(world: World, karol: Contact) -> None:
    again = Contact.add(by=None, name="Carole", email="carole@home.example")
    karol.merge_into(again, by=world.fay)
    again.merge_into(world.carol, by=world.fay)
    assert Contact.objects.get(pk=karol.pk).merged_into == world.carol
    assert set(world.carol.he_and_merged()) == {karol, again, world.carol}


def test_only_two_standing_contacts_are_merged(world: World, karol: Contact) -> None:
    with pytest.raises(ValidationError):
        world.carol.merge_into(world.carol, by=world.fay)
    karol.merge_into(world.carol, by=world.fay)
    with pytest.raises(ValidationError):
        world.carl.merge_into(karol, by=world.fay)
    with pytest.raises(ValidationError):
        karol.merge_into(world.carl, by=world.fay)


def test_it_is_said_before_and_done_after(world: World, as_person: Any, karol: Contact) -> None:
    client, path = as_person(world.fay), f"/psa/customers/{karol.pk}/merge"
    Contact.objects.filter(pk=karol.pk).update(phone_digits=world.carol.phone_digits, phone=world.carol.phone)
    assert "Carol Mizrahi" in client.get(path).content.decode(), "who looks like him is offered"
    shown = client.get(path, {"into": world.carol.pk}).content.decode()
    assert "karol@home.example" in shown and "be undone" in shown
    answer = client.post(path, {"into": world.carol.pk})
    assert answer.headers["Location"] == f"/psa/customers/{world.carol.pk}/"
    assert Event.objects.get(kind="contact.merged").data["into"] == "Carol Mizrahi"
    assert client.get(path).status_code == 404, "he is nobody any more"


@pytest.mark.parametrize("into", ["", "0", "999999", "\x00", "x"])
def test_merging_into_nobody_is_refused(world: World, as_person: Any, karol: Contact, into: str) -> None:
    assert as_person(world.fay).post(f"/psa/customers/{karol.pk}/merge", {"into": into}).status_code == 422
    assert Contact.objects.standing().filter(pk=karol.pk).exists()
