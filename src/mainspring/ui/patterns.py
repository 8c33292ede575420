"""What the pattern pages show: every component in every state, on invented things."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.ui.context import Toast
from mainspring.ui.forms import Form

SURFACES = ("desk", "door", "public")

CALLERS = ("Sara Cohen", "Dan Levi", "Carol Mizrahi", "Carl Peretz", "יעל מזרחי")

STATUSES = (
    ("new", _("New")),
    ("open", _("Open")),
    ("waiting_customer", _("Waiting for the customer")),
    ("customer_replied", _("Customer replied")),
    ("in_progress", _("In progress")),
    ("waiting_third_party", _("Waiting for a third party")),
    ("resolved", _("Resolved")),
    ("closed", _("Closed")),
)


class CustomerForm(Form):
    """A form with one field of each kind."""

    name = forms.CharField(label=_("Name"))
    phone = forms.CharField(label=_("Phone"), widget=forms.TextInput(attrs={"type": "tel"}))
    email = forms.EmailField(label=_("Mail address"), help_text=_("The confirmation goes here."))
    kind = forms.ChoiceField(label=_("Device"), choices=[("printer", _("Printer")), ("phone", _("Phone"))])
    due = forms.DateField(label=_("Due"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    problem = forms.CharField(label=_("Problem"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    priority = forms.ChoiceField(
        label=_("Priority"), choices=[("1", _("Low")), ("2", _("Medium"))], widget=forms.RadioSelect, initial="2"
    )
    mailed = forms.BooleanField(label=_("Send the confirmation mail"), required=False, initial=True)


def context() -> dict[str, Any]:
    now = timezone.now()
    return {
        "statuses": STATUSES,
        "form": CustomerForm(),
        "wrong_form": CustomerForm(
            {"name": "", "phone": "03-555-0142", "email": "sara@", "kind": "printer"}, auto_id="wrong_%s"
        ),
        "rows": _rows(now),
        "now": now,
        "yesterday": now - timedelta(days=1, hours=3),
        "amount": Decimal("1234.5"),
        "toasts": [
            Toast(str(_("Sent to Sara.")), undo_url="/switch"),
            Toast(str(_("The part could not be taken: the shelf is empty.")), kind="wrong"),
        ],
        "text": "The fuser is worn out: https://example.com/fuser.\nWe have one here.\n\nמדפיס דפים ריקים, HP M404n",
    }


def _rows(now: datetime) -> list[dict[str, Any]]:
    told = (
        (1042, "in_progress", "Printer prints blank pages", "The fuser kit has arrived.", "Sara Cohen", 4, "Tess Amir"),
        (1041, "customer_replied", "iPhone 14 doesn't charge", "Yes, please go on.", "Dan Levi", 3, "Max Stern"),
        (1039, "waiting_customer", "מחשב נייד לא נדלק", "האם יש גיבוי?", "יעל מזרחי", 2, "Tess Amir"),
        (1038, "new", "Screen flickers when warm", "", "Acme Printing", 2, ""),
        (1035, "waiting_third_party", "NAS loses its second disk every night", "Ordered.", "Rival Ltd", 2, "Max Stern"),
        (1031, "open", "Set up mail on three phones", "", "Carl Peretz", 1, "Fay Cohen"),
        (1029, "resolved", "Coffee in the keyboard", "Ready to be fetched.", "Noa Bar", 2, "Tess Amir"),
        (1017, "closed", "Replace the battery", "Thank you!", "Carol Mizrahi", 1, "Tess Amir"),
    )
    names = dict(STATUSES)
    keys = ("number", "kind", "subject", "line", "customer", "priority", "assignee")
    return [
        dict(zip(keys, row, strict=True))
        | {"status": names[row[1]], "bill": Decimal(30 + row[0] % 50), "updated": now - timedelta(hours=5 * at)}
        for at, row in enumerate(told)
    ]
