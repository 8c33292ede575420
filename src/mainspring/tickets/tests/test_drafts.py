"""Nothing typed is lost: drafts on the server, and the way back after a lost session."""

from typing import Any

import pytest
from django.test import Client

from mainspring.tickets.models import Draft, Ticket
from world import World

pytestmark = pytest.mark.django_db


def test_a_begun_intake_comes_back_in_another_browser(world: World, as_person: Any) -> None:
    client = as_person(world.fay)
    told = {
        "place": "intake",
        "contact": str(world.carol.pk),
        "device": str(world.printer.pk),
        "subject": "Blank pages",
    }
    further = {"also_name": ["Dana", ""], "also": ["", ""], "also_role": ["Accounts", ""]}
    assert client.post("/psa/drafts", told | further).json() == {"kept": True}
    shown = client.get("/psa/tickets/new").content.decode()
    assert 'value="Blank pages"' in shown and "Carol Mizrahi" in shown and 'value="Dana"' in shown
    assert f'name="device" value="{world.printer.pk}" checked' in shown


def test_a_draft_never_holds_a_passcode(world: World, as_person: Any) -> None:
    as_person(world.fay).post("/psa/drafts", {"place": "intake", "subject": "x", "passcode": "CANARY-4711"})
    assert "CANARY" not in str(Draft.objects.get().content)


def test_a_draft_is_its_writers_alone(world: World, as_person: Any) -> None:
    as_person(world.fay).post("/psa/drafts", {"place": "intake", "subject": "Fay wrote this"})
    assert "Fay wrote this" not in as_person(world.tess).get("/psa/tickets/new").content.decode()


def test_opening_the_ticket_forgets_the_draft_of_this_caller_alone(world: World, as_person: Any) -> None:
    client = as_person(world.fay)
    for place in ("intake", f"intake:{world.carol.pk}"):
        client.post("/psa/drafts", {"place": place, "subject": place})
    client.post(
        "/psa/tickets/new",
        {"contact": world.carol.pk, "subject": "x", "priority": "2", "place": f"intake:{world.carol.pk}"},
    )
    assert list(Draft.objects.values_list("place", flat=True)) == ["intake"]


@pytest.mark.parametrize(
    "content", [{"contact": "x"}, {"contact": ["1", "2"]}, {"kind": ""}, {"also": "7"}, {"due_at": "?"}]
)
def test_an_odd_draft_breaks_no_page(world: World, as_person: Any, content: dict[str, Any]) -> None:
    Draft.objects.create(person=world.fay, place="intake", content=content)
    assert as_person(world.fay).get("/psa/tickets/new").status_code == 200


def test_after_a_lost_session_one_comes_back_to_the_page_one_wrote_on(world: World, client: Client) -> None:
    ticket = Ticket.objects.open("It does not start", by=world.fay, contact=world.carol)
    page = f"/psa/tickets/{ticket.number}/?tab=notes"
    answer = client.post(f"/psa/tickets/{ticket.number}/note", {"text": "x"}, HTTP_REFERER=f"http://testserver{page}")
    assert answer.headers["Location"].endswith(f"next=/psa/tickets/{ticket.number}/%3Ftab%3Dnotes")


@pytest.mark.parametrize(
    "referer", ["", "https://evil.example/psa/", "//evil.example", "javascript:alert(1)", "http://["]
)
def test_a_foreign_page_is_no_way_back(world: World, client: Client, referer: str) -> None:
    answer = client.post("/psa/drafts", {"place": "x"}, HTTP_REFERER=referer)
    assert "evil" not in answer.headers["Location"] and answer.headers["Location"].endswith("next=/psa/")
