"""Of those who see everything of a business, some say who else does."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crm", "0005_erased_contacts")]

    operations = [
        migrations.AddField("sight", "decides", models.BooleanField(default=False)),
    ]
