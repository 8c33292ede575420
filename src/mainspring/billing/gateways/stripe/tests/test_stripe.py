"""Paying by Stripe, over HTTP against its double: RELIABILITY 62 to 65."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from mainspring.accounts.models import Person
from mainspring.billing.gateways import StripeGateway
from mainspring.billing.issuing import cancel
from mainspring.billing.models import (
    Attempt,
    CreditEntry,
    GatewayAccount,
    GatewayCall,
    HeldMoney,
    Invoice,
    PayBack,
    Payment,
)
from mainspring.billing.paying import pay_token
from mainspring.billing.settling import settle
from mainspring.billing.tasks import ask_about_open_attempts, ask_about_refunds, understand_waiting
from mainspring.events.models import Event
from mainspring.events.worker import Worker
from stripe_double import KEY, SECRET, Json, StripeDouble, led_to, sign
from world import World

HOOK = "/hooks/stripe"

SignIn = Callable[[Person], Client]


def hook(event: Json, *, body: bytes | None = None, signature: str | None = None) -> int:
    raw = json.dumps(event).encode()
    headers: Any = {"HTTP_STRIPE_SIGNATURE": sign(raw) if signature is None else signature}
    return Client().post(HOOK, raw if body is None else body, content_type="application/json", **headers).status_code


def go_to_stripe(invoice: Invoice, client: Client | None = None, **given: str) -> Json:
    """The customer's click; what he is led to."""
    answer = (client or Client()).post(f"/pay/{pay_token(invoice)}", {"gateway": "stripe", **given})
    url = led_to(answer)
    return {"url": url, "id": url.rsplit("/", 1)[1]}


def standing(invoice: Invoice) -> tuple[Decimal, Decimal]:
    invoice.standing.refresh_from_db()
    return invoice.standing.paid, invoice.standing.balance


def test_the_link_leads_to_a_checkout_over_the_balance_and_the_webhook_books_it(
    invoice: Invoice, double: StripeDouble
) -> None:
    session = double.sessions[go_to_stripe(invoice)["id"]]
    assert (session["amount_total"], session["currency"]) == (1000, "usd")
    assert hook(double.pay(session["id"])) == 200
    assert standing(invoice) == (10, 0)
    payment = Payment.objects.get()
    assert (payment.method, payment.gateway, payment.gateway_ref) == ("link", "stripe", session["payment_intent"])
    assert GatewayCall.objects.get().outcome == "booked"


@pytest.mark.parametrize(
    "given",
    [
        {"amount": "0.01"},
        {"amount": "-5"},
        {"amount": "NaN"},
        {"amount": "1e308"},
        {"currency": "jpy"},
        {"invoice_id": "9"},
    ],
)
def test_the_amount_is_the_servers(invoice: Invoice, double: StripeDouble, given: dict[str, str]) -> None:
    session = double.sessions[go_to_stripe(invoice, None, **given)["id"]]
    assert (session["amount_total"], session["currency"]) == (1000, "usd")


def test_whoever_clicks_twice_is_led_to_one_checkout(invoice: Invoice, double: StripeDouble) -> None:
    assert go_to_stripe(invoice) == go_to_stripe(invoice)
    assert len(double.sessions) == Attempt.objects.count() == 1


def test_the_key_is_stored_before_the_call_and_a_repeat_charges_once(invoice: Invoice, double: StripeDouble) -> None:
    """The answer is lost after Stripe did it; the library repeats, and so does the customer: one session."""
    double.faults = ["drop", "drop", "drop", "drop"]
    answer = Client().post(f"/pay/{pay_token(invoice)}", {"gateway": "stripe"})
    assert answer.status_code == 503 and b"Nothing was charged" in answer.content
    attempt = Attempt.objects.get()
    assert attempt.pay_url == "" and attempt.key in double.answers
    double.faults = []
    go_to_stripe(invoice)
    assert len(double.sessions) == 1 and Attempt.objects.get().key == attempt.key


