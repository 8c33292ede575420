from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0004_pulse"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="taskrow",
            name="tasks_to_claim",
        ),
        migrations.AddIndex(
            model_name="taskrow",
            index=models.Index(
                condition=models.Q(("finished_at", None)),
                fields=["-priority", "run_after", "id"],
                name="tasks_to_claim",
            ),
        ),
        migrations.AddConstraint(
            model_name="taskrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at", None), ("state__in", ["waiting", "running"])),
                    models.Q(("finished_at__isnull", False), ("state__in", ["done", "dead"])),
                    _connector="OR",
                ),
                name="a_task_is_finished_once_it_is_done_or_dead",
            ),
        ),
    ]
