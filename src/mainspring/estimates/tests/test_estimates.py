"""An estimate from the draft to the final invoice: chosen, signed, charged, its deposit used once."""

import os
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random, SystemRandom

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import money_oracle
from mainspring.billing.conservation import differences
from mainspring.billing.issuing import FinalInvoice
from mainspring.billing.models import Invoice, Standing
from mainspring.billing.settling import credit_of, refund, settle
from mainspring.estimates.answering import Signature, Unanswerable, approve, decline, withdraw
from mainspring.estimates.links import estimate_token
from mainspring.estimates.models import Answer, Draft
from mainspring.estimates.sending import send
from mainspring.estimates.tests.offers import line, sent
from mainspring.events.worker import Worker
from mainspring.inventory.models import Product
from mainspring.outbox.models import OutgoingMail
from mainspring.tickets.models import StatusKind, Ticket
from mainspring.work.models import use_part
from mainspring.work.reading import PartsTab
from world import World

HISTORIES = int(os.environ.get("MAINSPRING_HISTORIES", "60"))
SEED = int(os.environ.get("MAINSPRING_SEED") or SystemRandom().randrange(10**9))


def test_the_customer_chooses_signs_and_is_charged(world: World, client: Client) -> None:
    estimate = sent(world, deposit_percent=Decimal(50))
    page = reverse("public_estimate", args=[estimate_token(estimate)])
    assert estimate.ticket.status.kind == StatusKind.WAITING_CUSTOMER
    lines = list(estimate.lines.all())
    picked = {"pick": str(lines[1].pk), "pick Screen": str(lines[3].pk)}
    counted = client.post(page, {**picked, "act": "count"})
    assert "198.90" in counted.content.decode() and counted.headers["X-Robots-Tag"] == "noindex"
    unsigned = client.post(page, {**picked, "act": "approve", "name": " "})
    assert unsigned.status_code == 422 and not Answer.objects.exists()
    assert client.post(page, {**picked, "act": "approve", "name": "Carol M"}).status_code == 303
    answer = Answer.objects.get()
    assert answer.total == Decimal("198.90") and answer.sha256 == Answer.hash_of(answer.text)
    assert "Carol M" in answer.text and answer.address == "127.0.0.1"
    assert client.post(page, {**picked, "act": "approve", "name": "Carol M"}).status_code == 409
    ticket = Ticket.objects.get()
    assert ticket.status.kind == StatusKind.CUSTOMER_REPLIED
    deposit = answer.deposit
    assert deposit is not None and deposit.total == Decimal("99.45")
    settle(deposit, deposit.total, method="link", by=world.carol)
    ticket.resolve(by=world.tess)
    final = Invoice.objects.get(purpose=Invoice.Purpose.FINAL)
    assert (final.total, Standing.objects.get(invoice=final).balance) == (Decimal("198.90"), Decimal("99.45"))
    assert differences() == []
    Worker().run_all()
    kinds = set(OutgoingMail.objects.values_list("kind", flat=True))
    assert "estimate_answered" in kinds and "estimate" not in kinds, "it was answered before its mail was written"


def test_it_is_mailed_with_its_link(world: World) -> None:
    estimate = sent(world)
    Worker().run_all()
    assert estimate_token(estimate) in OutgoingMail.objects.get(kind="estimate").text


def test_withdrawn_expired_and_declined_are_not_approved(world: World) -> None:
    signed = Signature("Carol")
    first = sent(world)
    withdraw(first, by=world.tess)
    with pytest.raises(Unanswerable):
        approve(first, set(), signed)
    expired = sent(world)
    expired.valid_until = timezone.now().date() - timedelta(days=3)
    with pytest.raises(Unanswerable):
        approve(expired, set(), signed)
    declined = sent(world)
    decline(declined, "Too dear")
    assert Ticket.objects.get(pk=declined.ticket_id).declined_at is not None
    for act in (lambda: approve(declined, set(), signed), lambda: withdraw(declined, by=world.tess)):
        with pytest.raises(Unanswerable):
            act()


