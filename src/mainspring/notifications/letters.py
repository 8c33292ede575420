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
ESTIMATE = Letter(
    "estimate",
    _("An estimate to be approved"),
    _("[#{{ number }}] Estimate {{ estimate }} for {{ subject }}"),
    _(
        "Hello {{ customer }},\n\n"
        "here is what #{{ number }}, {{ subject }}, would cost.\n\n"
        "{% if text %}{{ text }}\n\n{% endif %}"
        "Choose what you want, see the sum, approve or decline. It is valid until {{ valid_until }}.\n\n"
        "[Look at the estimate]({{ estimate_link }})"
    ),
    {
        **TICKET,
        "estimate": "EST-000004",
        "text": "The fuser is worn and has to be changed.",
        "valid_until": "Dec 9, 2026",
        "estimate_link": "https://shop.example/e/4",
    },
)
ESTIMATE_REMINDER = Letter(
    "estimate_reminder",
    _("A reminder of an estimate, before it ends"),
    _("[#{{ number }}] Your estimate {{ estimate }} ends on {{ valid_until }}"),
    _(
        "Hello {{ customer }},\n\n"
        "the estimate {{ estimate }} for #{{ number }}, {{ subject }}, is valid until {{ valid_until }}. "
        "We wait for your answer, whether you approve or decline it.\n\n"
        "[Look at the estimate]({{ estimate_link }})"
    ),
    {**TICKET, "estimate": "EST-000004", "valid_until": "Dec 9, 2026", "estimate_link": "https://shop.example/e/4"},
)
ESTIMATE_APPROVED = Letter(
    "estimate_approved",
    _("The estimate that the customer approved, with the signed paper"),
    _("[#{{ number }}] You approved the estimate {{ estimate }}"),
    _(
        "Hello {{ customer }},\n\n"
        "thank you for approving {{ estimate }} over **{{ total }}**. The signed paper is attached.\n\n"
        "{% if deposit %}Before we begin we ask for a deposit of **{{ deposit }}**. "
        "It is taken off the final invoice.\n\n[Pay {{ deposit }}]({{ pay_link }})\n\n{% endif %}"
        "[See your ticket]({{ link }})"
    ),
    {
        **TICKET,
        "estimate": "EST-000004",
        "total": "$93.60",
        "deposit": "$46.80",
        "pay_link": "https://shop.example/pay/18",
    },
)
ESTIMATE_ANSWERED = Letter(
    "estimate_answered",
    _("An estimate was answered or ran out, to the technician"),
    _(
        "[#{{ number }}] Estimate {{ estimate }}: "
        "{% if approved %}approved{% elif expired %}expired{% else %}declined{% endif %}"
    ),
    _(
        "{% if approved %}The customer approved {{ estimate }} over {{ total }}. The signed paper is attached."
        "{% elif expired %}{{ estimate }} ran out without an answer. Call the customer, or send another."
        "{% else %}The customer declined {{ estimate }}. {{ reason }}{% endif %}\n\n[Open the ticket]({{ link }})"
    ),
    {
        "number": 1042,
        "estimate": "EST-000004",
        "approved": True,
        "expired": False,
        "total": "93.60 USD",
        "reason": "Too dear.",
        "link": "https://shop.example/psa/tickets/1042/",
    },
)
RECEIPT = Letter(
    "receipt",
    _("Receipt of a payment"),
    _("[#{{ number }}] We received {{ amount }}"),
    _(
        "Hello {{ customer }},\n\n"
        "thank you: we received {{ amount }} for {{ invoice }}"
        "{% if together %}, part of your payment of {{ together }}{% endif %}.\n\n"
        "{% if balance %}Still to pay: {{ balance }}{% else %}It is paid in full.{% endif %}\n\n"
        "[See your ticket]({{ link }})"
    ),
    {**TICKET, "invoice": "INV-000017", "amount": "$70.00", "balance": "", "together": ""},
)
FRESH_LINK = Letter(
    "fresh_link",
    _("A fresh link to the ticket's page"),
    _("[#{{ number }}] Your fresh link"),
    _(
        "Hello {{ customer }},\n\nhere is a fresh link to your ticket #{{ number }}.\n\n"
        "[See your ticket]({{ link }})\n\n"
        "If you didn't ask for it, nothing needs to be done: nobody but you got it."
    ),
    TICKET,
)
ATTACHED = Letter(
    "customer_attached",
    _("The customer sent files, to the technician"),
    _("[#{{ number }}] {{ author }} sent files: {{ subject }}"),
    _("{{ author }} sent files from the ticket's page.\n\n[Open the ticket]({{ link }})"),
    {
        "number": 1042,
        "subject": "Printer prints blank pages",
        "author": "Sara Cohen",
        "link": "https://shop.example/psa/tickets/1042/",
    },
)
LOW_STOCK = Letter(
    "low_stock",
    _("Low stock, to the staff"),
    _("Low stock: {{ product }}"),
    _("{{ product }}: {{ on_hand }} left; the reorder level is {{ reorder_level }}."),
    {"product": "Fuser kit", "on_hand": "2", "reorder_level": "3"},
)
BACKUP_FAILED = Letter(
    "backup_failed",
    _("A backup failed or could not be restored, to the owner"),
    _("{% if drill %}A backup could not be restored{% else %}A backup failed{% endif %}"),
    _(
        "{% if drill %}The backup {{ backup }} was restored into an empty place, and something was wrong:"
        "{% else %}The backup {{ backup }} could not be made:{% endif %}\n\n{{ why }}\n\n"
        "The shop works on. Mend the cause, then have a backup made.\n\n[Open the backups]({{ link }})"
    ),
    {
        "backup": "mainspring-3f2a91c0-20261125T020000Z.backup",
        "drill": True,
        "why": "Tables: tickets_ticket: 1042 rows expected, 1041 found",
        "link": "https://shop.example/psa/settings/backups/",
    },
)
BOOKS_DIFFER = Letter(
    "books_differ",
    _("The nightly check of the money found a difference, to the owner and billing"),
    _("The check of the money found a difference"),
    _(
        "The nightly check of the money found what does not add up:\n\n{{ what }}\n\nChange nothing by hand. "
        "Compare the named papers with their payments.\n\n[Open the health page]({{ link }})"
    ),
    {
        "what": "INV-000123 stands at 10, 0, 60; the ledgers say 0, 0, 70",
        "link": "https://shop.example/psa/settings/health/",
    },
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
UNASSIGNED = Letter(
    "new_ticket",
    _("A customer opened a ticket that nobody has yet, to the front desk"),
    _("[#{{ number }}] New from {{ customer }}: {{ subject }}"),
    _("{{ customer }} wrote:\n\n{{ text }}\n\nNobody has this ticket yet.\n\n[Open the ticket]({{ link }})"),
    {
        "number": 1042,
        "subject": "Printer prints blank pages",
        "customer": "Sara Cohen",
        "text": "Since Monday every page comes out white.",
        "link": "https://shop.example/psa/tickets/1042/",
    },
)
TEST = Letter(
    "test",
    _("A test of the mail settings"),
    _("A test from {{ shop_name }}"),
    _("Hello {{ name }},\n\nthis mail went the way that every mail of {{ shop_name }} goes. It works."),
    {"name": "Max Stern"},
)
REFUSED = Letter(
    "reply_refused",
    _("A reply by mail was refused, to whoever of the staff sent it"),
    _("[#{{ number }}] Your reply was not taken"),
    _(
        "Hello {{ name }},\n\nyou answered a mail about #{{ number }}. You may not reply to that ticket any more, so "
        "nothing was sent to the customer. If you should, ask the owner of the shop; if you wrote nothing, tell him."
    ),
    {"number": 1042, "name": "Tess Amir"},
)
