"""The built-in words of every mail. The shop can put its own in their place."""

from django.utils.translation import gettext_lazy as _

from mainspring.outbox.letters import Letter

EXAMPLE = {
    "number": 1042,
    "subject": "Printer prints blank pages",
    "customer": "Sara Cohen",
    "device": "HP M404n",
    "status": "In Progress",
    "technician": "Tess Amir",
    "due": "Thursday, 17:00",
    "text": "The fuser is worn. We have the part here.",
    "total": "$70.00",
    "invoice": "INV-000017",
    "amount": "$70.00",
}

OPENED = Letter(
    "ticket_opened",
    _("Confirmation of a new ticket"),
    _("[#{{ number }}] We have your request: {{ subject }}"),
    _(
        "Hello {{ customer }},\n\nthank you. Your request has the number #{{ number }}."
        "\n\n{{ subject }}{% if device %}\nDevice: {{ device }}{% endif %}{% if due %}\nExpected: {{ due }}{% endif %}"
        "{% if fee %}\n\nThe diagnostic fee of {{ fee }} can be paid here: {{ pay_link }}"
        "\nIt is deducted from the final invoice.{% endif %}"
        "\n\nAnswer this mail whenever there is something to add; it reaches us with everything else."
    ),
    EXAMPLE,
)
UPDATED = Letter(
    "ticket_updated",
    _("A ticket's status, date or technician changed"),
    _("[#{{ number }}] {{ subject }}: {{ status }}"),
    _(
        "Hello {{ customer }},\n\nthere is news about #{{ number }}, {{ subject }}."
        "\n\nStatus: {{ status }}{% if technician %}\nTechnician: {{ technician }}{% endif %}"
        "{% if due %}\nExpected: {{ due }}{% endif %}"
    ),
    EXAMPLE,
)
NOTE = Letter(
    "note",
    _("A note to the customer"),
    _("[#{{ number }}] {{ subject }}"),
    _("Hello {{ customer }},\n\n{{ text }}\n\n{{ technician }}"),
    EXAMPLE,
)
FINAL_INVOICE = Letter(
    "final_invoice",
    _("The final invoice"),
    _("[#{{ number }}] Invoice {{ invoice }} over {{ total }}"),
    _(
        "Hello {{ customer }},\n\nyour job #{{ number }}, {{ subject }}, is done."
        " The invoice {{ invoice }} over {{ total }} is attached."
        "{% if paid_before %}\nThe diagnostic fee you paid before is deducted.{% endif %}"
    ),
    EXAMPLE,
)
RECEIPT = Letter(
    "receipt",
    _("Receipt of a payment"),
    _("[#{{ number }}] We received {{ amount }}"),
    _(
        "Hello {{ customer }},\n\nthank you: we received {{ amount }} for {{ invoice }}."
        "{% if balance %}\nStill open: {{ balance }}.{% else %}\nIt is paid in full.{% endif %}"
    ),
    EXAMPLE,
)
LOW_STOCK = Letter(
    "low_stock",
    _("Low stock, to the staff"),
    _("Low stock: {{ product }}"),
    _("{{ product }}: {{ on_hand }} left; the reorder level is {{ reorder_level }}."),
    {"product": "Fuser kit", "on_hand": "2", "reorder_level": "3"},
)