def test_a_change_is_a_new_version_and_withdraws_the_old_one(world: World) -> None:
    first = sent(world)
    draft = Draft.objects.create(ticket=first.ticket)
    line(draft, "10")
    second = send(first.ticket, by=world.tess)
    assert (second.number, second.version) == (first.number, 2)
    assert Answer.objects.get(estimate=first).kind == Answer.Kind.WITHDRAWN


def test_an_approved_part_is_charged_once(world: World) -> None:
    product = Product.objects.add(by=world.max, name="Fuser", sku="F", price=Decimal(60), tax=world.vat)
    product.receive(2, by=world.max)
    ticket = Ticket.objects.open("White pages", by=world.fay, contact=world.carol)
    line(Draft.objects.create(ticket=ticket), "50", kind="part", product=product)
    approve(send(ticket, by=world.tess), set(), Signature("Carol"))
    product.refresh_from_db()
    assert product.on_hand == 2
    [agreed] = PartsTab(ticket, world.tess).agreed
    assert (agreed.product, agreed.quantity, agreed.why) == (product, 1, "EST-000001")
    use_part(ticket, product, 1, by=world.tess)
    assert PartsTab(ticket, world.tess).agreed == []
    final = FinalInvoice(ticket).issue(by=world.bill)
    assert final is not None and final.total == Decimal("58.50")


def test_a_deposit_is_used_once_whatever_happens(world: World) -> None:
    """Random histories: lines, choices, deposits, payments, refunds; the total and what is left by the oracle."""
    print(f"MAINSPRING_SEED={SEED}")
    used = 0
    for number in range(HISTORIES):
        random = Random(f"{SEED} {number}")
        world.shop.prices_include_tax = inclusive = random.random() < 0.5
        world.shop.save()
        ticket = Ticket.objects.open("Story", by=None, contact=world.carol)
        before = credit_of(Invoice(contact=world.carol, business=world.acme, currency="USD"))
        draft = Draft.objects.create(ticket=ticket, deposit_percent=Decimal(random.choice((10, 33, 50, 100))))
        rows = []
        for place in range(random.randint(1, 4)):
            cents, tax = random.randint(1, 20_000), random.choice(("0", "7.7", "17"))
            wanted = random.random() < 0.7 or place == 0
            line(draft, f"{Decimal(cents) / 100}", tax, choice="any")
            rows.append((cents, Fraction(tax), wanted))
        estimate = send(ticket, by=None)
        lines = list(estimate.lines.all())
        picked = {one.pk for one, (_c, _t, wanted) in zip(lines, rows, strict=True) if wanted}
        answer = approve(estimate, picked, Signature("Carol"))
        none = {"quantity": Fraction(1), "percent": Fraction(0), "off": 0}
        charges = [
            {"key": str(place), "kind": "OTHER", "unit": Fraction(cents), "tax": tax, **none}
            for place, (cents, tax, wanted) in enumerate(rows)
            if wanted
        ]
        expected = money_oracle.bill(charges, inclusive=inclusive)
        assert expected is not None and answer.total * 100 == expected["total"], f"seed {SEED}, {number}"
        paid = 0
        if answer.deposit and random.random() < 0.8:
            amount = random.choice(
                (int(answer.deposit.total * 100), random.randint(1, int(answer.deposit.total * 100)))
            )
            payment = settle(answer.deposit, Decimal(amount) / 100, method="cash", by=None)
            back = random.choice((0, 0, random.randint(1, amount)))
            if back:
                refund(payment, Decimal(back) / 100, by=None)
            paid = amount - back
        for _again in range(2):
            FinalInvoice(ticket).issue(by=None)
        final = Invoice.objects.select_related("standing").get(ticket=ticket, purpose=Invoice.Purpose.FINAL)
        assert final.total * 100 == expected["total"], f"seed {SEED}, history {number}"
        assert final.standing.balance * 100 == expected["total"] - min(paid, expected["total"]), f"{SEED}, {number}"
        assert (credit_of(final) - before) * 100 == max(0, paid - expected["total"]), f"seed {SEED}, history {number}"
        used += paid > 0
    assert differences() == []
    assert used > HISTORIES / 4
