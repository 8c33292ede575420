from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("api", "0001_answers_and_counts"),
    ]

    operations = [
        migrations.DeleteModel(
            name="Spent",
        ),
    ]
