"""Several invoices paid at once: each gets its share to the cent, all of them or none."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.conf import LazySettings
from django.test import Client

from mainspring.accounts.models import Person
from mainspring.billing.conservation import differences
from mainspring.billing.gateways.base import SaysPaid
from mainspring.billing.hearing import hear
from mainspring.billing.issuing import cancel, credit
from mainspring.billing.models import Attempt, CreditEntry, HeldMoney, Invoice, Payment, Share
from mainspring.billing.paybacks import ask_back
from mainspring.billing.settling import Unsettled, settle
from mainspring.billing.tests.shelf import bill, repair, sign_in
from mainspring.core.models import Shop
from mainspring.crm.models import Contact
from mainspring.events.worker import Worker
from mainspring.outbox.models import OutgoingMail
from stripe_double import led_to
from world import World

D = Decimal
SignIn = Callable[[Person], Client]


@pytest.fixture
def invoices(world: World, settings: LazySettings) -> list[Invoice]:
    """Three invoices of Carol's: 30, 12.34 and 0.01."""
    settings.TEST_PAYMENTS = True
    return [bill(world, repair(world, price), world.carol) for price in ("30", "12.34", "0.01")]


@pytest.fixture
def carol(world: World) -> Client:
    return sign_in(world.carol)


def choose(client: Client, invoices: list[Invoice], seen: str) -> Attempt:
    """He chooses them, sees the sum and goes to the provider."""
    codes = [invoice.code for invoice in invoices]
    shown = client.get("/portal/invoices/pay", {"code": codes})
    assert f'name="seen" value="{seen}"' in shown.content.decode()
    answer = client.post("/portal/invoices/pay", {"code": codes, "seen": seen, "gateway": "test"})
    key = led_to(answer).split("/pay/test/")[1].split("/")[0]
    return Attempt.objects.get(key=key)


def pay(attempt: Attempt, amount: Decimal | None = None) -> str:
    return hear("test", SaysPaid(attempt.key, f"test-{attempt.key}", amount or attempt.amount, attempt.currency))


def balances(invoices: list[Invoice]) -> list[Decimal]:
    for invoice in invoices:
        invoice.standing.refresh_from_db()
    return [invoice.standing.balance for invoice in invoices]


def test_he_pays_all_of_them_by_one_payment(carol: Client, invoices: list[Invoice]) -> None:
    assert b"Pay the chosen ones at once" in carol.get("/portal/invoices/").content
    attempt = choose(carol, invoices, "42.350")
    shown = carol.get(f"/portal/invoices/payments/{attempt.key}")
    assert b"Not paid" in shown.content
    done = carol.post(attempt.pay_url.removeprefix("http://localhost:8000"), follow=True)
    assert b"Paid. Thank you." in done.content and b"$42.35" in done.content
    assert balances(invoices) == [0, 0, 0]
    booked = Payment.objects.order_by("invoice_id")
    assert [(one.invoice, one.amount, one.actor_name) for one in booked] == [
        (invoice, amount, "Carol Mizrahi")
        for invoice, amount in zip(invoices, (D(30), D("12.34"), D("0.01")), strict=True)
    ]
    assert {one.together for one in booked} == {D("42.35")} and differences() == []


def test_told_thrice_it_is_booked_once(carol: Client, invoices: list[Invoice]) -> None:
    attempt = choose(carol, invoices, "42.350")
    assert [pay(attempt) for _ in range(3)] == ["booked", "booked before", "booked before"]
    assert Payment.objects.count() == 3 and not CreditEntry.objects.exists()


def test_whoever_clicks_twice_is_led_to_one_checkout_and_another_choice_to_another(
    carol: Client, invoices: list[Invoice]
) -> None:
    first = choose(carol, invoices, "42.350")
    assert choose(carol, invoices, "42.350") == first
    assert choose(carol, invoices[:2], "42.340") != first
    assert Share.objects.filter(attempt=first).count() == 3


def test_each_receipt_says_that_it_is_a_part(carol: Client, invoices: list[Invoice]) -> None:
    Worker().run_all()
    OutgoingMail.objects.all().delete()
    pay(choose(carol, invoices[:2], "42.340"))
    Worker().run_all()
    texts = [mail.text for mail in OutgoingMail.objects.filter(kind="receipt").order_by("id")]
    assert len(texts) == 2 and all("part of your payment of $42.34" in text for text in texts)


def test_what_was_paid_elsewhere_meanwhile_is_credit_and_the_others_are_paid(
    world: World, carol: Client, invoices: list[Invoice]
) -> None:
    attempt = choose(carol, invoices, "42.350")
    settle(invoices[0], D(20), method="cash", by=world.fay)
    pay(attempt)
    assert balances(invoices) == [0, 0, 0] and differences() == []
    assert [entry.amount for entry in CreditEntry.objects.all()] == [20]


