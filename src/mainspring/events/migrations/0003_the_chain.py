"""The chain of events, and the mark by which we know our own. Details may be forgotten, once and whole."""

import json
from typing import Any

import django.utils.timezone
from django.core.serializers.json import DjangoJSONEncoder
from django.db import migrations, models

from mainspring.core.frozen import forbid_replacing, freeze, let_pass, statements
from mainspring.events.marks import Row, new_mark, stored_time

SENTENCE = "An event is never changed."
KEPT = ("id", "kind", "subject", "stream", "actor", "at")
FORGETTING = " AND ".join(
    [
        "OLD.mark IS NOT NULL AND NEW.mark IS NULL AND NEW.actor_name = '' AND NEW.origin = '' AND NEW.data = '{}'",
        *(f"NEW.{column} = OLD.{column}" for column in KEPT),
    ]
)
AT_ONCE = 1000
EVERY_UPDATE = "BEFORE UPDATE ON events_event"
REFUSE = f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"


def mark_what_is_there(apps: Any, schema_editor: Any) -> None:
    """Events from before get their mark now: from here on nobody else can write one."""
    events = apps.get_model("events", "Event").objects
    last = 0
    while some := list(events.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        for one in some:
            data = json.dumps(one.data, cls=DjangoJSONEncoder)
            told = (one.kind, one.subject, one.stream, one.actor, stored_time(one.at), one.actor_name, one.origin, data)
            one.mark = new_mark(Row(0, *told, None))
        events.bulk_update(some, ["mark"])
        last = some[-1].pk


def nothing(apps: Any, schema_editor: Any) -> None:
    """The marks go with their column."""


class Migration(migrations.Migration):
    dependencies = [("events", "0002_frozen")]
    operations = [
        migrations.AddField(
            "event",
            "mark",
            models.CharField(
                max_length=64,
                null=True,
                help_text="A salt and our keyed hash of the row; empty once its details were erased.",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("event", "at", models.DateTimeField(default=django.utils.timezone.now))
            ]
        ),
        statements(
            sqlite=["DROP TRIGGER events_event_is_frozen_update"],
            postgresql=["ALTER TABLE events_event DISABLE TRIGGER events_event_is_frozen"],
            sqlite_undone=[f"CREATE TRIGGER events_event_is_frozen_update {EVERY_UPDATE} {REFUSE}"],
            postgresql_undone=["ALTER TABLE events_event ENABLE TRIGGER events_event_is_frozen"],
        ),
        migrations.RunPython(mark_what_is_there, nothing),
        statements(
            sqlite=[f"CREATE TRIGGER events_event_is_frozen_update {EVERY_UPDATE} {REFUSE}"],
            postgresql=["ALTER TABLE events_event ENABLE TRIGGER events_event_is_frozen"],
            sqlite_undone=["DROP TRIGGER events_event_is_frozen_update"],
            postgresql_undone=["ALTER TABLE events_event DISABLE TRIGGER events_event_is_frozen"],
        ),
        let_pass("events_event", SENTENCE, update=FORGETTING),
        migrations.AddIndex("event", models.Index(fields=["at", "id"], name="events_by_time")),
        migrations.CreateModel(
            name="EventLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_id", models.BigIntegerField(unique=True)),
                (
                    "details",
                    models.BinaryField(help_text="The salted digest of what of the event may be forgotten."),
                ),
                (
                    "hash",
                    models.BinaryField(
                        help_text="SHA-256 over the link before, the place, the event's number, core and details."
                    ),
                ),
            ],
            options={"db_table": "events_link"},
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.BigIntegerField(unique=True)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("document", models.TextField(help_text="The signed JSON, as the file has it.")),
            ],
            options={"db_table": "events_checkpoint"},
        ),
        freeze("events_link", "A link of the audit trail is never changed."),
        freeze("events_checkpoint", "A checkpoint is never changed."),
        forbid_replacing("events_link", "A link of the audit trail is never changed.", ("event_id",)),
        forbid_replacing("events_checkpoint", "A checkpoint is never changed.", ("place",)),
    ]
