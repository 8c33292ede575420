from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0030_api_tokens"),
    ]

    operations = [
        migrations.DeleteModel(
            name="Tries",
        ),
    ]
