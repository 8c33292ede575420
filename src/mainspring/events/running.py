"""The task that runs one reaction to one event."""

from django_tasks import task

from mainspring.events.models import Event
from mainspring.events.reactions import reaction_named


@task()
def run_reaction(name: str, event_id: int) -> None:
    reaction_named(name)(Event.objects.get(pk=event_id))
