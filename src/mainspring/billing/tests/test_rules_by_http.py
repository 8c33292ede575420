"""Each rule of the money, done and read through the pages: the running bill, the invoice's page and the paper show
every line, and why it is what it is.
"""

import io
import re
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from typing import Any

import pypdf
import pytest
from django.test import Client

from mainspring.billing.models import CreditEntry, Invoice, Payment
from mainspring.billing.tests.shelf import open_ticket, part, service
from mainspring.core.models import Shop
from mainspring.crm.models import Business
from mainspring.tickets.models import Ticket
from mainspring.work.models import Labour, Service
from world import World

pytestmark = pytest.mark.matrix

DIRECTIONS = re.compile("[\u200e\u200f\u2066-\u2069]")


def words(html: str) -> str:
    """What stands on a page, without its mark-up."""
    bare = unescape(re.sub(r"<[^>]*>", " ", html))
    return re.sub(r"\s+", " ", DIRECTIONS.sub("", bare)).strip()


@dataclass
class Counter:
    """The billing clerk at her desk, and the ticket she works on."""

    client: Client
    world: World
    ticket: Ticket

    def post(self, path: str, *, status: int = 303, **told: Any) -> None:
        answer = self.client.post(f"/psa/{path}", told)
        assert answer.status_code == status, answer.content.decode()[:500]

    def on_ticket(self, act: str, **told: Any) -> None:
        self.post(f"tickets/{self.ticket.number}/{act}", **told)

    def add(self, added: Service, *, minutes: int = 0) -> Labour:
        self.on_ticket("services/add", service=added.pk, hours=0, minutes=minutes)
        return Labour.objects.latest("id")

    def diagnose(self, price: str = "10", **more: Any) -> Invoice:
        self.add(service(self.world, "Diagnostic", price, diagnostic=True, **more))
        return self.last()

    def repair(self, labour: str = "30", product: str = "50") -> None:
        if labour:
            self.add(service(self.world, "Repair", labour))
        if product:
            self.on_ticket("parts/use", product=part(self.world, product).pk, quantity=1)

    def pay(self, invoice: Invoice, amount: str) -> None:
        self.post(f"invoices/{invoice.code}/pay", amount=amount, method="cash")

    def refund(self, invoice: Invoice, amount: str) -> None:
        payment = invoice.payments.filter(amount__gt=0).latest("id")
        self.post(f"invoices/{invoice.code}/payments/{payment.pk}/refund", amount=amount)

    def last(self, purpose: str = "") -> Invoice:
        found = Invoice.objects.filter(ticket=self.ticket, **({"purpose": purpose} if purpose else {}))
        return found.select_related("standing").latest("id")

    def final(self) -> Invoice:
        self.on_ticket("resolve")
        return self.last("final")

    # What is to be read

    def bill(self) -> str:
        shown = self.client.get(f"/psa/tickets/{self.ticket.number}/").content.decode()
        return words(shown.partition('<section class="bill"')[2].partition("</section>")[0])

    def offered(self, place: str, act: str) -> str:
        """The amount that the form for this act begins with."""
        page = self.client.get(f"/psa/{place}").content.decode()
        _before, form = re.split(rf'action="[^"]*/{act}"', page)
        amount, *_of_other_forms = re.findall(r'name="amount"[^>]* value="([^"]*)"', form)
        return str(amount)

    def page(self, invoice: Invoice) -> str:
        shown = self.client.get(f"/psa/invoices/{invoice.code}/").content.decode()
        return words(shown.partition("<main")[2].partition("</main>")[0])

    def paper(self, invoice: Invoice) -> str:
        pdf = self.client.get(f"/psa/invoices/{invoice.code}/pdf").content
        return words(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages))

    def everywhere(self, invoice: Invoice, *said: str) -> None:
        """On the invoice's page and on the paper."""
        for name, shown in (("page", self.page(invoice)), ("paper", self.paper(invoice))):
            missing = [one for one in said if one not in shown]
            assert not missing, f"{missing} not on the {name}: {shown}"


@pytest.fixture
def counter(world: World, as_person: Any) -> Counter:
    return Counter(as_person(world.ada), world, open_ticket(world))