def test_a_provider_with_a_fault_is_a_plain_page(invoice: Invoice, double: StripeDouble) -> None:
    double.faults = ["500"] * 4
    assert Client().post(f"/pay/{pay_token(invoice)}", {"gateway": "stripe"}).status_code == 503
    double.faults = []
    double.refuses = "Your account cannot currently make live charges."
    assert Client().post(f"/pay/{pay_token(invoice)}", {"gateway": "stripe"}).status_code == 503


def test_coming_back_books_it_before_the_webhook_and_the_webhook_changes_nothing(
    invoice: Invoice, double: StripeDouble
) -> None:
    session = double.sessions[go_to_stripe(invoice)["id"]]
    event = double.pay(session["id"])
    path = session["success_url"].partition("/pay/")[2]
    page = Client().get(f"/pay/{path}", follow=True)
    assert b"Paid. Thank you." in page.content
    assert hook(event) == hook(event) == 200
    assert Payment.objects.count() == 1 and GatewayCall.objects.get().outcome == "booked before"


def test_coming_back_without_paying_shows_the_page_again(invoice: Invoice, double: StripeDouble) -> None:
    go_to_stripe(invoice)
    assert b"To pay" in Client().get(f"/pay/{pay_token(invoice)}?back=1", follow=True).content
    double.faults = ["500"] * 9
    assert b"To pay" in Client().get(f"/pay/{pay_token(invoice)}?back=1", follow=True).content


# RELIABILITY 62


def test_without_a_secret_the_webhook_is_closed_and_stripe_cannot_be_switched_on(
    world: World, double: StripeDouble, as_person: SignIn
) -> None:
    assert hook({"id": "evt_1", "type": "x"}, signature="") == 503
    body = json.dumps({"id": "evt_1", "type": "x"}).encode()
    assert hook({}, body=body, signature=sign(body, secret="")) == 503
    answer = as_person(world.ada).post("/psa/settings/payments", {"key": KEY, "is_on": "on"})
    assert answer.status_code == 422 and b"no payment can be trusted" in answer.content
    assert not StripeGateway().is_ready() and GatewayCall.objects.count() == 0


def forged(event: Json) -> dict[str, tuple[bytes, str]]:
    raw, now = json.dumps(event).encode(), time.time()
    good = sign(raw)
    return {
        "missing": (raw, ""),
        "garbage": (raw, "t=,v1="),
        "another account's secret": (raw, sign(raw, secret="whsec_other")),
        "old": (raw, sign(raw, at=now - 301)),
        "from the future": (raw, sign(raw, at=now + 400)),
        "re-encoded": (json.dumps(event, indent=1).encode(), good),
        "another amount": (raw.replace(b"1000", b"1001"), good),
        "two times": (raw, "t=1," + good),
        "only the old scheme": (raw, good.replace("v1=", "v0=")),
        "one bit": (raw, good[:-1] + ("0" if good[-1] != "0" else "1")),
        "not a letter of it": (raw, "\u2028é=1"),
        "empty body": (b"", sign(raw)),
        "no event": (b"[]", sign(b"[]")),
        "no json": (b"{", sign(b"{")),
        "no text": (b"\xff\xfe", sign(b"\xff\xfe")),
    }


@pytest.mark.parametrize("how", list(forged({})))
def test_what_stripe_did_not_sign_is_refused_and_leaves_nothing(
    invoice: Invoice, double: StripeDouble, how: str
) -> None:
    event = double.pay(go_to_stripe(invoice)["id"])
    before = Event.objects.count()
    body, signature = forged(event)[how]
    assert hook(event, body=body, signature=signature.encode("latin-1", "ignore").decode("latin-1")) == 400
    assert (Event.objects.count(), GatewayCall.objects.count(), Payment.objects.count()) == (before, 0, 0)


