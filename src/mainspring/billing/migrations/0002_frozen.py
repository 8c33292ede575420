"""Issued papers and the ledgers of money are frozen in the database."""

from django.db import migrations

from mainspring.core.frozen import freeze

PAPER = "An issued paper is never changed: correct it by a credit note."
LEDGER = "A ledger of money is never changed: undo a line by its reverse."


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]
    operations = [
        *(freeze(f"billing_{table}", PAPER) for table in ("invoice", "line", "taxline", "archived")),
        *(freeze(f"billing_{table}", LEDGER) for table in ("payment", "creditentry")),
    ]
