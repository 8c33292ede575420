"""Issued papers stay whole: no row of them is replaced, none is added, none of their standings goes."""

from django.db import migrations

from mainspring.core.frozen import close, forbid_replacing, keep

PAPER = "An issued paper is never changed: correct it by a credit note."
LEDGER = "A ledger of money is never changed: undo a line by its reverse."
STANDING = "How an invoice stands is never changed by deleting it: recount it."


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_providers")]
    operations = [
        forbid_replacing("billing_invoice", PAPER, ("code",), ("series", "number")),
        forbid_replacing("billing_line", PAPER, ("invoice_id", "position")),
        forbid_replacing("billing_taxline", PAPER, ("invoice_id", "percent")),
        forbid_replacing("billing_archived", PAPER, ("invoice_id",)),
        forbid_replacing("billing_payment", LEDGER, ("gateway", "gateway_ref")),
        forbid_replacing("billing_creditentry", LEDGER),
        close("billing_line", PAPER, column="invoice_id", once="billing_standing"),
        close("billing_taxline", PAPER, column="invoice_id", once="billing_standing"),
        keep("billing_standing", STANDING, column="invoice_id"),
    ]
