"""What billing records."""

from django.utils.translation import gettext_lazy as _

from mainspring.core.money import show_recorded_money
from mainspring.events.kinds import EventKind

AMOUNT = {"amount": show_recorded_money}

INVOICE_ISSUED = EventKind(
    "invoice.issued", _("{who} issued {code} over {total}"), icon="file-invoice", shows={"total": show_recorded_money}
)
INVOICE_CANCELLED = EventKind("invoice.cancelled", _("{who} cancelled {code} by {note}"), icon="file-x")
INVOICE_CREDITED = EventKind(
    "invoice.credited", _("{who} credited {amount} of {code} by {note}"), icon="file-minus", shows=AMOUNT
)
INVOICE_PAID = EventKind("invoice.paid", _("{code} is paid"), icon="circle-check")
PAYMENT_RECEIVED = EventKind(
    "payment.received", _("{who}: {amount} received for {code}, {method}"), icon="cash", shows=AMOUNT
)
PAYMENT_REFUNDED = EventKind("payment.refunded", _("{who} paid back {amount} of {code}"), icon="cash-off", shows=AMOUNT)
PAYMENT_HELD = EventKind(
    "payment.held", _("A payment for {code} does not fit and is held: {why}"), icon="alert-triangle"
)
PAYMENT_MENDED = EventKind("payment.mended", _("{who} dealt with the held payment for {code}: {mend}"), icon="tool")
REFUND_ASKED = EventKind(
    "refund.asked", _("{who} asked the provider to pay back {amount} of {code}"), icon="cash-off", shows=AMOUNT
)
REFUND_REFUSED = EventKind(
    "refund.refused", _("The provider did not pay back {amount} of {code}: {why}"), icon="alert-triangle", shows=AMOUNT
)
GATEWAY_CHANGED = EventKind("gateway.changed", _("{who} changed the payments by {gateway}"), icon="credit-card")
BOOKS_DIFFER = EventKind(
    "books.differ", _("The nightly check of the money found a difference: {what}"), icon="alert-triangle"
)
BOOKS_AGREE = EventKind("books.agree", _("The check of the money found no difference any more"), icon="circle-check")
CREDIT_KEPT = EventKind("credit.kept", _("{amount} paid over {code} is kept as credit"), icon="wallet", shows=AMOUNT)
CREDIT_USED = EventKind("credit.used", _("{who} used {amount} of credit for {code}"), icon="wallet", shows=AMOUNT)
DISCOUNT_SET = EventKind("discount.set", _("{who} set the discount: {discount}"), icon="discount")
