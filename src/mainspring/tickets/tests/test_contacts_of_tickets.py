"""Who is on a ticket: added, changed in place, made the customer, removed."""

import pytest

from mainspring.events.models import Event
from mainspring.tickets.models import Participant, Ticket
from world import AsPerson, World

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def ticket(world: World) -> Ticket:
    return Ticket.objects.open("Printer prints blank pages", by=world.fay, contact=world.carol)


def test_a_contact_is_changed_in_place(world: World, ticket: Ticket, as_person: AsPerson) -> None:
    seat, desk = ticket.join(world.carl, by=world.fay), as_person(world.tess)
    address = f"/psa/tickets/{ticket.number}/contacts/{seat.pk}/edit"
    row = desk.get(address, headers=PART).content.decode()
    assert 'value="carl@acme.example"' in row and "<html" not in row
    given = {"title": "Technical head", "phone": "03-555 0150", "email": "carl@acme.example", "role": "decides"}
    assert desk.post(address, given).status_code == 303
    world.carl.refresh_from_db()
    seat.refresh_from_db()
    assert (world.carl.title, world.carl.phone_digits) == ("Technical head", "97235550150")
    assert (seat.role, seat.gets_mail) == ("decides", False)
    told = Event.objects.filter(kind__in=("contact.changed", "ticket.contact_reseated"))
    assert told.count() == 2
    desk.post(address, given)
    assert told.count() == 2, "saved again, nothing is told"


def test_a_wrong_address_changes_nothing_and_stays_typed(world: World, ticket: Ticket, as_person: AsPerson) -> None:
    seat = ticket.join(world.carl, by=world.fay, role="pays")
    address = f"/psa/tickets/{ticket.number}/contacts/{seat.pk}/edit"
    answer = as_person(world.tess).post(address, {"email": "carl@", "role": "decides"}, headers=PART)
    assert answer.status_code == 422 and 'value="carl@"' in answer.content.decode()
    seat.refresh_from_db()
    world.carl.refresh_from_db()
    assert (seat.role, world.carl.email) == ("pays", "carl@acme.example")


def test_the_customer_is_changed_in_place(world: World, ticket: Ticket, as_person: AsPerson) -> None:
    address = f"/psa/tickets/{ticket.number}/customer/edit"
    desk = as_person(world.tess)
    assert 'value="carol@acme.example"' in desk.get(address).content.decode()
    desk.post(address, {"title": "Owner", "phone": "", "email": "c@acme.example"})
    world.carol.refresh_from_db()
    assert (world.carol.title, world.carol.phone, world.carol.email) == ("Owner", "", "c@acme.example")


def test_a_further_contact_becomes_the_customer_and_the_customer_stays(
    world: World, ticket: Ticket, as_person: AsPerson
) -> None:
    seat = ticket.join(world.sam, by=world.fay)
    as_person(world.max).post(f"/psa/tickets/{ticket.number}/contacts/{seat.pk}/lead")
    ticket = Ticket.objects.get(pk=ticket.pk)
    assert (ticket.contact, ticket.business) == (world.sam, world.rival)
    assert Participant.objects.get(ticket=ticket).contact == world.carol
    assert str(Event.objects.latest("id")) == "Max Stern made Sam Stranger the customer"
    assert Ticket.objects.found_by("sam stranger").get() == ticket


def test_one_who_was_made_the_customer_twice_is_so_once(world: World, ticket: Ticket, as_person: AsPerson) -> None:
    seat, desk = ticket.join(world.carl, by=world.fay), as_person(world.max)
    address = f"/psa/tickets/{ticket.number}/contacts/{seat.pk}/lead"
    assert [desk.post(address).status_code for _twice in range(2)] == [303, 404]
    assert Participant.objects.get(ticket=ticket).contact == world.carol


def test_who_may_not_change_tickets_sees_no_buttons(world: World, ticket: Ticket, as_person: AsPerson) -> None:
    ticket.join(world.carl, by=world.fay)
    shown = as_person(world.bill).get(f"/psa/tickets/{ticket.number}/?tab=contacts").content.decode()
    assert "Carl Peretz" in shown and "/lead" not in shown and "contacts/join" not in shown


def test_the_customer_does_not_join_his_own_ticket(world: World, ticket: Ticket, as_person: AsPerson) -> None:
    answer = as_person(world.fay).post(
        f"/psa/tickets/{ticket.number}/contacts/join", {"name": "Carol", "email": "carol@acme.example"}
    )
    assert answer.status_code == 409 and "already" in answer.content.decode()
    assert not Participant.objects.exists()


def test_who_writes_is_told_that_nobody_gets_it_by_mail(world: World, ticket: Ticket, as_person: AsPerson) -> None:
    desk = as_person(world.tess)

    def told() -> bool:
        """And what is written there is not said to be mailed."""
        page = desk.get(f"/psa/tickets/{ticket.number}/?tab=notes").content.decode()
        is_told = "Nobody on this ticket gets mail" in page
        assert is_told != ('name="not_mailed"' in page)
        desk.post(f"/psa/tickets/{ticket.number}/note", {"kind": "general", "text": "It is ready."})
        assert is_told != ticket.messages.latest("pk").is_mailed
        return is_told

    assert not told()
    world.carol.amend(by=world.tess, email="")
    assert told() and list(ticket.readers()) == []
    seat = ticket.join(world.carl, by=world.fay)
    assert not told()
    ticket.reseat(seat, by=world.fay, role="", gets_mail=False)
    assert told()
    world.carol.amend(by=world.tess, email="carol@acme.example")
    world.carol.amend(by=None, mail_paused=True)
    assert told()
