"""Sent estimates and their answers are frozen in the database."""

from django.db import migrations

from mainspring.core.frozen import forbid_replacing, freeze

SENT = "A sent estimate is never changed: send a further version."
ANSWERED = "What a customer answered is never changed."


class Migration(migrations.Migration):
    dependencies = [("estimates", "0001_initial")]
    operations = [
        freeze("estimates_estimate", SENT),
        freeze("estimates_estimateline", SENT),
        freeze("estimates_answer", ANSWERED),
        forbid_replacing("estimates_estimate", SENT, ("number", "version")),
        forbid_replacing("estimates_estimateline", SENT),
        forbid_replacing("estimates_answer", ANSWERED, ("estimate_id",)),
    ]