def test_what_was_credited_or_cancelled_meanwhile_is_credit(
    world: World, carol: Client, invoices: list[Invoice]
) -> None:
    attempt = choose(carol, invoices, "42.350")
    credit(invoices[0], D(5), reason="Scratched", by=world.bill)
    cancel(invoices[1], by=world.bill)
    pay(attempt)
    assert balances(invoices) == [0, 0, 0] and differences() == []
    assert sorted(entry.amount for entry in CreditEntry.objects.all()) == [5, D("12.34")]


def test_a_share_that_cannot_be_booked_leaves_all_of_them_unbooked(carol: Client, invoices: list[Invoice]) -> None:
    attempt = choose(carol, invoices, "42.350")
    Share.objects.filter(attempt=attempt, invoice=invoices[2]).update(amount=D("0.001"))
    with pytest.raises(Unsettled):
        pay(attempt)
    attempt.refresh_from_db()
    assert (attempt.state, Payment.objects.count()) == ("started", 0) and balances(invoices) == [
        30,
        D("12.34"),
        D("0.01"),
    ]


def test_another_sum_is_held_whole(carol: Client, invoices: list[Invoice]) -> None:
    attempt = choose(carol, invoices, "42.350")
    assert pay(attempt, D("42.34")) == "held"
    assert HeldMoney.objects.get().amount == D("42.34") and not Payment.objects.exists()
    assert b"We look at your payment" in carol.get(f"/portal/invoices/payments/{attempt.key}").content


def test_a_sum_that_changed_is_shown_before_it_is_charged(world: World, carol: Client, invoices: list[Invoice]) -> None:
    codes = [invoice.code for invoice in invoices]
    settle(invoices[0], D(10), method="cash", by=world.fay)
    for seen in ("42.35", "0.01", "-1", "NaN", "1e9", "", "x"):
        answer = carol.post("/portal/invoices/pay", {"code": codes, "seen": seen, "gateway": "test"})
        assert answer.status_code == 409 and b"has changed" in answer.content and b"$32.35" in answer.content
    assert not Attempt.objects.exists()


def test_nothing_chosen_foreign_paid_and_two_currencies_lead_back(
    world: World, carol: Client, invoices: list[Invoice]
) -> None:
    foreign = bill(world, repair(world, "7"), world.sam)
    settle(invoices[0], D(30), method="cash", by=world.fay)
    for codes in ([], [foreign.code], [invoices[0].code], ["INV-9", "\x00", "x" * 900]):
        assert carol.get("/portal/invoices/pay", {"code": codes}).status_code == 303
        answer = carol.post("/portal/invoices/pay", {"code": codes, "seen": "7", "gateway": "test"})
        assert answer.status_code == 303
    Shop.objects.update(currency="EUR")
    euro = bill(world, repair(world, "7"), world.carol)
    answer = carol.get("/portal/invoices/pay", {"code": [euro.code, invoices[1].code]}, follow=True)
    assert b"one currency at once" in answer.content and not Attempt.objects.exists()


def test_a_foreign_one_among_his_own_is_left_out(world: World, carol: Client, invoices: list[Invoice]) -> None:
    foreign = bill(world, repair(world, "7"), world.sam)
    shown = carol.get("/portal/invoices/pay", {"code": [invoices[0].code, foreign.code]}).content.decode()
    assert f'value="{foreign.code}"' not in shown and 'value="30.000"' in shown
    codes = [invoices[0].code, foreign.code]
    answer = carol.post("/portal/invoices/pay", {"code": codes, "seen": "37", "gateway": "test"})
    assert answer.status_code == 409


def test_a_payment_is_seen_by_who_may_see_all_that_it_pays(
    world: World, carol: Client, invoices: list[Invoice]
) -> None:
    attempt = choose(carol, invoices, "42.350")
    sam: Contact = world.sam
    assert sign_in(sam).get(f"/portal/invoices/payments/{attempt.key}").status_code == 404
    assert Client().get(f"/portal/invoices/payments/{attempt.key}").status_code == 302


def test_a_share_is_paid_back_alone(world: World, carol: Client, invoices: list[Invoice], as_person: SignIn) -> None:
    pay(choose(carol, invoices, "42.350"))
    share = Payment.objects.get(invoice=invoices[1])
    ask_back(share, D("2.34"), by=world.bill)
    with pytest.raises(Unsettled):
        ask_back(share, D("10.01"), by=world.bill)
    Worker().run_all()
    assert balances(invoices) == [0, D("2.34"), 0] and differences() == []
    assert b"2.34" in as_person(world.bill).get(f"/psa/invoices/{invoices[1].code}/").content