def test_five_hundred_forged_calls_book_nothing(invoice: Invoice, double: StripeDouble) -> None:
    event = double.pay(go_to_stripe(invoice)["id"])
    raw = json.dumps(event).encode()
    accepted = sum(hook(event, body=raw, signature=sign(raw, secret=f"whsec_{n}")) != 400 for n in range(500))
    assert accepted == 0 and Payment.objects.count() == GatewayCall.objects.count() == 0


def test_a_signed_call_about_nothing_of_ours_is_kept_and_answered(invoice: Invoice, double: StripeDouble) -> None:
    assert hook({"id": "evt_a", "type": "customer.created", "data": {"object": {}}}) == 200
    assert hook({"id": "evt_b", "type": "checkout.session.completed", "data": {"object": {}}}) == 200
    assert hook({"id": "evt_c", "type": "refund.created"}) == 200
    outcomes = GatewayCall.objects.order_by("id").values_list("outcome", "is_waiting")
    assert [outcome for outcome, _waits in outcomes][:2] == ["nothing for us", "nothing for us"]
    assert outcomes[2][0].startswith("not understood") and not any(waits for _outcome, waits in outcomes)


# RELIABILITY 63


def test_slow_money_is_booked_when_it_arrives(invoice: Invoice, double: StripeDouble) -> None:
    session = go_to_stripe(invoice)["id"]
    hook(double.pay(session, later=True))
    assert Attempt.objects.get().state == "pending" and standing(invoice) == (0, 10)
    assert b"on its way" in Client().get(f"/pay/{pay_token(invoice)}").content
    hook(double.arrive(session))
    assert Attempt.objects.get().state == "paid" and standing(invoice) == (10, 0)


def test_slow_money_that_fails_is_not_booked(invoice: Invoice, double: StripeDouble) -> None:
    session = go_to_stripe(invoice)["id"]
    hook(double.pay(session, later=True))
    hook(double.arrive(session, fails=True))
    assert Attempt.objects.get().state == "failed" and standing(invoice) == (0, 10)


def test_an_expired_checkout_is_not_offered_again(invoice: Invoice, double: StripeDouble) -> None:
    first = go_to_stripe(invoice)["id"]
    hook(double.expire(first))
    assert Attempt.objects.get().state == "expired"
    assert go_to_stripe(invoice)["id"] != first


def test_a_late_expiry_does_not_unpay(invoice: Invoice, double: StripeDouble) -> None:
    session = go_to_stripe(invoice)["id"]
    paid = double.pay(session)
    late = double.event(
        "checkout.session.expired", double.sessions[session] | {"status": "expired", "payment_status": "unpaid"}
    )
    hook(paid)
    hook(late)
    assert Attempt.objects.get().state == "paid" and standing(invoice) == (10, 0)


def test_money_for_an_attempt_that_had_expired_is_booked_all_the_same(invoice: Invoice, double: StripeDouble) -> None:
    session = go_to_stripe(invoice)["id"]
    Attempt.objects.update(state="expired")
    hook(double.pay(session))
    assert standing(invoice) == (10, 0)


def test_a_lost_webhook_is_made_up_for_by_asking(invoice: Invoice, double: StripeDouble) -> None:
    double.pay(go_to_stripe(invoice)["id"])
    Attempt.objects.update(started_at=timezone.now() - timedelta(hours=1))
    ask_about_open_attempts.func()
    ask_about_open_attempts.func()
    assert standing(invoice) == (10, 0) and Payment.objects.count() == 1


def test_a_call_that_was_kept_and_not_understood_is_understood_later(invoice: Invoice, double: StripeDouble) -> None:
    event = double.pay(go_to_stripe(invoice)["id"])
    GatewayCall.objects.create(gateway="stripe", event_id=event["id"], body=event)
    understand_waiting.func()
    understand_waiting.func()
    assert standing(invoice) == (10, 0) and Payment.objects.count() == 1


