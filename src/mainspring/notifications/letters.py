"""The built-in words of every mail. The shop can put its own in their place.

One more kind of letter is one more `Letter` here, written by a reaction through `Telling` (to the customers of a
ticket) or `Letter.write` and `OutgoingMail.objects.post` (to anybody else).
"""

from django.utils.translation import gettext_lazy as _

from mainspring.outbox.letters import Letter

TICKET = {
    "number": 1042,
    "subject": "Printer prints blank pages",
    "customer": "Sara Cohen",
    "device": "HP M404n",
    "status": "In Progress",
    "technician": "Tess Amir",
    "due": "Thursday, 17:00",
    "link": "https://shop.example/t/1042",
}

OPENED = Letter(
    "ticket_opened",
    _("Confirmation of a new ticket"),
    _("[#{{ number }}] We have your request{% if subject %}: {{ subject }}{% endif %}"),
    _(
        "Hello {{ customer }},\n\n"
        "thank you. Your request has the number **#{{ number }}**.\n\n"
        "{% if subject %}**{{ subject }}**\n{{ problem }}\n\n{% endif %}"
        "{% if device %}- Device: {{ device }}\n{% endif %}"
        "{% if technician %}- Technician: {{ technician }}\n{% endif %}"
        "{% if due %}- Date: {{ due }}\n{% endif %}\n"
        "{% if fee %}The diagnostic costs {{ fee }}. It is deducted from the final invoice.\n\n"
        "[Pay {{ fee }}]({{ pay_link }})\n\n{% endif %}"
        "Whenever there is something to add, answer this mail: it reaches us with everything else.\n\n"
        "[See your ticket]({{ link }})"
    ),
    {
        **TICKET,
        "problem": "It started last week.",
        "fee": "$10.00",
        "pay_link": "https://shop.example/pay/17",
    },
)
UPDATED = Letter(
    "ticket_updated",
    _("A ticket's status, date or technician changed"),
    _("[#{{ number }}] {{ subject }}{% if status %}: {{ status }}{% endif %}"),
    _(
        "Hello {{ customer }},\n\n"
        "there is news about #{{ number }}, {{ subject }}.\n\n"
        "{% if status %}- Status: **{{ status }}**\n{% endif %}"
        "{% if technician %}- Technician: {{ technician }}\n{% endif %}"
        "{% if due %}- Date: {{ due }}\n{% endif %}"
        "{% if no_date %}- The date is cancelled.\n{% endif %}\n"
        "[See your ticket]({{ link }})"
    ),
    {**TICKET, "no_date": ""},
)
NOTE = Letter(
    "note",
    _("A note to the customer"),
    _("[#{{ number }}] {{ subject }}"),
    _("Hello {{ customer }},\n\n{{ text }}\n\n{{ author }}\n\n[See your ticket]({{ link }})"),
    {**TICKET, "text": "The fuser is worn. We have the part here.", "author": "Tess Amir"},
)
INVOICE = Letter(
    "final_invoice",
    _("The final invoice"),
    _("[#{{ number }}] Invoice {{ invoice }}: {{ total }}"),
    _(
        "Hello {{ customer }},\n\n"
        "the work on #{{ number }}, {{ subject }}, is done. The invoice {{ invoice }} is attached.\n\n"
        "{% if paid_before %}The diagnostic fee that you paid before is deducted.\n\n{% endif %}"
        "{% if balance %}Still to pay: **{{ balance }}**\n\n[Pay {{ balance }}]({{ pay_link }})"
        "{% else %}It is paid in full. Thank you.{% endif %}"
    ),
    {
        **TICKET,
        "invoice": "INV-000017",
        "total": "$70.00",
        "balance": "$70.00",
        "paid_before": True,
        "pay_link": "https://shop.example/pay/17",
    },
)
RECEIPT = Letter(
    "receipt",
    _("Receipt of a payment"),
    _("[#{{ number }}] We received {{ amount }}"),
    _(
        "Hello {{ customer }},\n\n"
        "thank you: we received {{ amount }} for {{ invoice }}.\n\n"
        "{% if balance %}Still to pay: {{ balance }}{% else %}It is paid in full.{% endif %}\n\n"
        "[See your ticket]({{ link }})"
    ),
    {**TICKET, "invoice": "INV-000017", "amount": "$70.00", "balance": ""},
)
LOW_STOCK = Letter(
    "low_stock",
    _("Low stock, to the staff"),
    _("Low stock: {{ product }}"),
    _("{{ product }}: {{ on_hand }} left; the reorder level is {{ reorder_level }}."),
    {"product": "Fuser kit", "on_hand": "2", "reorder_level": "3"},
)
REPLIED = Letter(
    "customer_replied",
    _("The customer replied, to the technician"),
    _("[#{{ number }}] {{ author }}: {{ subject }}"),
    _("{{ author }} wrote:\n\n{{ text }}\n\n[Open the ticket]({{ link }})"),
    {
        "number": 1042,
        "subject": "Printer prints blank pages",
        "author": "Sara Cohen",
        "text": "Thursday is fine for me.",
        "link": "https://shop.example/psa/tickets/1042/",
    },
)