def test_the_paid_fee_is_deducted_and_every_line_says_why(counter: Counter) -> None:
    """30 for the repair less 10 paid before and 50 for the part is 70."""
    fee = counter.diagnose()
    counter.pay(fee, "10")
    assert "PAID" in counter.page(fee)
    counter.repair()
    bill = counter.bill()
    for said in ("Repair $30.00", "Fuser kit $50.00", f"paid before on {fee.code} -$10.00", "Total $70.00"):
        assert said in bill
    final = counter.final()
    assert final.total == 70
    counter.everywhere(
        final, "Repair", "$30.00", "Fuser kit", "$50.00", "Diagnostic, already paid", f"paid before on {fee.code}",
        "-$10.00", "$70.00",
    )  # fmt: skip


def test_what_was_invoiced_stands_on_the_running_bill(counter: Counter) -> None:
    assert "Nothing to bill yet" in counter.bill()
    counter.repair("30", "50")
    final = counter.final()
    assert f"Final invoice {final.code} $80.00 All is invoiced." in counter.bill()
    counter.pay(final, "80")
    assert f"Final invoice PAID {final.code} $80.00 All is invoiced." in counter.bill()
    counter.on_ticket("reopen")
    counter.repair("20", "")
    assert f"{final.code} $80.00 Repair $20.00 Total $20.00" in counter.bill()


def test_what_is_offered_to_be_paid_and_paid_back_can_be_sent_as_it_stands(counter: Counter) -> None:
    """From a thousand on, a figure is shown with its thousands apart."""
    counter.repair("1234.50", "")
    final = counter.final()
    for place in (f"tickets/{counter.ticket.number}/?tab=billing", f"invoices/{final.code}/"):
        assert counter.offered(place, "pay") == "1,234.5"
    counter.post(f"invoices/{final.code}/pay", amount="1,23.4", method="cash", status=422)
    counter.pay(final, "1,234.5")
    assert counter.last().standing.balance == 0
    counter.refund(final, counter.offered(f"invoices/{final.code}/", "refund"))
    assert counter.last().standing.paid == 0


def test_what_was_multiplied_stands_on_the_running_bill(counter: Counter) -> None:
    hourly = service(counter.world, "Bench work", "40")
    Service.objects.filter(pk=hourly.pk).update(billing="hourly")
    counter.add(hourly, minutes=90)
    assert "1.5 × $40.00 $60.00" in counter.bill()
    counter.everywhere(counter.final(), "1.5", "$40.00", "$60.00")


def test_no_more_is_deducted_than_the_labour(counter: Counter) -> None:
    fee = counter.diagnose("50")
    counter.pay(fee, "50")
    counter.repair("30", "50")
    why = f"$50.00 was paid on {fee.code}; deducted up to the labour of $30.00"
    assert why in counter.bill()
    final = counter.final()
    assert final.total == 50
    counter.everywhere(final, why, "-$30.00", "$50.00")


def test_a_fee_without_labour_to_set_it_against_is_not_deducted_and_it_says_so(counter: Counter) -> None:
    fee = counter.diagnose()
    counter.pay(fee, "10")
    counter.repair("", "50")
    why = f"Diagnostic, $10.00 paid on {fee.code}, is not deducted: there is no labour to set it against."
    assert why in counter.bill()
    final = counter.final()
    assert final.total == 50
    counter.everywhere(final, why)


def test_a_waived_fee_that_was_not_paid_is_not_charged(counter: Counter) -> None:
    fee = counter.diagnose(policy="waive")
    counter.repair()
    why = f"Diagnostic, $10.00 open on {fee.code}, is waived: it is not charged."
    assert why in counter.bill()
    final = counter.final()
    assert final.total == 80
    counter.everywhere(final, why)
    fee.standing.refresh_from_db()
    assert fee.standing.balance == 0


def test_a_waived_fee_that_was_paid_is_deducted(counter: Counter) -> None:
    fee = counter.diagnose(policy="waive")
    counter.pay(fee, "10")
    counter.repair()
    final = counter.final()
    assert final.total == 70
    counter.everywhere(final, f"paid before on {fee.code}")


def test_a_kept_fee_is_not_deducted_and_it_says_so(counter: Counter) -> None:
    fee = counter.diagnose(policy="keep")
    counter.pay(fee, "10")
    counter.repair()
    why = f"Diagnostic, $10.00 paid on {fee.code}, is kept: it is not deducted from the repair."
    assert why in counter.bill()
    final = counter.final()
    assert final.total == 80
    counter.everywhere(final, why)