def test_paying_an_invoice_twice_at_once_keeps_the_second_as_credit(invoice: Invoice, double: StripeDouble) -> None:
    first = go_to_stripe(invoice)["id"]
    Attempt.objects.update(started_at=timezone.now() - timedelta(days=1))
    second = go_to_stripe(invoice)["id"]
    assert first != second
    for event in (double.pay(first), double.pay(second)):
        hook(event)
    assert standing(invoice) == (10, 0) and CreditEntry.objects.get().amount == 10


# Refunds


def paid(invoice: Invoice, double: StripeDouble) -> Payment:
    hook(double.pay(go_to_stripe(invoice)["id"]))
    return Payment.objects.get(amount__gt=0, invoice=invoice, gateway="stripe")


def ask_for_refund(client: Client, payment: Payment, amount: str) -> int:
    path = f"/psa/invoices/{payment.invoice.code}/payments/{payment.pk}/refund"
    return client.post(path, {"amount": amount, "reference": "as agreed"}).status_code


def test_the_desk_asks_the_provider_and_books_what_it_did(
    world: World, invoice: Invoice, double: StripeDouble, as_person: SignIn
) -> None:
    payment = paid(invoice, double)
    client = as_person(world.bill)
    assert ask_for_refund(client, payment, "4") == 303
    assert PayBack.objects.get().state == "asked" and not double.refunds
    assert b"the provider is being asked" in client.get(f"/psa/invoices/{invoice.code}/").content
    Worker().run_all()
    assert double.net_of(payment.gateway_ref) == 600 and standing(invoice) == (6, 4)
    for event in double.events:
        hook(event)
    assert standing(invoice) == (6, 4) and PayBack.objects.get().state == "done"
    assert ask_for_refund(client, payment, "7") == 422


def test_two_clicks_ask_for_no_more_than_there_is(
    world: World, invoice: Invoice, double: StripeDouble, as_person: SignIn
) -> None:
    payment, client = paid(invoice, double), as_person(world.bill)
    assert [ask_for_refund(client, payment, "10") for _ in range(2)] == [303, 422]
    Worker().run_all()
    assert double.net_of(payment.gateway_ref) == 0 and standing(invoice) == (0, 10)


def test_a_refund_whose_answer_was_lost_is_asked_for_again_by_its_key(
    world: World, invoice: Invoice, double: StripeDouble, as_person: SignIn
) -> None:
    payment = paid(invoice, double)
    ask_for_refund(as_person(world.bill), payment, "10")
    double.faults = ["drop", "drop", "drop"]
    Worker().run_all()
    assert len(double.refunds) == 1 and PayBack.objects.get().state == "asked"
    from mainspring.events.models import TaskRow

    TaskRow.objects.update(run_after=timezone.now())
    double.faults = []
    Worker().run_all()
    assert len(double.refunds) == 1 and PayBack.objects.get().state == "done" and standing(invoice) == (0, 10)


def test_a_refund_that_stripe_refuses_is_shown_and_moves_nothing(
    world: World, invoice: Invoice, double: StripeDouble, as_person: SignIn
) -> None:
    payment, client = paid(invoice, double), as_person(world.bill)
    double.refuses = "Insufficient funds in your account."
    ask_for_refund(client, payment, "10")
    Worker().run_all()
    assert PayBack.objects.get().state == "failed" and standing(invoice) == (10, 0)
    assert b"Insufficient funds" in client.get(f"/psa/invoices/{invoice.code}/").content
    double.refuses = ""
    assert ask_for_refund(client, payment, "10") == 303


def test_a_refund_at_the_dashboard_is_booked_once(invoice: Invoice, double: StripeDouble) -> None:
    payment = paid(invoice, double)
    double.refund(payment.gateway_ref, 300)
    for _ in range(3):
        hook(double.events[-1])
    assert standing(invoice) == (7, 3) and Payment.objects.filter(amount__lt=0).count() == 1


