"""The events that may leave the house: what they are called is a promise, like the API."""

from mainspring.billing import events as billing
from mainspring.crm import events as crm
from mainspring.events.kinds import EventKind
from mainspring.inventory import events as inventory
from mainspring.tickets import events as tickets
from mainspring.work import events as work

PUBLIC: tuple[EventKind, ...] = (
    tickets.TICKET_OPENED,
    tickets.TICKET_AMENDED,
    tickets.TICKET_ASSIGNED,
    tickets.TICKET_DUE_MOVED,
    tickets.STATUS_CHANGED,
    tickets.CUSTOMER_REPLIED,
    tickets.NOTE_ADDED,
    tickets.INTERNAL_NOTE_ADDED,
    tickets.FILE_ATTACHED,
    tickets.TICKET_RESOLVED,
    tickets.TICKET_CLOSED,
    tickets.TICKET_REOPENED,
    tickets.REPAIR_DECLINED,
    work.SERVICE_ADDED,
    work.PART_USED,
    work.PART_TAKEN_BACK,
    billing.INVOICE_ISSUED,
    billing.INVOICE_PAID,
    billing.INVOICE_CANCELLED,
    billing.INVOICE_CREDITED,
    billing.PAYMENT_RECEIVED,
    billing.PAYMENT_REFUNDED,
    inventory.STOCK_RECEIVED,
    inventory.STOCK_COUNTED,
    inventory.STOCK_RAN_LOW,
    crm.CONTACT_ADDED,
    crm.CONTACT_CHANGED,
    crm.CONTACT_MERGED,
    crm.BUSINESS_ADDED,
    crm.BUSINESS_CHANGED,
    crm.DEVICE_ADDED,
    crm.DEVICE_CHANGED,
)
NAMES = tuple(kind.name for kind in PUBLIC)
TEST = "webhook.test"
