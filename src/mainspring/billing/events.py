"""What billing records."""

from django.utils.translation import gettext_lazy as _

from mainspring.events.kinds import EventKind

INVOICE_ISSUED = EventKind("invoice.issued", _("{who} issued {code} over {total}"), icon="file-invoice")
INVOICE_CANCELLED = EventKind("invoice.cancelled", _("{who} cancelled {code} by {note}"), icon="file-x")
INVOICE_PAID = EventKind("invoice.paid", _("{code} is paid"), icon="circle-check")
PAYMENT_RECEIVED = EventKind("payment.received", _("{who}: {amount} received for {code}, {method}"), icon="cash")
PAYMENT_REFUNDED = EventKind("payment.refunded", _("{who} paid back {amount} of {code}"), icon="cash-off")
PAYMENT_HELD = EventKind(
    "payment.held", _("A payment for {code} does not fit and is held: {why}"), icon="alert-triangle"
)
CREDIT_KEPT = EventKind("credit.kept", _("{amount} paid over {code} is kept as credit"), icon="wallet")
CREDIT_USED = EventKind("credit.used", _("{who} used {amount} of credit for {code}"), icon="wallet")
DISCOUNT_SET = EventKind("discount.set", _("{who} set the discount: {discount}"), icon="discount")
