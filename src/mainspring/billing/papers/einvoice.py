"""The paper as data: UN/CEFACT Cross Industry Invoice, profile EN 16931 (Factur-X 1.0)."""

from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, tostring

from mainspring.billing.models import Line
from mainspring.billing.papers.reading import InvoicePaper
from mainspring.core.money import ZERO

RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
GUIDELINE = "urn:cen.eu:en16931:2017"
UNITS = {"labour": "HUR", "part": "C62"}


def amount(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.01')):f}"


def exact(value: Decimal) -> str:
    """Prices and quantities with the places they need, four at most."""
    return f"{value.quantize(Decimal('0.0001')).normalize():f}"


def put(parent: Element, name: str, text: str | None = None, *, space: str = RAM, **attributes: str) -> Element:
    child = SubElement(parent, f"{{{space}}}{name}", attributes)
    child.text = text
    return child


def put_day(parent: Element, name: str, day: date) -> None:
    put(put(parent, name), "DateTimeString", day.strftime("%Y%m%d"), space=UDT, format="102")


def category(percent: Decimal) -> str:
    """The tax category: standard rate, or exempt."""
    return "S" if percent else "E"


def cross_industry_invoice(paper: InvoicePaper) -> bytes:
    """The XML. Amounts are the paper's own; nothing is computed again."""
    invoice = paper.invoice
    root = Element(f"{{{RSM}}}CrossIndustryInvoice")
    context = put(root, "ExchangedDocumentContext", space=RSM)
    put(put(context, "GuidelineSpecifiedDocumentContextParameter"), "ID", GUIDELINE)
    document = put(root, "ExchangedDocument", space=RSM)
    put(document, "ID", invoice.code)
    put(document, "TypeCode", "381" if invoice.is_credit_note else "380")
    put_day(document, "IssueDateTime", invoice.issued_on)
    for note in invoice.notes:
        put(put(document, "IncludedNote"), "Content", _clean(note))
    trade = put(root, "SupplyChainTradeTransaction", space=RSM)
    for position, line in enumerate(paper.figures.lines, start=1):
        _line(trade, position, line)
    _parties(trade, paper)
    put_day(
        put(put(trade, "ApplicableHeaderTradeDelivery"), "ActualDeliverySupplyChainEvent"),
        "OccurrenceDateTime",
        invoice.issued_on,
    )
    _settlement(trade, paper)
    return b"<?xml version='1.0' encoding='UTF-8'?>\n" + tostring(root)


def _clean(text: str) -> str:
    """Without the control characters that XML has no place for."""
    return "".join(sign for sign in text if sign in "\t\n\r" or sign >= " ")


def _line(trade: Element, position: int, line: Line) -> None:
    """A negative line keeps its price positive and turns its quantity, as the standard wants it."""
    item = put(trade, "IncludedSupplyChainTradeLineItem")
    put(put(item, "AssociatedDocumentLineDocument"), "LineID", str(position))
    put(put(item, "SpecifiedTradeProduct"), "Name", _clean(line.description) or "–")
    quantity = -abs(line.quantity) if line.net < 0 else line.quantity
    price = abs(line.net / quantity) if quantity else ZERO
    terms = put(put(item, "SpecifiedLineTradeAgreement"), "NetPriceProductTradePrice")
    put(terms, "ChargeAmount", exact(price))
    put(
        put(item, "SpecifiedLineTradeDelivery"), "BilledQuantity", exact(quantity), unitCode=UNITS.get(line.kind, "C62")
    )
    settled = put(item, "SpecifiedLineTradeSettlement")
    tax = put(settled, "ApplicableTradeTax")
    put(tax, "TypeCode", "VAT")
    put(tax, "CategoryCode", category(line.tax_percent))
    put(tax, "RateApplicablePercent", exact(line.tax_percent))
    put(put(settled, "SpecifiedTradeSettlementLineMonetarySummation"), "LineTotalAmount", amount(line.net))


def _parties(trade: Element, paper: InvoicePaper) -> None:
    shop, invoice = paper.shop, paper.invoice
    agreement = put(trade, "ApplicableHeaderTradeAgreement")
    _party(agreement, "SellerTradeParty", shop.name, vars(shop), shop.country, shop.tax_number)
    _party(
        agreement,
        "BuyerTradeParty",
        invoice.customer_name,
        invoice.customer_address,
        invoice.customer_address.get("country") or shop.country,
        invoice.customer_tax_number,
    )


def _party(parent: Element, role: str, name: str, address: dict[str, str], country: str, tax_number: str) -> None:
    party = put(parent, role)
    put(party, "Name", _clean(name) or "–")
    postal = put(party, "PostalTradeAddress")
    for tag, key in (("PostcodeCode", "postcode"), ("LineOne", "street"), ("CityName", "city")):
        if address.get(key):
            put(postal, tag, _clean(address[key]))
    put(postal, "CountryID", country)
    if tax_number:
        put(put(party, "SpecifiedTaxRegistration"), "ID", tax_number, schemeID="VA")


def _settlement(trade: Element, paper: InvoicePaper) -> None:
    invoice = paper.invoice
    settled = put(trade, "ApplicableHeaderTradeSettlement")
    put(settled, "InvoiceCurrencyCode", invoice.currency)
    if paper.shop.iban and not invoice.is_credit_note:
        means = put(settled, "SpecifiedTradeSettlementPaymentMeans")
        put(means, "TypeCode", "30")
        put(put(means, "PayeePartyCreditorFinancialAccount"), "IBANID", paper.shop.iban.replace(" ", ""))
    for tax in paper.figures.taxes:
        group = put(settled, "ApplicableTradeTax")
        put(group, "CalculatedAmount", amount(tax.tax))
        put(group, "TypeCode", "VAT")
        if not tax.percent:
            put(group, "ExemptionReason", "Exempt from tax")
        put(group, "BasisAmount", amount(tax.net))
        put(group, "CategoryCode", category(tax.percent))
        put(group, "RateApplicablePercent", exact(tax.percent))
    terms = put(settled, "SpecifiedTradePaymentTerms")
    put_day(terms, "DueDateDateTime", invoice.due_on)
    prepaid = paper.figures.prepaid
    sums = put(settled, "SpecifiedTradeSettlementHeaderMonetarySummation")
    put(sums, "LineTotalAmount", amount(invoice.net))
    put(sums, "TaxBasisTotalAmount", amount(invoice.net))
    put(sums, "TaxTotalAmount", amount(invoice.tax), currencyID=invoice.currency)
    put(sums, "GrandTotalAmount", amount(invoice.total))
    if prepaid:
        put(sums, "TotalPrepaidAmount", amount(prepaid))
    put(sums, "DuePayableAmount", amount(invoice.total - prepaid))
    if invoice.corrects:
        put(put(settled, "InvoiceReferencedDocument"), "IssuerAssignedID", invoice.corrects.code)