def test_a_partly_paid_fee_is_deducted_in_part_and_its_rest_moves(counter: Counter) -> None:
    """4 of 10 was paid: the open 6 moves here, and what was paid is deducted."""
    fee = counter.diagnose()
    counter.pay(fee, "4")
    counter.repair()
    final = counter.final()
    assert final.total == 30 + 50 + 6 - 4
    counter.everywhere(
        final, "moved from its unpaid invoice", "$6.00", f"paid before on {fee.code}", "-$4.00", "$82.00"
    )
    assert fee.credit_notes.get().total == 6


def test_an_unpaid_fee_is_cancelled_by_its_reverse_and_moves(counter: Counter) -> None:
    fee = counter.diagnose()
    counter.repair()
    assert "moved from its unpaid invoice" in counter.bill()
    final = counter.final()
    assert final.total == 90
    counter.everywhere(final, "Diagnostic", "moved from its unpaid invoice", "$90.00")
    note = fee.credit_notes.get()
    assert f"cancelled by {note.code}" in counter.page(fee)
    assert "Credit note" in counter.paper(note)


def test_a_refunded_fee_is_not_deducted(counter: Counter) -> None:
    fee = counter.diagnose()
    counter.pay(fee, "10")
    counter.refund(fee, "10")
    assert "paid back" in counter.page(fee)
    counter.repair()
    final = counter.final()
    assert final.total == 90
    assert "already paid" not in counter.page(final)
    counter.everywhere(final, "moved from its unpaid invoice")


def test_a_declined_repair_bills_the_fee_alone(counter: Counter) -> None:
    fee = counter.diagnose()
    counter.repair()
    counter.on_ticket("decline")
    assert "The repair was declined: the diagnostic fee stands, nothing else is charged." in counter.bill()
    counter.on_ticket("close")
    assert list(Invoice.objects.filter(ticket=counter.ticket)) == [fee]
    assert "$10.00 to pay" in counter.page(fee)


def test_reopening_leads_to_a_further_invoice(counter: Counter) -> None:
    counter.repair()
    first = counter.final()
    before = counter.page(first)
    counter.on_ticket("reopen")
    counter.add(service(counter.world, "Cleaning", "15"))
    assert "Total $15.00" in counter.bill()
    second = counter.final()
    assert (first.total, second.total) == (80, 15)
    assert counter.page(first) == before
    assert "Repair" not in counter.page(second)
    counter.on_ticket("close")
    assert Invoice.objects.filter(ticket=counter.ticket).count() == 2


def taxed(counter: Counter, price: str) -> Labour:
    made = service(counter.world, "Repair", price)
    Service.objects.filter(pk=made.pk).update(tax=counter.world.vat)
    return counter.add(made)


def test_an_exempt_customer_pays_no_tax_and_it_says_so(counter: Counter) -> None:
    Business.objects.filter(pk=counter.world.acme.pk).update(tax_exempt=True, exempt_reason="Embassy")
    taxed(counter, "100")
    assert "This customer pays no tax." in counter.bill()
    final = counter.final()
    assert (final.net, final.tax, final.total) == (100, 0, 100)
    assert "This customer pays no tax." in counter.page(final)
    assert "Exempt from tax." in counter.paper(final)


@pytest.mark.parametrize(
    ("inclusive", "net", "tax", "total"), [(False, "100.00", "17.00", "117.00"), (True, "85.47", "14.53", "100.00")]
)
def test_both_tax_modes(counter: Counter, inclusive: bool, net: str, tax: str, total: str) -> None:
    Shop.objects.update(prices_include_tax=inclusive)
    taxed(counter, "100")
    assert f"Tax 17 % ${tax}" in counter.bill()
    assert f"Total ${total}" in counter.bill()
    final = counter.final()
    assert [str(one.quantize(Decimal("0.01"))) for one in (final.net, final.tax, final.total)] == [net, tax, total]
    counter.everywhere(final, "Tax 17 %", f"${tax}", f"${total}")
    assert ("Prices include tax." in counter.paper(final)) == inclusive
    assert ("Net, as the prices include tax" in counter.page(final)) == inclusive


def test_a_fee_is_deducted_with_the_tax_it_was_taken_with(counter: Counter) -> None:
    made = service(counter.world, "Diagnostic", "10", diagnostic=True)
    Service.objects.filter(pk=made.pk).update(tax=counter.world.vat)
    counter.add(made)
    fee = counter.last()
    assert fee.total == Decimal("11.70")
    counter.pay(fee, "11.70")
    taxed(counter, "30")
    final = counter.final()
    assert (final.net, final.tax, final.total) == (20, Decimal("3.4"), Decimal("23.4"))
    counter.everywhere(final, "-$10.00", "$3.40", "$23.40")


