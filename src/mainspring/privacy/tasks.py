"""What privacy does by itself and in the background."""

from django_tasks import task

from mainspring.events.tasks import LONG, every
from mainspring.privacy.erasing import Erasing
from mainspring.privacy.exporting import Packing
from mainspring.privacy.keeping import give_checkpoint, read_trail
from mainspring.privacy.models import Erasure, Export
from mainspring.privacy.retention import let_go


@task(priority=LONG)
def make_export(pk: int) -> None:
    export = Export.objects.filter(pk=pk, name="").select_related("contact").first()
    if export:
        Packing(export).pack()


@task(priority=LONG)
def erase(pk: int) -> None:
    erasure = Erasure.objects.exclude(state=Erasure.State.DONE).filter(pk=pk).select_related("contact").first()
    if erasure:
        Erasing(erasure).erase()


@every(hours=24)
@task(priority=LONG)
def read_the_trail() -> None:
    read_trail()


@every(hours=24)
@task()
def sign_how_far_it_came() -> None:
    give_checkpoint()


@every(hours=24)
@task(priority=LONG)
def let_go_of_what_is_old() -> None:
    let_go()
