"""A payment by a provider may pay several invoices, each its share."""

import django.db.models.deletion
from django.db import migrations, models


def one_share_each(apps, schema_editor) -> None:  # type: ignore[no-untyped-def]
    """Until now an attempt paid one invoice, whole."""
    Attempt, Share = apps.get_model("billing", "Attempt"), apps.get_model("billing", "Share")
    rows = Attempt.objects.filter(amount__gt=0).values_list("pk", "invoice_id", "amount").iterator(chunk_size=2000)
    Share.objects.bulk_create(
        (Share(attempt_id=pk, invoice_id=invoice, amount=amount) for pk, invoice, amount in rows), batch_size=2000
    )


class Migration(migrations.Migration):
    dependencies = [("billing", "0007_deposits"), ("crm", "0004_customers_sign_in")]

    operations = [
        migrations.CreateModel(
            name="Share",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.DecimalField(decimal_places=3, max_digits=14)),
                (
                    "attempt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="billing.attempt"
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="billing.invoice"
                    ),
                ),
            ],
            options={
                "ordering": ["invoice_id"],
                "constraints": [
                    models.UniqueConstraint(fields=("attempt", "invoice"), name="an_attempt_pays_an_invoice_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="a_share_is_an_amount"),
                ],
            },
        ),
        migrations.RunPython(one_share_each, migrations.RunPython.noop),
    ]
