"""Whether customers can pay by link."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mainspring.billing.conservation import alarm
from mainspring.billing.models import GatewayCall, HeldMoney
from mainspring.billing.paying import offered
from mainspring.core.health import Finding, Level, looks_at

PAYMENTS = gettext_lazy("Payments")
LATELY = 100
"""So many of the providers' last messages are looked at."""
STUCK = timedelta(minutes=10)


@looks_at(PAYMENTS, order=40)
def payments() -> Iterator[Finding]:
    wrong, held = alarm(), HeldMoney.objects.filter(mended_at=None).count()
    if wrong:
        yield Finding(
            PAYMENTS,
            Level.BROKEN,
            _("The nightly check of the money found a difference: %(what)s") % {"what": wrong},
            _("Change nothing by hand. Compare the named papers with their payments, and ask for help with this line."),
        )
    if held:
        says = ngettext("%(count)d payment is held.", "%(count)d payments are held.", held) % {"count": held}
        yield Finding(PAYMENTS, Level.WARNING, says, _("Open Invoices: each is named there, with what to do."))
    yield from _calls()
    names = [gateway.name for gateway in offered()]
    if not names:
        yield Finding(
            PAYMENTS,
            Level.WARNING,
            _("No way to pay online is set up: the payment link shows the invoice and your bank account only."),
            _("Set one up in the settings under Payments."),
        )
    elif names == ["test"]:
        yield Finding(
            PAYMENTS,
            Level.WARNING,
            _("Payments go to the test provider: no money moves."),
            _("Right for a demo. Set up a real one in the settings under Payments."),
        )
    else:
        yield Finding.fine(PAYMENTS, _("Customers can pay online."))


def _calls() -> Iterator[Finding]:
    """What providers told us lately that we could not make sense of, or that nobody went on with."""
    lately = GatewayCall.objects.order_by("-id")[:LATELY]
    strange = sum(call.outcome.startswith("not understood") for call in lately)
    stuck = GatewayCall.objects.filter(is_waiting=True, about="", arrived_at__lt=timezone.now() - STUCK).count()
    if strange:
        says = ngettext(
            "%(count)d message of a payment provider was not understood.",
            "%(count)d messages of a payment provider were not understood.",
            strange,
        )
        yield Finding(
            PAYMENTS, Level.BROKEN, says % {"count": strange}, _("Compare the provider's list of payments with ours.")
        )
    if stuck:
        says = ngettext(
            "%(count)d message of a payment provider waits to be booked.",
            "%(count)d messages of a payment provider wait to be booked.",
            stuck,
        )
        yield Finding(PAYMENTS, Level.BROKEN, says % {"count": stuck}, _("The background tasks don't run; see there."))
