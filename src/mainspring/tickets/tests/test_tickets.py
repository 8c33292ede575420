"""The verbs of a ticket."""

from mainspring.tickets.models import Message, StatusKind, Ticket
from world import World


def open_ticket(world: World) -> Ticket:
    return Ticket.objects.open("Printer prints blank pages", by=world.fay, contact=world.carol, device=world.printer)


def test_a_ticket_gets_the_next_number_and_the_contacts_business(world: World) -> None:
    first, second = open_ticket(world), open_ticket(world)
    assert second.number == first.number + 1
    assert first.business == world.acme


def test_a_question_waits_and_the_answer_is_noted(world: World) -> None:
    ticket = open_ticket(world)
    ticket.write("Which paper do you use?", by=world.tess, question=True)
    assert ticket.status.kind == StatusKind.WAITING_CUSTOMER
    ticket.customer_replied("Plain A4", by=world.carol)
    assert ticket.status.kind == StatusKind.CUSTOMER_REPLIED


def test_a_note_is_taken_back_only_in_time(world: World) -> None:
    ticket = open_ticket(world)
    note = ticket.write("Sorry, wrong ticket", by=world.tess)
    assert note.take_back(by=world.tess)
    assert not note.take_back(by=world.tess)
    assert not ticket.messages.standing().exists()


def test_internal_notes_are_never_for_the_customer(world: World) -> None:
    ticket = open_ticket(world)
    ticket.write_internally("He dropped it", by=world.tess)
    ticket.write("We are looking at it", by=world.tess)
    assert [m.kind for m in Message.objects.for_customer()] == [Message.Kind.GENERAL]
