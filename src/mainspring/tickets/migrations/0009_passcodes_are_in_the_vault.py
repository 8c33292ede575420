"""The vault has moved them to itself before."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tickets", "0008_links_to_pages")]

    operations = [migrations.DeleteModel(name="Passcode")]
