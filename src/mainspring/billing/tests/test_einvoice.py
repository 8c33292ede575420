"""The e-invoice in the PDF: valid by the schema of EN 16931, its sums those of the paper, read back from the PDF."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from facturx import get_facturx_xml_from_pdf, xml_check_xsd

from mainspring.billing.issuing import cancel
from mainspring.billing.models import Discount, Invoice
from mainspring.billing.papers import pdf_of
from mainspring.billing.papers.einvoice import RAM
from mainspring.billing.settling import settle
from mainspring.billing.tests.shelf import diagnosed, open_ticket, part, service
from mainspring.core.models import Shop, TaxRate
from mainspring.core.text import Translated
from mainspring.tickets.models import Ticket
from mainspring.work.models import add_service, use_part
from world import World

pytestmark = pytest.mark.matrix

D = Decimal


def taxed(world: World, ticket: Ticket, name: str, price: str, percent: str, **more: Any) -> None:
    rate, _made = TaxRate.objects.get_or_create(percent=D(percent), defaults={"name": Translated(en=f"{percent} %")})
    kind = service(world, name, price)
    kind.tax = rate
    kind.save()
    add_service(ticket, kind, by=world.tess, **more)


def final(ticket: Ticket, world: World) -> Invoice:
    ticket.resolve(by=world.tess)
    return Invoice.objects.get(ticket=ticket, purpose="final")


def plain(world: World) -> Invoice:
    ticket = open_ticket(world)
    taxed(world, ticket, "Repair", "30", "17")
    return final(ticket, world)


def several_rates(world: World) -> Invoice:
    ticket = open_ticket(world)
    taxed(world, ticket, "Repair", "33.33", "17")
    taxed(world, ticket, "Book", "12.35", "7.7")
    use_part(ticket, part(world, "50"), D(1), by=world.tess)
    return final(ticket, world)


def exempt(world: World) -> Invoice:
    world.acme.tax_exempt = True
    world.acme.save()
    world.carol.refresh_from_db()
    return plain(world)


def discounts(world: World) -> Invoice:
    ticket = open_ticket(world)
    taxed(world, ticket, "Repair", "99.99", "17", discount_percent=D(10))
    taxed(world, ticket, "Cleaning", "20", "17", discount_amount=D(3))
    taxed(world, ticket, "Book", "10", "5")
    Discount.put(ticket, percent=D("2.5"), amount=D("1.01"), by=world.max)
    return final(ticket, world)


def prices_with_tax(world: World) -> Invoice:
    Shop.objects.update(prices_include_tax=True)
    return several_rates(world)


def deduction(world: World) -> Invoice:
    ticket = open_ticket(world)
    settle(diagnosed(world, ticket), D(10), method="cash", by=world.bill)
    taxed(world, ticket, "Repair", "30", "17")
    return final(ticket, world)


def credit_note(world: World) -> Invoice:
    return cancel(deduction(world), by=world.bill)


def partial_credit_note(world: World) -> Invoice:
    ticket = open_ticket(world)
    fee = diagnosed(world, ticket)
    settle(fee, D(4), method="cash", by=world.bill)
    taxed(world, ticket, "Repair", "30", "17")
    final(ticket, world)
    return fee.credit_notes.get()


def with_account_and_hard_words(world: World) -> Invoice:
    Shop.objects.update(iban="IL620108000000099999999", tax_number="514000001")
    ticket = open_ticket(world)
    ticket.write("Bell\x07 & <b>note</b> \U0001f5a8 漢字 🙂", by=world.tess)
    taxed(world, ticket, "Repair <&> \x0b תיקון", "30", "17")
    return final(ticket, world)


CASES: list[Callable[[World], Invoice]] = [
    plain, several_rates, exempt, discounts, prices_with_tax, deduction, credit_note, partial_credit_note,
    with_account_and_hard_words,
]  # fmt: skip


def found(root: Element, path: str) -> list[Decimal]:
    return [D(one.text or "") for one in root.findall(".//" + "/".join(f"{{{RAM}}}{name}" for name in path.split("/")))]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_the_xml_in_the_pdf_is_valid_and_adds_up(world: World, case: Callable[[World], Invoice]) -> None:
    invoice = case(world)
    name, xml = get_facturx_xml_from_pdf(pdf_of(invoice), check_xsd=False)
    assert name == "factur-x.xml"
    assert xml_check_xsd(xml, flavor="factur-x", level="en16931")
    root = fromstring(xml)
    sums = "SpecifiedTradeSettlementHeaderMonetarySummation"
    lines = found(root, "SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount")
    assert len(lines) == invoice.lines.count()
    assert sum(lines) == found(root, f"{sums}/LineTotalAmount")[0] == invoice.net
    assert sum(found(root, "ApplicableHeaderTradeSettlement/ApplicableTradeTax/BasisAmount")) == invoice.net
    assert sum(found(root, "ApplicableTradeTax/CalculatedAmount")) == found(root, f"{sums}/TaxTotalAmount")[0]
    assert found(root, f"{sums}/GrandTotalAmount") == [invoice.total]
    prepaid = sum(found(root, f"{sums}/TotalPrepaidAmount"))
    assert found(root, f"{sums}/DuePayableAmount") == [invoice.total - prepaid]
    assert all(price >= 0 for price in found(root, "NetPriceProductTradePrice/ChargeAmount"))


def test_the_kind_of_paper_and_what_it_corrects(world: World) -> None:
    note = credit_note(world)
    xml = get_facturx_xml_from_pdf(pdf_of(note), check_xsd=False)[1].decode()
    assert "<ns1:TypeCode>381</ns1:TypeCode>" in xml or ">381<" in xml
    assert note.corrects is not None and f">{note.corrects.code}<" in xml


def test_what_was_paid_before_printing_is_prepaid(world: World) -> None:
    invoice = plain(world)
    settle(invoice, D(10), method="cash", by=world.bill)
    root = fromstring(get_facturx_xml_from_pdf(pdf_of(invoice), check_xsd=False)[1])
    assert found(root, "TotalPrepaidAmount") == [D(10)] and found(root, "DuePayableAmount") == [invoice.total - 10]


def test_a_wrong_xml_would_be_noticed(world: World) -> None:
    xml = get_facturx_xml_from_pdf(pdf_of(plain(world)), check_xsd=False)[1]
    with pytest.raises(Exception, match=r"DuePayableAmount|schema"):
        xml_check_xsd(xml.replace(b"DuePayableAmount", b"DueAmount"), flavor="factur-x", level="en16931")
