"""What the files do by the clock."""

from django_tasks import task

from mainspring.events.tasks import every
from mainspring.files.sweeping import sweep


@every(hours=24)
@task()
def sweep_files() -> None:
    sweep()
