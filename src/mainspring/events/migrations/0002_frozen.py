"""What happened, happened: events are never changed or deleted."""

from django.db import migrations

from mainspring.core.frozen import freeze


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]
    operations = [freeze("events_event", "An event is never changed.")]
