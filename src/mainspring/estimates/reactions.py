"""What belongs to an act: an estimate ends by itself; a part that was approved is charged as approved once taken."""

from mainspring.billing.models import BilledCharge
from mainspring.estimates import running
from mainspring.estimates.events import ESTIMATE_SENT
from mainspring.estimates.models import ApprovedCharge, Estimate
from mainspring.events.models import Event
from mainspring.events.reactions import in_transaction
from mainspring.work.events import PART_USED
from mainspring.work.models import UsedPart


@in_transaction(ESTIMATE_SENT)
def plan_its_end(event: Event, estimate: Estimate) -> None:
    running.plan(estimate)


@in_transaction(PART_USED)
def take_approved_part(event: Event, part: UsedPart) -> None:
    """The used part takes the place of the approved line, at its price, so that it is charged once."""
    approved = ApprovedCharge.objects.filter(ticket=part.ticket_id, line__product=part.product_id)
    for one in approved.select_related("line", "part").order_by("id"):
        is_free = one.part is None or one.part.removed_at is not None
        if is_free and not BilledCharge.objects.filter(key=one.key).exists():
            one.part = part
            one.save(update_fields=["part"])
            line = one.line
            part.unit_price, part.discount_percent, part.tax_percent = (
                line.unit_price,
                line.discount_percent,
                line.tax_percent,
            )
            part.save(update_fields=["unit_price", "discount_percent", "tax_percent"])
            return
