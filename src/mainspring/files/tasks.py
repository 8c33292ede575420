"""What the files do by the clock, and beside the work."""

from django_tasks import task

from mainspring.events.tasks import LONG, every
from mainspring.files.models import StoredFile
from mainspring.files.pages import PDF, first_page
from mainspring.files.pictures import Unreadable
from mainspring.files.sweeping import sweep


@every(hours=24)
@task(priority=LONG)
def sweep_files() -> None:
    sweep()


@task()
def draw_first_page(file_id: int) -> None:
    """A picture of a PDF's first page, made once. One that can't be drawn keeps its icon."""
    file = StoredFile.objects.filter(pk=file_id, type=PDF).first()
    if file is not None and not file.has_small:
        try:
            file.keep_small(first_page(file.path))
        except Unreadable:
            return
