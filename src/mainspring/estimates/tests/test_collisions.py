"""Two at once on two connections: the first has acted and not committed when the second comes."""

import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from mainspring.billing.conservation import differences
from mainspring.billing.issuing import FinalInvoice
from mainspring.billing.models import Invoice, Payment, Standing
from mainspring.billing.settling import credit_of, settle
from mainspring.estimates.answering import Signature, Unanswerable, approve, decline, expire, withdraw
from mainspring.estimates.models import Answer, Draft, DraftLine, Estimate
from mainspring.estimates.sending import send
from mainspring.estimates.tests.offers import line, sent
from mainspring.tickets.models import Ticket
from world import World

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[], object]
PATIENCE = 60
TICKET, STANDING = "tickets_ticket", "billing_standing"


class Meeting:
    """What each of the two said: the result, or what it raised; and for which table the second waited."""

    def __init__(self, first: Act, second: Act) -> None:
        self.said: dict[str, object] = {}
        self.acted, self.free = Event(), Event()
        holder = Thread(target=self._hold, args=(first,))
        comer = Thread(target=self._come, args=(second,))
        holder.start()
        assert self.acted.wait(PATIENCE)
        comer.start()
        self.waited_for = self._watch(comer)
        self.free.set()
        holder.join(PATIENCE)
        comer.join(PATIENCE)

    @property
    def first(self) -> object:
        return self.said["first"]

    @property
    def second(self) -> object:
        return self.said["second"]

    def _hold(self, act: Act) -> None:
        try:
            with transaction.atomic():
                self.said["first"] = act()
                self.acted.set()
                assert self.free.wait(PATIENCE)
        except Exception as fault:
            self.said["first"] = fault
        finally:
            self.acted.set()
            connection.close()

    def _come(self, act: Act) -> None:
        try:
            self.said["second"] = act()
        except Exception as fault:
            self.said["second"] = fault
        finally:
            connection.close()

    @staticmethod
    def _watch(comer: Thread) -> str:
        """Wait until the second waits for a lock; the statement that does. SQLite has one lock, for all of it."""
        if connection.vendor == "sqlite":
            comer.join(0.2)
            assert comer.is_alive(), "It did not wait."
            return f"{TICKET} {STANDING}"
        asked = "SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends and comer.is_alive():
            with connection.cursor() as cursor:
                cursor.execute(asked)
                row = cursor.fetchone()
            if row:
                return str(row[0])
            time.sleep(0.01)
        raise AssertionError("It did not wait.")


def again(estimate: Estimate) -> Estimate:
    return Estimate.objects.select_related("ticket__contact").get(pk=estimate.pk)


def by_phone(estimate: Estimate) -> Act:
    return lambda: approve(again(estimate), set(), Signature("Carol"))


def outdated(estimate: Estimate) -> Act:
    def act() -> object:
        late = again(estimate)
        late.valid_until = timezone.now().date() - timedelta(days=3)
        return expire(late)

    return act


def ways(world: World, estimate: Estimate) -> dict[str, Act]:
    line(Draft.objects.create(ticket=estimate.ticket), "10")
    return {
        "approved": by_phone(estimate),
        "declined": lambda: decline(again(estimate), ""),
        "withdrawn": lambda: withdraw(again(estimate), by=world.tess),
        "expired": outdated(estimate),
        "edited": lambda: send(estimate.ticket, by=world.tess),
    }


@pytest.mark.parametrize("first", ["approved", "declined", "withdrawn", "expired", "edited"])
def test_who_comes_second_to_approve_is_told_so_and_nothing_is_charged_twice(world: World, first: str) -> None:
    estimate = sent(world, deposit_percent=Decimal(50))
    meeting = Meeting(ways(world, estimate)[first], by_phone(estimate))
    assert not isinstance(meeting.first, Exception), meeting.first
    assert isinstance(meeting.second, Unanswerable), meeting.second
    assert TICKET in meeting.waited_for, "before anything was counted, numbered or written"
    answer = Answer.objects.get(estimate=estimate)
    assert answer.kind == {"edited": "withdrawn"}.get(first, first)
    assert Invoice.objects.count() == (1 if first == "approved" else 0)


@pytest.mark.parametrize("second", ["declined", "withdrawn", "expired", "edited"])
def test_what_is_approved_stays_approved(world: World, second: str) -> None:
    estimate = sent(world)
    meeting = Meeting(by_phone(estimate), ways(world, estimate)[second])
    assert TICKET in meeting.waited_for
    assert Answer.objects.get(estimate=estimate).kind == Answer.Kind.APPROVED
    if second == "edited":
        assert isinstance(meeting.second, Estimate) and meeting.second.number == estimate.number + 1
    elif second == "expired":
        assert meeting.second is None
    else:
        assert isinstance(meeting.second, Unanswerable)


def test_a_line_written_while_it_is_sent_is_not_lost(world: World) -> None:
    ticket = Ticket.objects.open("No picture", by=world.fay, contact=world.carol)
    line(Draft.objects.create(ticket=ticket), "100")
    desk = Client()
    desk.force_login(world.tess)
    written = {"description": "Cable", "quantity": "1", "price": "5", "tax": str(world.vat.pk), "choice": "always"}
    path = f"/psa/tickets/{ticket.number}/estimate/lines"
    meeting = Meeting(lambda: send(ticket, by=world.tess), lambda: desk.post(path, written).status_code)
    assert (type(meeting.first), meeting.second) == (Estimate, 303)
    assert [str(one) for one in DraftLine.objects.all()] == ["Cable"], "it begins the next estimate"


def asked_deposit(world: World) -> Invoice:
    answer = approve(sent(world, deposit_percent=Decimal(50)), set(), Signature("Carol"))
    assert answer.deposit is not None
    return answer.deposit


@pytest.mark.parametrize(("refs", "payments"), [(("pi_1", "pi_1"), 1), (("pi_1", "pi_2"), 2)])
def test_a_deposit_paid_twice_is_booked_once_or_kept_as_credit(
    world: World, refs: tuple[str, str], payments: int
) -> None:
    deposit = asked_deposit(world)

    def pay(ref: str) -> Act:
        return lambda: settle(deposit, deposit.total, method="link", by=None, gateway="test", gateway_ref=ref)

    meeting = Meeting(pay(refs[0]), pay(refs[1]))
    assert isinstance(meeting.first, Payment) and isinstance(meeting.second, Payment), meeting.said
    assert STANDING in meeting.waited_for
    assert Payment.objects.exclude(method="credit").count() == payments
    assert Standing.objects.get(invoice=deposit).balance == 0
    assert credit_of(deposit) == deposit.total * (payments - 1)
    assert differences() == []


@pytest.mark.parametrize("is_paid_first", [True, False])
def test_a_deposit_paid_while_the_final_invoice_is_issued_is_used_or_kept(world: World, is_paid_first: bool) -> None:
    deposit = asked_deposit(world)

    def pay() -> object:
        return settle(deposit, deposit.total, method="cash", by=None)

    def bill() -> object:
        return FinalInvoice(Ticket.objects.get(pk=deposit.ticket_id)).issue(by=None)

    meeting = Meeting(*((pay, bill) if is_paid_first else (bill, pay)))
    assert not [said for said in meeting.said.values() if isinstance(said, Exception)], meeting.said
    final = Invoice.objects.get(purpose=Invoice.Purpose.FINAL)
    left = Standing.objects.get(invoice=final).balance
    assert left - credit_of(final) == final.total - deposit.total, "his money is on the invoice or his credit"
    assert differences() == []
