"""What leads to a ticket, and to whom."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from mainspring.core import search
from mainspring.core.search.engines import engine
from mainspring.core.search.places import places_of
from mainspring.core.search.query import Query
from mainspring.crm.models import Contact
from mainspring.events.models import Event
from mainspring.tickets.finding import find_tickets_by_what_changed
from mainspring.tickets.models import Ticket
from mainspring.tickets.models.findable import INTERNALLY, OPENLY
from mainspring.tickets.reading import callers
from world import AsPerson, World


def open_ticket(world: World, subject: str = "Printer prints blank pages") -> Ticket:
    return Ticket.objects.open(
        subject, by=world.fay, contact=world.carol, device=world.printer, description="Since the toner was changed"
    )


def found(words: str) -> list[Ticket]:
    return list(Ticket.objects.all().found_by(words))


def test_a_ticket_is_found_by_everything_that_names_it(world: World) -> None:
    ticket = open_ticket(world)
    open_ticket(world, "Another matter").amend(contact=world.sam, business=world.rival, device=None, by=world.fay)
    for words in ("blank", "blank chang", str(ticket.number), "mizrahi", "acme", "03-555-0142", "carol@acme", "sn-778"):
        assert found(words) == [ticket], words
    assert found("nobody") == []


def test_what_is_said_later_leads_to_it_too(world: World) -> None:
    ticket = open_ticket(world)
    ticket.write("The fuser is worn", by=world.tess)
    ticket.customer_replied("Then please exchange it", by=world.carol)
    assert found("fuser exchange") == [ticket]


def test_internal_words_are_kept_apart_from_what_a_customer_finds(world: World) -> None:
    ticket = open_ticket(world)
    ticket.write_internally("He dropped it, the scoundrel", by=world.tess)
    ticket.stranger_wrote("I am his cousin", name="Cousin")
    assert found("blank scoundrel") == found("cousin") == [ticket]
    assert search.find("scoundrel", kinds=[OPENLY]) == search.find("cousin", kinds=[OPENLY]) == []
    assert [hit.id for hit in search.find("scoundrel", kinds=[INTERNALLY])] == [ticket.pk]


def test_a_note_taken_back_leads_nowhere(world: World) -> None:
    ticket = open_ticket(world)
    ticket.write("Wrong ticket, regarding zebras", by=world.tess).take_back(by=world.tess)
    internal = ticket.write_internally("Wrong ticket, regarding lions", by=world.tess)
    internal.take_back(by=world.tess)
    assert found("zebras") == found("lions") == []


def test_a_changed_subject_and_a_renamed_customer_lead_to_it(world: World) -> None:
    ticket = open_ticket(world)
    ticket.amend(subject="Scanner is stuck", by=world.tess)
    world.carol.amend(name="Caroline Sharon", by=world.fay)
    find_tickets_by_what_changed(Event.objects.filter(kind="contact.changed").latest("id"))
    assert found("scanner sharon") == [ticket]
    assert found("blank") == found("mizrahi") == []


@pytest.mark.parametrize("share", [0, 0.005, 0.5, 1])
def test_rare_and_common_words_find_the_same(world: World, monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    monkeypatch.setattr(type(engine()), "share", lambda *_of: share)
    first, second, third = (open_ticket(world, subject) for subject in ("Blank pages", "Blank E1234", "והמחשב נשבר"))
    first.resolve(by=world.tess)
    second.write_internally("It is green", by=world.tess)
    assert set(Ticket.objects.unclosed().found_by("toner")) == {second, third}
    assert list(Ticket.objects.all().found_by("toner").order_by("-pk")[:2]) == [third, second]
    both = {first, second}
    for words, tickets in {
        "blank": both, "bla": both, "lank": set(), "blank e12": {second}, "e1234 ": {second}, "e12 blank": set(),
        "מחשב": {third}, "המחש": {third}, "053-555-0142": set(), "03-555-0142 blank": both, "green": {second},
        "green pages": set(), "blank mizrahi toner": both, "o'green": set(), "%": set(), "blan* green": {second},
    }.items():  # fmt: skip
        assert set(found(words)) == tickets, words


def test_common_words_are_those_of_the_newest_things(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{type(engine()).__module__}.SAMPLE", 4)
    for subject in ("Old", "Blank", "Blank", "Blank", "Blue"):
        open_ticket(world, subject)
    open_ticket(world, "Grey").write_internally("Like the blue one", by=world.tess)
    places = [places_of(OPENLY), places_of(INTERNALLY)]
    common = engine().common
    words = ("toner", "old", "blank", "blue", "bl")
    is_common = {one: engine().share(Query.read(one), places) >= common for one in words}
    assert is_common == {"toner": True, "old": False, "blank": True, "blue": True, "bl": True}
    monkeypatch.setattr(type(engine()), "common", 2)  # so that nothing is, and all are counted
    shares = {one: engine().share(Query.read(one), places) for one in words}
    assert shares == {"toner": 1, "old": 0, "blank": 0.5, "blue": 0.5, "bl": 1}


def test_words_of_many_old_things_are_not_rare(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the database sorts many hits badly: they are tested against, along the order of the list."""
    monkeypatch.setattr(f"{type(engine()).__module__}.SAMPLE", 2)
    monkeypatch.setattr("mainspring.core.search.engines.sqlite.MANY", 3)
    for subject in ("Old", "Old", "Old", "Rare", "Rare", "New", "New"):
        open_ticket(world, subject)
    places = [places_of(OPENLY), places_of(INTERNALLY)]
    shares = [engine().share(Query.read(words), places) for words in ("old", "rare", "new")]
    assert shares == ([0, 0, 1] if engine().sorts_well else [0.5, 0, 1])


