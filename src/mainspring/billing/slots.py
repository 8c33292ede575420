"""Places in the money that higher modules fill."""

from mainspring.billing.arithmetic import Charge
from mainspring.core.slots import Slot
from mainspring.tickets.models import Ticket

further_charges: Slot[[Ticket], list[Charge]] = Slot()
"""What is to be charged on a ticket besides labour and parts, and stands on no invoice yet (`models.is_billed`)."""