def test_an_account_that_tells_only_of_the_charge_is_asked_for_its_refunds(
    invoice: Invoice, double: StripeDouble
) -> None:
    """Versions of Stripe's API before 2024-10-28 send no `refund.created`, and a charge does not name its refunds."""
    payment = paid(invoice, double)
    double.refund(payment.gateway_ref, 300)
    charge = {"object": "charge", "payment_intent": payment.gateway_ref, "amount_refunded": 300}
    for of in (Attempt.objects.get().key, "another shop's", ""):
        event = double.event("charge.refunded", charge | {"metadata": {"attempt": of} if of else {}})
        assert [hook(event) for _ in range(3)] == [200] * 3
    Worker().run_all()
    assert standing(invoice) == (7, 3) and Payment.objects.filter(amount__lt=0).count() == 1
    outcomes = GatewayCall.objects.order_by("id").values_list("outcome", flat=True)
    assert list(outcomes)[-3:] == ["asked for more", "not ours", "nothing for us"]


def test_a_refund_that_comes_before_its_payment_waits_for_it(invoice: Invoice, double: StripeDouble) -> None:
    paid_event = double.pay(go_to_stripe(invoice)["id"])
    double.refund(paid_event["data"]["object"]["payment_intent"], 1000)
    assert hook(double.events[-1]) == 200
    assert GatewayCall.objects.get().is_waiting
    hook(paid_event)
    assert standing(invoice) == (0, 10) and not GatewayCall.objects.filter(is_waiting=True).exists()


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_a_refund_that_fails_leaves_the_money_here(invoice: Invoice, double: StripeDouble, order: list[int]) -> None:
    payment = paid(invoice, double)
    refund = double.refund(payment.gateway_ref, 1000)
    events = [double.events[-1], double.fail_refund(refund["id"])]
    for place in order:
        hook(events[place])
    assert standing(invoice) == (10, 0) and double.net_of(payment.gateway_ref) == 1000


def test_a_refund_of_what_became_credit_comes_out_of_the_credit(
    world: World, invoice: Invoice, double: StripeDouble
) -> None:
    payment = paid(invoice, double)
    cancel(invoice, by=world.bill)
    assert sum(entry.amount for entry in CreditEntry.objects.all()) == 10
    double.refund(payment.gateway_ref, 1000)
    hook(double.events[-1])
    assert sum(entry.amount for entry in CreditEntry.objects.all()) == 0 and standing(invoice) == (0, 0)


def form_key(client: Client, payment: Payment) -> str:
    """The key in the refund's form, as the page gives it."""
    shown = client.get(f"/psa/invoices/{payment.invoice.code}/").content.decode()
    form = shown[shown.index(f"/payments/{payment.pk}/refund") :]
    return form.split('name="key" value="', 1)[1].split('"', 1)[0]


@pytest.mark.parametrize("method", ["stripe", "cash"])
def test_two_clicks_on_a_partial_refund_make_one(
    world: World, invoice: Invoice, double: StripeDouble, as_person: SignIn, method: str
) -> None:
    """4 of 10 is paid back once, though 4 would be left for the second click; a form of its own pays back again."""
    payment = (
        paid(invoice, double) if method == "stripe" else settle(invoice, Decimal(10), method="cash", by=world.bill)
    )
    client = as_person(world.bill)
    path = f"/psa/invoices/{invoice.code}/payments/{payment.pk}/refund"
    sent = {"amount": "4", "key": form_key(client, payment)}
    assert [client.post(path, sent).status_code for _ in range(2)] == [303, 303]
    Worker().run_all()
    assert standing(invoice) == (6, 4)
    assert client.post(path, {"amount": "4", "key": form_key(client, payment)}).status_code == 303
    Worker().run_all()
    assert standing(invoice) == (2, 8)


