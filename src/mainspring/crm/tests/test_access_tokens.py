"""A customer's access tokens: made for a proof, never wider than he is, dead with his access."""

from collections.abc import Callable

import pytest
from django.test import Client

from api_world import Caller
from mainspring.accounts.models import AccessToken, Person
from mainspring.accounts.portal import MEANT
from mainspring.api.grants import CUSTOMERS_SCOPES
from mainspring.billing.tests.shelf import bill, repair
from mainspring.crm.models import Account
from mainspring.crm.tests.test_portal import open_for, sign_in
from mainspring.tickets.models import Message, Ticket
from world import PASSWORD, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def carol(world: World) -> Person:
    return open_for(world.carol)


def make(client: Client, *scopes: str) -> Caller:
    """A program with a token that was made on the page."""
    page = client.post("/portal/profile/tokens/", {"name": "till", "ends": "30", "scopes": scopes})
    token = AccessToken.objects.latest("id")
    assert page.status_code == 200 and page.text.count(f"{token.public}_") == 1
    return Caller(page.text.split(f'value="{token.public}_')[1].split('"')[0].join([f"{token.public}_", ""]))


def test_it_is_made_on_the_page_and_shown_once(world: World, carol: Person) -> None:
    ticket = Ticket.objects.open("Printer", by=world.fay, contact=world.carol)
    client = sign_in(carol)
    program = make(client)
    assert program.bearer not in client.get("/portal/profile/tokens/").text
    assert program.bearer not in str(AccessToken.objects.values())
    assert [one["number"] for one in program.get("/my/tickets").json()["items"]] == [ticket.number]
    assert program.get("/my/me").json()["kind"] == "customer"
    assert program.get("/tickets").status_code == program.get("/people").status_code == 403


def test_it_is_made_for_a_proof(carol: Person) -> None:
    client = sign_in(carol)
    session = client.session
    session["proved_at"] = 0
    session.save()
    asked = client.post("/portal/profile/tokens/", {"name": "till", "ends": "30"})
    assert (asked.status_code, asked.headers["Location"]) == (303, "/portal/me/prove")
    assert not AccessToken.objects.exists()
    assert client.post("/portal/me/prove", {"password": "wrong"}).status_code == 422
    done = client.post("/portal/me/prove", {"password": PASSWORD})
    assert f"{AccessToken.objects.get().public}_" in done.text


def test_its_scopes_hold(world: World, carol: Person) -> None:
    ticket = Ticket.objects.open("Printer", by=world.fay, contact=world.carol)
    program = make(sign_in(carol), "tickets:read")
    assert program.get("/my/tickets").status_code == 200
    assert program.get("/my/invoices").status_code == 403
    assert program.post(f"/my/tickets/{ticket.number}/notes", {"text": "Hi"}).status_code == 403
    foreign = sign_in(carol).post("/portal/profile/tokens/", {"name": "x", "ends": "", "scopes": ["people:write"]})
    assert foreign.status_code == 422


def test_it_is_never_wider_than_he_is_at_that_moment(world: World, carol: Person) -> None:
    invoice = bill(world, repair(world), world.carl)
    path, program = f"/my/tickets/{invoice.ticket.number}", make(sign_in(carol))
    assert program.get(path).status_code == 404
    world.carol.let_see(world.acme, by=world.max)
    assert program.get(path).status_code == 200
    assert program.get(f"/my/invoices/{invoice.code}").json()["balance"] == "30.00"
    world.carol.let_see_no_more(world.acme, by=world.max)
    assert program.get(path).status_code == program.get(f"/my/invoices/{invoice.code}").status_code == 404


def end_access(world: World, carol: Person) -> None:
    Account.objects.get(person=carol).end(by=world.fay)


def new_password(world: World, carol: Person) -> None:
    carol.change_password("another fine password", by=carol)


def revoke(world: World, carol: Person) -> None:
    assert sign_in(carol).post(f"/portal/profile/tokens/{AccessToken.objects.get().pk}/revoke").status_code == 303


@pytest.mark.parametrize("act", [end_access, new_password, revoke])
def test_it_is_dead_at_once_and_so_is_what_it_signed_in(
    world: World, carol: Person, act: Callable[[World, Person], None]
) -> None:
    program = make(sign_in(carol))
    signed = Caller().post("/auth/token", {"personalToken": program.bearer}).json()
    session = Caller(signed["accessToken"])
    assert program.get("/my/tickets").status_code == session.get("/my/tickets").status_code == 200
    act(world, carol)
    assert program.get("/my/tickets").status_code == session.get("/my/tickets").status_code == 401


def test_a_contact_without_an_account_holds_none(world: World) -> None:
    """What was made for a contact himself, not for who signs in as him, opens nothing."""
    _token, whole = AccessToken.objects.make(
        holder=world.carol, name="t", scopes=["*"], expires_at=None, by=world.carol
    )
    assert Caller(whole).get("/my/tickets").status_code == 401


def test_what_a_program_answers_says_so(world: World, carol: Person) -> None:
    ticket = Ticket.objects.open("Printer", by=world.fay, contact=world.carol)
    assert make(sign_in(carol)).post(f"/my/tickets/{ticket.number}/notes", {"text": "Yes"}).status_code == 201
    said = Message.objects.get(text="Yes")
    assert (said.contact, said.get_channel_display()) == (world.carol, "Program")


def test_every_scope_is_said_in_words() -> None:
    assert MEANT.keys() == CUSTOMERS_SCOPES
