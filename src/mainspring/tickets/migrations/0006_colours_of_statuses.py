"""The colours of statuses by their names in the design. The plain ones that were kept before were never shown."""

from django.db import migrations, models

COLOURS = [
    ("blue", "Blue"),
    ("teal", "Teal"),
    ("green", "Green"),
    ("amber", "Amber"),
    ("orange", "Orange"),
    ("red", "Red"),
    ("pink", "Pink"),
    ("violet", "Violet"),
    ("brown", "Brown"),
    ("grey", "Grey"),
]


def forget_plain_colours(apps, schema_editor):
    apps.get_model("tickets", "Status").objects.filter(colour__startswith="#").update(colour="")


class Migration(migrations.Migration):
    dependencies = [("tickets", "0005_saved_views_bulk_and_orders")]
    operations = [
        migrations.RunPython(forget_plain_colours, migrations.RunPython.noop),
        migrations.AlterField(
            "status",
            "colour",
            models.CharField(
                "colour", blank=True, choices=COLOURS, help_text="Empty: the colour of its kind.", max_length=7
            ),
        ),
    ]