def test_no_search_reads_all_tickets(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rare words: from the hits to their tickets. Common ones: along the order of the list, and a look at each."""
    open_ticket(world)

    def plan(share: float) -> str:
        monkeypatch.setattr(type(engine()), "share", lambda *_of: share)
        return str(Ticket.objects.all().found_by("blank").order_by("-updated_at", "-pk")[:51].explain())

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            assert "search_by_words" in plan(0)  # in which order a table of one row is read is the planner's coin
            cursor.execute("SET LOCAL enable_sort = off")
            assert "tickets_by_update" in plan(1) and "core_searchdocument_pkey" in plan(1) and "Join" not in plan(1)
    else:
        assert "SEARCH tickets_ticket USING INTEGER PRIMARY KEY" in plan(0)
        assert "SCAN tickets_ticket USING INDEX tickets_by_update" in plan(0.01)
        assert "SCAN tickets_ticket USING INDEX tickets_by_update" in plan(1) and "CORRELATED" in plan(1)


def test_a_caller_is_found_while_somebody_types(world: World) -> None:
    for words in ("car miz", "mizrhai", "0142", "03555", "carol@", "acme"):
        assert world.carol in callers(words), words
    assert callers("x") == callers("zzzz") == []


def test_reindex_finds_again_what_was_lost(world: World) -> None:
    ticket = open_ticket(world)
    ticket.write_internally("A secret", by=world.tess)
    for kind in (OPENLY, INTERNALLY):
        search.forget(kind, ticket.pk)
    search.forget("contact", world.carol.pk)
    assert found("blank") == callers("mizrahi") == []
    call_command("reindex", verbosity=0)
    assert found("blank secret") == [ticket]
    assert callers("mizrahi") == [world.carol]


def test_what_a_business_is_called_leads_to_a_new_contact(world: World) -> None:
    dana = Contact.add(by=None, name="Dana Bar", business=world.rival, phone="052-7654321")
    assert dana in callers("rival") and dana in callers("4321")


def test_the_palette_finds_things_of_every_module(world: World, as_person: AsPerson) -> None:
    ticket = open_ticket(world)
    client: Client = as_person(world.tess)
    said = {
        words: client.get("/psa/palette", {"q": words}).content.decode()
        for words in (f"#{ticket.number}", "mizr", "acme prin", "sn-778")
    }
    assert f"/psa/tickets/{ticket.number}/" in said[f"#{ticket.number}"]
    assert f"/psa/tickets/new?contact={world.carol.pk}" in said["mizr"]
    assert f"/psa/customers/businesses/{world.acme.pk}/" in said["acme prin"]
    assert f"/psa/customers/devices/{world.printer.pk}/" in said["sn-778"]
