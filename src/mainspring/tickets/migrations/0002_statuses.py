"""The eight statuses that a shop starts with."""

from django.db import migrations

STATUSES = [
    ("new", "New", "חדש", "#3b82c4"),
    ("open", "Open", "פתוח", "#5b6bc0"),
    ("waiting_customer", "Waiting Customer Reply", "ממתין לתשובת הלקוח", "#c28a1e"),
    ("customer_replied", "Customer Replied", "הלקוח השיב", "#c2571e"),
    ("in_progress", "In Progress", "בטיפול", "#2f8f6f"),
    ("waiting_third_party", "Pending Parts", "ממתין לחלקים", "#8a6bb8"),
    ("resolved", "Resolved", "נפתר", "#5f8a3a"),
    ("closed", "Closed", "סגור", "#7a828c"),
]


def add_statuses(apps, schema_editor):
    Status = apps.get_model("tickets", "Status")
    for order, (kind, english, hebrew, colour) in enumerate(STATUSES):
        Status.objects.create(kind=kind, name={"en": english, "he": hebrew}, colour=colour, order=order)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]
    operations = [migrations.RunPython(add_statuses, migrations.RunPython.noop)]
