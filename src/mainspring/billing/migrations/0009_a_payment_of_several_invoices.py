"""An attempt's invoices are those of its shares; the provider's reference is booked once on each of them."""

import django.db.models.deletion
from django.db import migrations, models

from mainspring.core.frozen import forbid_replacing

LEDGER = "A ledger of money is never changed: undo a line by its reverse."
UNTIL_NOW = forbid_replacing("billing_payment", LEDGER, ("gateway", "gateway_ref"))


class Migration(migrations.Migration):
    dependencies = [("billing", "0008_shares_of_a_payment")]

    operations = [
        migrations.RemoveIndex("attempt", "billing_att_invoice_021056_idx"),
        migrations.RemoveField("attempt", "invoice"),
        migrations.AddField(
            "attempt",
            "invoices",
            models.ManyToManyField(related_name="attempts", through="billing.Share", to="billing.invoice"),
        ),
        migrations.AddField(
            "attempt",
            "payer",
            models.ForeignKey(
                help_text="Who pays; by a link each invoice's own customer.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="crm.contact",
            ),
        ),
        UNTIL_NOW.taken_back(),
        migrations.RemoveConstraint("payment", "a_gateways_payment_is_booked_once"),
        migrations.AddConstraint(
            "payment",
            models.UniqueConstraint(
                condition=models.Q(("gateway_ref", ""), _negated=True),
                fields=("gateway", "gateway_ref", "invoice"),
                name="a_gateways_payment_is_booked_once",
            ),
        ),
        forbid_replacing("billing_payment", LEDGER, ("gateway", "gateway_ref", "invoice_id")),
    ]
