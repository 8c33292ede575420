"""What the desk and the portal show of estimates, on which terms they begin, and what happens to them by the clock."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from mainspring.billing.settling import settle
from mainspring.crm.models import Account
from mainspring.estimates.answering import Signature, approve, decline, expire, withdraw
from mainspring.estimates.links import estimate_token
from mainspring.estimates.models import Answer, Draft, Estimate, Terms
from mainspring.estimates.sending import remind
from mainspring.estimates.tests.offers import line, sent
from mainspring.events.models import Event, TaskRow
from mainspring.events.worker import Worker
from mainspring.outbox.models import OutgoingMail
from world import PASSWORD, AsPerson, World


def late(estimate: Estimate) -> Estimate:
    """The same estimate, as if its last day were over."""
    other = Estimate.objects.select_related("ticket").get(pk=estimate.pk)
    other.valid_until = timezone.now().date() - timedelta(days=3)
    return other


@pytest.fixture
def one_of_each(world: World) -> dict[str, Estimate]:
    found = {state: sent(world) for state in ("sent", "approved", "declined", "expired", "withdrawn")}
    approve(found["approved"], set(), Signature("Carol"))
    decline(found["declined"], "Too dear")
    expire(late(found["expired"]))
    withdraw(found["withdrawn"], by=world.tess)
    return found


def test_the_list_shows_each_state(world: World, one_of_each: dict[str, Estimate], as_person: AsPerson) -> None:
    client = as_person(world.tess)
    codes = {state: estimate.code for state, estimate in one_of_each.items()}
    for show in ("sent", "approved", "declined", "expired"):
        said = client.get(f"/psa/estimates/?show={show}").content.decode()
        assert [state for state, code in codes.items() if code in said] == [show]
    every = client.get("/psa/estimates/").content.decode()
    assert all(code in every for code in codes.values()) and "152.10" in every
    for words in (codes["sent"], "acme", "carol", f"#{one_of_each['sent'].ticket.number}", "EST-000001-1"):
        assert codes["sent"] in client.get("/psa/estimates/", {"q": words}).content.decode(), words
    for words in ("nobody", "EST-99", "EST-000001-2", "\x00", "٣", "#" + "9" * 30, "EST-" + "9" * 30):
        assert client.get("/psa/estimates/", {"q": words, "after": words, "show": words}).status_code == 200
    tile = client.get("/psa/").content.decode()
    assert '/psa/estimates/?show=sent"' in tile


def test_the_list_goes_on_where_it_ended_and_takes_as_many_statements(world: World, as_person: AsPerson) -> None:
    client = as_person(world.tess)

    def statements(path: str) -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        return len([one for one in caught.captured_queries if "SAVEPOINT" not in one["sql"]])

    sent(world)
    statements("/psa/estimates/")
    one = statements("/psa/estimates/")
    for _ in range(52):
        sent(world)
    assert statements("/psa/estimates/") == one
    first = client.get("/psa/estimates/").content.decode()
    assert "EST-000053" in first and "EST-000003<" not in first
    older = first.split('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    rest = client.get(f"/psa/estimates/{older}").content.decode()
    assert "EST-000003<" in rest and "EST-000004<" not in rest


def test_the_portal_shows_him_his_own_with_their_state(
    world: World, one_of_each: dict[str, Estimate], client: Client
) -> None:
    for contact, address in ((world.carol, "carol@acme.example"), (world.sam, "sam@rival.example")):
        Account.open(contact, email=address, name=contact.name, password=PASSWORD)
    account = Account.objects.get(contact=world.carol).person
    client.force_login(account)
    his = client.get(reverse("portal_estimates")).content.decode()
    for estimate in one_of_each.values():
        assert estimate.code in his and estimate_token(estimate) in his
    home = client.get(reverse("portal")).content.decode()
    assert estimate_token(one_of_each["sent"]) in home and estimate_token(one_of_each["approved"]) not in home
    stranger = Account.objects.get(contact=world.sam).person
    client.force_login(stranger)
    assert "EST-" not in client.get(reverse("portal_estimates")).content.decode()


def test_new_ones_begin_on_the_shops_terms(world: World, as_person: AsPerson) -> None:
    client = as_person(world.max)
    given = {"valid_days": "30", "deposit_percent": "25", "remind_days": "5", "text_en": "Six months.", "text_he": ""}
    for wrong in ({"valid_days": "0"}, {"valid_days": "366"}, {"deposit_percent": "101"}, {"remind_days": "-1"}):
        assert client.post("/psa/settings/estimates", {**given, **wrong}).status_code == 422
    assert client.post("/psa/settings/estimates", given).status_code == 303
    ticket = sent(world).ticket
    assert Estimate.objects.get().text == "Six months."
    draft = Draft.of(ticket)
    assert (draft.valid_days, draft.deposit_percent) == (30, 25)
    changed = Event.objects.get(kind="estimate.terms_changed").data["changes"]
    assert changed["valid_days"] == ["14", "30"]


def test_a_sent_one_is_taken_up_again_and_replaces_the_one_before(world: World, as_person: AsPerson) -> None:
    Terms.change(by=world.max, text={"en": "Six months."})
    client, first = as_person(world.tess), sent(world, text="The tube is dark.")
    number = first.ticket.number
    assert client.post(f"/psa/tickets/{number}/estimates/{first.pk}/take-up").status_code == 303
    draft = Draft.objects.get(ticket=first.ticket)
    assert draft.text == "The tube is dark." and draft.lines.count() == 4
    assert client.post(f"/psa/tickets/{number}/estimates/{first.pk}/take-up").status_code == 409
    assert client.post(f"/psa/tickets/{number}/estimate/send").status_code == 303
    second = Estimate.objects.order_by("-id")[0]
    assert (second.code, second.text) == ("EST-000001-2", "The tube is dark.\n\nSix months.")
    assert Answer.objects.get().estimate == first
    old = client.get(reverse("public_estimate", args=[estimate_token(first)])).content.decode()
    assert "This estimate was withdrawn." in old and estimate_token(second) in old


def run_by(moment: timedelta) -> None:
    """What is due within this time, run now."""
    TaskRow.objects.filter(state=TaskRow.State.WAITING, run_after__lt=timezone.now() + moment).update(
        run_after=timezone.now()
    )
    Worker().run_all()


def test_the_customer_is_reminded_once_before_it_ends(world: World) -> None:
    estimate = sent(world)
    run_by(timedelta(days=10))
    assert not OutgoingMail.objects.filter(kind="estimate_reminder").exists(), "three days before, not four"
    run_by(timedelta(days=12))
    remind(estimate)
    Worker().run_all()
    mail = OutgoingMail.objects.get(kind="estimate_reminder")
    assert estimate_token(estimate) in mail.text and Event.objects.filter(kind="estimate.reminded").count() == 1


@pytest.mark.parametrize("answer", [
    lambda one, _world: approve(one, set(), Signature("Carol")),
    lambda one, _world: decline(one, ""),
    lambda one, world: withdraw(one, by=world.tess),
])  # fmt: skip
def test_whoever_has_answered_is_not_reminded_and_nothing_expires(
    world: World, answer: Callable[[Estimate, World], object]
) -> None:
    answer(sent(world), world)
    kind = Answer.objects.get().kind
    run_by(timedelta(days=20))
    assert not OutgoingMail.objects.filter(kind="estimate_reminder").exists()
    assert Answer.objects.get().kind == kind
    assert not TaskRow.objects.filter(state=TaskRow.State.DEAD).exists()


@pytest.mark.parametrize("days", [0, 14, 60])
def test_nobody_is_reminded_before_he_could_answer(world: World, days: int) -> None:
    Terms.change(by=world.max, remind_days=days)
    sent(world)
    assert not TaskRow.objects.filter(name__endswith="remind").exists()


def test_it_expires_by_itself_and_whoever_has_the_ticket_hears_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    estimate = sent(world)
    run_by(timedelta(days=20))
    assert not Answer.objects.exists(), "its last day is not over"
    expire(late(estimate))
    expire(late(estimate))
    Worker().run_all()
    assert Answer.objects.get().kind == Answer.Kind.EXPIRED
    told = OutgoingMail.objects.get(kind="estimate_answered")
    assert "expired" in told.subject and told.address == world.tess.email
    assert "without an answer" in str(Event.objects.get(kind="estimate.expired"))


def test_the_running_bill_takes_the_deposit_off(world: World, as_person: AsPerson) -> None:
    client, estimate = as_person(world.tess), sent(world, deposit_percent=Decimal(50))
    answer = approve(estimate, set(), Signature("Carol"))
    path = f"/psa/tickets/{estimate.ticket.number}/"
    asked = client.get(path).content.decode()
    assert answer.deposit is not None and answer.deposit.total == Decimal("76.05")
    assert "Deposit, not paid yet" in asked and "less the deposit" not in asked
    settle(answer.deposit, answer.deposit.total, method="cash", by=world.bill)
    paid = client.get(path).content.decode()
    assert "less the deposit, paid" in paid and "-$76.05" in paid and "Deposit, not paid yet" not in paid
    estimate.ticket.resolve(by=world.tess)
    assert "less the deposit, paid" not in client.get(path).content.decode(), "it was used"


def test_a_draft_takes_no_more_lines_than_are_written(world: World, as_person: AsPerson) -> None:
    client, ticket = as_person(world.tess), sent(world).ticket
    line(Draft.objects.create(ticket=ticket), "10")
    written = {"description": "Cable", "quantity": "1", "price": "5", "tax": str(world.vat.pk), "choice": "always"}
    assert client.post(f"/psa/tickets/{ticket.number}/estimate/lines", written).status_code == 303
    assert client.post(f"/psa/tickets/{ticket.number}/estimate/lines", {**written, "tax": ""}).status_code == 422
    assert Draft.objects.get(ticket=ticket).lines.count() == 2