@pytest.mark.parametrize(("percent", "amount", "taken", "total"), [("10", "", "8", "72"), ("", "5", "5", "75")])
def test_a_discount_on_the_whole(counter: Counter, percent: str, amount: str, taken: str, total: str) -> None:
    counter.repair()
    counter.on_ticket("discount", percent=percent, amount=amount)
    assert f"Discount -${taken}.00" in counter.bill()
    page = counter.client.get(f"/psa/tickets/{counter.ticket.number}/?tab=billing").content.decode()
    assert f'value="{percent or amount}" inputmode="decimal"' in page, "what was set is there to be changed"
    final = counter.final()
    assert final.total == Decimal(total)
    counter.everywhere(final, f"-${taken}.00", f"${total}.00")


@pytest.mark.parametrize(("field", "value", "taken"), [("discount_percent", "10", "3"), ("discount_amount", "4", "4")])
def test_a_discount_on_a_line_says_how_much(counter: Counter, field: str, value: str, taken: str) -> None:
    labour = counter.add(service(counter.world, "Repair", "30"))
    told = {"description": "Repair", "unit_price": "30", "quantity": "1", "is_billable": "on", field: value}
    counter.on_ticket(f"services/{labour.pk}/change", **told)
    why = f"less a discount of ${taken}.00"
    assert why in counter.bill()
    final = counter.final()
    assert final.total == 30 - int(taken)
    counter.everywhere(final, why)


def test_what_is_paid_over_becomes_credit_and_pays_the_next(counter: Counter) -> None:
    fee = counter.diagnose()
    counter.pay(fee, "25")
    assert "The customer's credit: $15.00" in counter.page(fee)
    counter.repair()
    final = counter.final()
    assert "Use the credit of $15.00" in counter.page(final)
    counter.post(f"invoices/{final.code}/credit")
    final.standing.refresh_from_db()
    assert (final.standing.paid, final.standing.balance) == (15, 55)
    assert sum(entry.amount for entry in CreditEntry.objects.all()) == 0


def test_a_credit_note_over_a_part_names_its_reason(counter: Counter) -> None:
    counter.repair()
    final = counter.final()
    counter.post(f"invoices/{final.code}/credit-note", amount="20", reason="The case was scratched")
    note = final.credit_notes.get()
    final.standing.refresh_from_db()
    assert (note.total, final.standing.balance) == (20, 60)
    counter.everywhere(note, "The case was scratched", "$20.00")
    counter.post(f"invoices/{final.code}/credit-note", status=422, amount="61", reason="Too much")


def test_a_void_invoice_is_credited_whole_and_its_charges_can_be_billed_again(counter: Counter) -> None:
    counter.repair()
    final = counter.final()
    counter.pay(final, "30")
    counter.post(f"invoices/{final.code}/cancel")
    final.standing.refresh_from_db()
    assert (final.standing.balance, final.credit_notes.get().total) == (0, 80)
    assert sum(entry.amount for entry in CreditEntry.objects.all()) == 30
    assert "Total $80.00" in counter.bill()
    counter.post(f"invoices/{final.code}/cancel", status=422)
    counter.on_ticket("reopen")
    again = counter.final()
    assert (again.total, again.pk != final.pk) == (80, True)


def test_a_partly_paid_invoice_shows_what_is_open(counter: Counter) -> None:
    counter.repair()
    final = counter.final()
    counter.pay(final, "30")
    assert "$50.00 to pay" in counter.page(final)
    counter.pay(final, "50")
    assert "PAID" in counter.page(final)
    assert Ticket.objects.get(pk=counter.ticket.pk).status.kind == "closed"


def test_no_more_is_paid_back_than_came(counter: Counter) -> None:
    fee = counter.diagnose()
    counter.pay(fee, "10")
    payment = fee.payments.get()
    path = f"invoices/{fee.code}/payments/{payment.pk}/refund"
    for amount in ("10.01", "-1", "0", "NaN", "1e308", "0.001"):
        counter.post(path, status=422, amount=amount)
    counter.refund(fee, "4")
    counter.post(path, status=422, amount="6.01")
    assert [one.amount for one in Payment.objects.order_by("id")] == [10, -4]