def test_a_form_that_was_refused_may_be_sent_again(
    world: World, invoice: Invoice, double: StripeDouble, as_person: SignIn
) -> None:
    payment, client = paid(invoice, double), as_person(world.bill)
    path = f"/psa/invoices/{invoice.code}/payments/{payment.pk}/refund"
    key = form_key(client, payment)
    assert [client.post(path, {"amount": amount, "key": key}).status_code for amount in ("11", "4")] == [422, 303]
    assert PayBack.objects.get().amount == 4


def test_two_clicks_on_a_partial_payment_book_one(world: World, invoice: Invoice, as_person: SignIn) -> None:
    client = as_person(world.fay)
    shown = client.get(f"/psa/tickets/{invoice.ticket.number}/?tab=billing").content.decode()
    sent = {"amount": "4", "method": "cash", "key": shown.split('name="key" value="', 1)[1].split('"', 1)[0]}
    path = f"/psa/invoices/{invoice.code}/pay"
    assert [client.post(path, sent).status_code for _ in range(2)] == [303, 303]
    assert standing(invoice) == (4, 6)


def test_a_refund_whose_webhook_was_lost_is_found_by_asking(invoice: Invoice, double: StripeDouble) -> None:
    """The attempt is paid, so nobody would ask for it again; of refunds there are more than one page."""
    payment = paid(invoice, double)
    for _ in range(105):
        double.refund(payment.gateway_ref, 1)
    ask_about_refunds.call()
    assert standing(invoice) == (Decimal("8.95"), Decimal("1.05"))
    ask_about_refunds.call()
    assert Payment.objects.filter(amount__lt=0).count() == 105


def test_a_refund_long_on_its_way_is_asked_for_by_its_name(
    world: World, invoice: Invoice, double: StripeDouble, as_person: SignIn
) -> None:
    payment = paid(invoice, double)
    refund = double.refund(payment.gateway_ref, 300, status="pending")
    hook(double.events[-1])
    assert PayBack.objects.get().state == "pending" and standing(invoice) == (10, 0)
    PayBack.objects.update(asked_at=timezone.now() - timedelta(days=11))
    double.refunds[refund["id"]] |= {"created": 1, "status": "succeeded"}
    ask_about_refunds.call()
    assert PayBack.objects.get().state == "done" and standing(invoice) == (7, 3)


def test_a_provider_that_cant_be_asked_stops_nobody(invoice: Invoice, double: StripeDouble) -> None:
    paid(invoice, double)
    double.faults = ["500"] * 4
    ask_about_refunds.call()
    assert standing(invoice) == (10, 0)


def test_a_refund_waits_for_its_payment_behind_any_number_of_others(invoice: Invoice, double: StripeDouble) -> None:
    event = double.pay(go_to_stripe(invoice)["id"])
    refunds = [{"id": f"re_{n}", "payment_intent": f"pi_of_another_{n}", "amount": 100} for n in range(300)]
    refunds.append({"id": "re_ours", "payment_intent": event["data"]["object"]["payment_intent"], "amount": 1000})
    for refund in refunds:
        hook(double.event("refund.created", {**refund, "currency": "usd", "status": "succeeded"}))
    assert GatewayCall.objects.filter(is_waiting=True).count() == 301
    hook(event)
    assert standing(invoice) == (0, 10)
    assert GatewayCall.objects.filter(is_waiting=True).count() == 300


def test_a_crash_between_a_payment_and_its_waiting_refund_is_made_up_for(
    invoice: Invoice, double: StripeDouble
) -> None:
    """The refund waits behind 300 that will wait for ever; its payment was booked, and then nobody went on."""
    payment = paid(invoice, double)
    for n in range(300):
        GatewayCall.objects.create(gateway="stripe", event_id=f"evt_{n}", body={}, about=f"pi_of_another_{n}")
    double.refund(payment.gateway_ref, 300)
    body = double.events[-1]
    GatewayCall.objects.create(gateway="stripe", event_id=body["id"], body=body, about=payment.gateway_ref)
    understand_waiting.call()
    assert standing(invoice) == (7, 3)
    assert GatewayCall.objects.filter(is_waiting=True).count() == 300


