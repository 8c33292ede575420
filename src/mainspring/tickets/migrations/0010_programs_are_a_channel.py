"""What a customer's program writes comes by a channel of its own."""

from django.db import migrations, models

CHANNELS = [
    ("phone", "Phone"),
    ("counter", "Counter"),
    ("mail", "Mail"),
    ("desk", "Desk"),
    ("link", "Ticket page"),
    ("portal", "Portal"),
    ("site", "Website"),
    ("api", "Program"),
]


class Migration(migrations.Migration):
    dependencies = [("tickets", "0009_passcodes_are_in_the_vault")]

    operations = [
        migrations.AlterField("message", "channel", models.CharField(choices=CHANNELS, default="desk", max_length=20)),
        migrations.AlterField(
            "ticket",
            "channel",
            models.CharField(choices=CHANNELS, default="desk", max_length=20, verbose_name="channel"),
        ),
    ]
