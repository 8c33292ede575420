"""The database itself refuses to change or delete a line of the stock ledger."""

from django.db import migrations

from mainspring.core.frozen import freeze


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial")]
    operations = [freeze("inventory_movement", "A stock movement is never changed: undo it by its reverse.")]