# RELIABILITY 64: what does not fit


@pytest.mark.parametrize(("amount", "currency"), [(1, ""), (999, ""), (1000, "eur")])
def test_what_does_not_fit_is_held_and_seen(
    world: World, invoice: Invoice, double: StripeDouble, as_person: SignIn, amount: int, currency: str
) -> None:
    event = double.pay(go_to_stripe(invoice)["id"], amount=amount, currency=currency)
    for _ in range(3):
        hook(event)
    assert Payment.objects.count() == 0 and standing(invoice) == (0, 10)
    assert HeldMoney.objects.count() == 1 and Attempt.objects.get().state == "held"
    client = as_person(world.bill)
    page = client.get(f"/psa/invoices/{invoice.code}/").content.decode()
    assert "Held:" in page and "Nothing is booked" in page and ("Book it as it came" in page) == (not currency)
    assert "is held" in client.get("/psa/invoices/").content.decode()


def test_held_money_is_booked_by_the_staff_once(
    world: World, invoice: Invoice, double: StripeDouble, as_person: SignIn
) -> None:
    hook(double.pay(go_to_stripe(invoice)["id"], amount=700))
    held, client = HeldMoney.objects.get(), as_person(world.bill)
    path = f"/psa/invoices/{invoice.code}/held/{held.pk}/book"
    assert [client.post(path).status_code for _ in range(2)] == [303, 422]
    assert standing(invoice) == (7, 3)
    assert "booked as it came" in client.get(f"/psa/invoices/{invoice.code}/").content.decode()


def test_held_money_in_another_currency_is_settled_outside(
    world: World, invoice: Invoice, double: StripeDouble, as_person: SignIn
) -> None:
    hook(double.pay(go_to_stripe(invoice)["id"], currency="eur"))
    held, client = HeldMoney.objects.get(), as_person(world.bill)
    base = f"/psa/invoices/{invoice.code}/held/{held.pk}"
    assert client.post(f"{base}/book").status_code == 422
    assert client.post(f"{base}/settle", {"mend": ""}).status_code == 422
    assert client.post(f"{base}/settle", {"mend": "paid back by hand"}).status_code == 303
    held.refresh_from_db()
    assert held.mend == "paid back by hand" and standing(invoice) == (0, 10)


@pytest.mark.parametrize(("amount", "currency"), [(1300, ""), (1000, "eur")])
def test_held_money_is_paid_back_at_the_provider_once(
    world: World, invoice: Invoice, double: StripeDouble, as_person: SignIn, amount: int, currency: str
) -> None:
    """Paid too much, or in another money: asked for with a stored key, confirmed, and not to be booked meanwhile."""
    event = double.pay(go_to_stripe(invoice)["id"], amount=amount, currency=currency)
    hook(event)
    held, client = HeldMoney.objects.get(), as_person(world.bill)
    base = f"/psa/invoices/{invoice.code}/held/{held.pk}"
    page = client.get(f"/psa/invoices/{invoice.code}/").content.decode()
    assert "Pay it back at the provider" in page and "back through Stripe?" in page
    assert [client.post(f"{base}/refund").status_code for _ in range(2)] == [303, 422]
    assert client.post(f"{base}/book").status_code == 422
    page = client.get(f"/psa/invoices/{invoice.code}/").content.decode()
    assert "the provider is being asked" in page and "Pay it back at the provider" not in page
    Worker().run_all()
    for event in double.events:
        hook(event)
    held.refresh_from_db()
    payment = event["data"]["object"]["payment_intent"]
    assert (len(double.refunds), double.net_of(payment), PayBack.objects.get().state) == (1, 0, "done")
    assert held.mended_by == world.bill.name and "paid back at the provider" in held.mend
    assert Payment.objects.count() == 0 and standing(invoice) == (0, 10)
    assert client.post(f"{base}/refund").status_code == 422


