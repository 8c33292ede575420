"""The task that runs one reaction to one event."""

from django_tasks import task

from mainspring.events.models import Event
from mainspring.events.reactions import reaction_named
from mainspring.events.tasks import every
from mainspring.events.worker import prune


@task()
def run_reaction(name: str, event_id: int) -> None:
    event = Event.objects.get(pk=event_id)
    if not event.is_forgotten:
        reaction_named(name)(event)


@every(hours=24)
@task()
def prune_tasks() -> None:
    prune()
