"""The story and the stock ledger stay whole as the money does: no row of them is replaced, no table emptied."""

from django.db import migrations

from mainspring.core.frozen import forbid_replacing


class Migration(migrations.Migration):
    dependencies = [("billing", "0004_whole"), ("events", "0002_frozen"), ("inventory", "0002_ledger")]
    operations = [
        forbid_replacing("events_event", "An event is never changed."),
        forbid_replacing(
            "inventory_movement", "A stock movement is never changed: undo it by its reverse.", ("reverses_id",)
        ),
    ]