def test_held_money_whose_refund_fails_is_held_again(
    world: World, invoice: Invoice, double: StripeDouble, as_person: SignIn
) -> None:
    hook(double.pay(go_to_stripe(invoice)["id"], amount=1300))
    held, client = HeldMoney.objects.get(), as_person(world.bill)
    path = f"/psa/invoices/{invoice.code}/held/{held.pk}/refund"
    double.refuses = "Insufficient funds in your account."
    client.post(path)
    Worker().run_all()
    assert b"Insufficient funds" in client.get(f"/psa/invoices/{invoice.code}/").content
    double.refuses = ""
    assert client.post(path).status_code == 303
    Worker().run_all()
    held.refresh_from_db()
    assert held.mended_at is not None
    hook(double.fail_refund(next(iter(double.refunds))))
    held.refresh_from_db()
    assert held.mended_at is None
    assert list(PayBack.objects.values_list("state", flat=True)) == ["failed", "failed"]
    assert client.post(path.replace("/refund", "/book")).status_code == 303 and standing(invoice) == (13 - 3, 0)


def test_money_that_came_after_the_invoice_was_cancelled_is_credit_and_can_be_paid_back(
    world: World, invoice: Invoice, double: StripeDouble, as_person: SignIn
) -> None:
    session = go_to_stripe(invoice)["id"]
    cancel(invoice, by=world.bill)
    hook(double.pay(session))
    payment = Payment.objects.get(gateway="stripe")
    assert sum(entry.amount for entry in CreditEntry.objects.all()) == 10
    assert ask_for_refund(as_person(world.bill), payment, "10") == 303
    Worker().run_all()
    assert double.net_of(payment.gateway_ref) == 0 and standing(invoice) == (0, 0)
    assert sum(entry.amount for entry in CreditEntry.objects.all()) == 0


# Settings


def test_the_secrets_are_sealed_and_never_shown_again(world: World, account: GatewayAccount, as_person: SignIn) -> None:
    kept = GatewayAccount.objects.get()
    assert KEY.encode() not in bytes(kept.sealed) and SECRET.encode() not in bytes(kept.sealed)
    page = as_person(world.ada).get("/psa/settings/payments").content.decode()
    assert KEY not in page and SECRET not in page and "/hooks/stripe" in page
    assert KEY not in str(list(Event.objects.values_list("data", flat=True)))


def test_an_empty_secret_leaves_the_one_that_is_kept(world: World, account: GatewayAccount, as_person: SignIn) -> None:
    as_person(world.ada).post("/psa/settings/payments", {"key": "", "webhook_secret": "", "is_on": "on"})
    assert GatewayAccount.objects.get().secrets == {"key": KEY, "webhook_secret": SECRET} and StripeGateway().is_ready()


@pytest.mark.parametrize(
    ("fault", "key", "says"),
    [("", KEY, "accepts the key"), ("", "sk_test_wrong", "does not accept"), ("500", KEY, "has a fault")],
)
def test_try_it_says_what_is_wrong(
    world: World, account: GatewayAccount, double: StripeDouble, as_person: SignIn, fault: str, key: str, says: str
) -> None:
    account.put(is_on=True, by=world.ada, key=key)
    double.faults = [fault] * 4 if fault else []
    page = as_person(world.ada).post("/psa/settings/payments/stripe/try", follow=True).content.decode()
    assert says in page


def test_a_key_that_is_none_is_refused(world: World, double: StripeDouble, as_person: SignIn) -> None:
    answer = as_person(world.ada).post("/psa/settings/payments", {"key": "pk_live_1", "webhook_secret": "abc"})
    assert answer.status_code == 422 and GatewayAccount.objects.count() == 0
    assert b"begins with sk_" in answer.content and b"begins with whsec_" in answer.content
