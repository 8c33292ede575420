"""Paying by link: the signed address, and the try to pay the server's sum."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mainspring.billing.gateways import Gateway, gateways
from mainspring.billing.models import Attempt, Invoice, Share, Standing
from mainspring.billing.models.payment import new_key
from mainspring.core.asked import row_key
from mainspring.core.links import link
from mainspring.core.money import ZERO
from mainspring.core.tokens import is_signed, sign
from mainspring.crm.models import Contact

KEY_LENGTH = 32


def pay_token(invoice: Invoice) -> str:
    value = f"{invoice.pk}.{invoice.standing.pay_serial}"
    return f"{value}.{sign('pay', value, length=KEY_LENGTH)}"


def pay_link(invoice: Invoice) -> str:
    """The address where this invoice is paid; raising the standing's `pay_serial` revokes it."""
    return link("pay", pay_token(invoice))


def invoice_of_token(token: str) -> Invoice | None:
    """The invoice a link was made for; None for a wrong or revoked one."""
    pk, serial, tag = (token.split(".") + ["", "", ""])[:3]
    if len(tag) != KEY_LENGTH or not is_signed("pay", f"{pk}.{serial}", tag):
        return None
    invoice = Invoice.objects.select_related("standing", "ticket", "contact").filter(pk=row_key(pk)).first()
    return invoice if invoice and str(invoice.standing.pay_serial) == serial else None


REUSED_FOR = timedelta(hours=12)
"""How long a checkout is offered again. Stripe keeps one for 24 hours, and a key for at least as long."""


class Changed(ValueError):
    """What is owed is not what the customer was shown."""


def start(
    invoices: Sequence[Invoice], gateway: Gateway, *, payer: Contact | None = None, seen: Decimal | None = None
) -> Attempt:
    """A try to pay the balances of these invoices at once, by the server's sum. The key is in the database before the
    provider is called.

    Whoever clicks twice, or comes back after a crash, is led to the same checkout: it can be paid once. Raises Changed
    when nothing is owed, or the sum is not the one that was `seen`; ValueError for invoices of several currencies.
    """
    attempt = _attempt(invoices, gateway, payer, seen)
    if not attempt.pay_url:
        route, named = way_back(attempt)
        checkout = gateway.start(attempt, return_url=link(route, named))
        attempt.external_id, attempt.pay_url = checkout.external_id, checkout.pay_url
        attempt.save(update_fields=["external_id", "pay_url"])
    return attempt


@transaction.atomic
def _attempt(invoices: Sequence[Invoice], gateway: Gateway, payer: Contact | None, seen: Decimal | None) -> Attempt:
    standings = Standing.objects.select_for_update().filter(invoice__in=invoices, balance__gt=0).order_by("invoice_id")
    owed = {standing.invoice_id: standing.balance for standing in standings}
    total = sum(owed.values(), ZERO)
    if not owed or seen not in (None, total):
        raise Changed(_("What is owed has changed meanwhile."))
    (currency,) = {invoice.currency for invoice in invoices}
    due = {"gateway": gateway.name, "amount": total, "currency": currency}
    begun = Attempt.objects.filter(
        **due,
        state=Attempt.State.STARTED,
        started_at__gt=timezone.now() - REUSED_FOR,
        shares__invoice=min(owed),
    ).prefetch_related("shares")
    for attempt in begun:
        if {share.invoice_id: share.amount for share in attempt.shares.all()} == owed:
            return attempt
    attempt = Attempt.objects.create(**due, payer=payer, key=new_key())
    Share.objects.bulk_create(Share(attempt=attempt, invoice_id=pk, amount=owed[pk]) for pk in owed)
    return attempt


def way_back(attempt: Attempt) -> tuple[str, str]:
    """The route, and its argument, of the page that a customer comes back to from the provider's."""
    invoices = [share.invoice for share in attempt.shares.select_related("invoice__standing")]
    return ("pay", pay_token(invoices[0])) if len(invoices) == 1 else ("portal_payment", attempt.key)


def offered() -> list[Gateway]:
    """The gateways this shop has switched on."""
    return [gateway for name in gateways.names() if (gateway := gateways[name]()).is_ready()]
