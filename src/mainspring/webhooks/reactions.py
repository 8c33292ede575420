"""Whoever wants to hear of an event has a delivery waiting, written in the transaction of the act itself."""

from django.db import models

from mainspring.events.models import Event
from mainspring.events.reactions import in_transaction
from mainspring.webhooks.models import Hook
from mainspring.webhooks.public import PUBLIC
from mainspring.webhooks.sending import tell


@in_transaction(*PUBLIC)
def tell_hooks(event: Event, _subject: models.Model) -> None:
    """The promise to tell belongs to the act; the telling comes after its commit."""
    for hook in Hook.objects.that_hear(event.kind):
        tell(hook, event.kind, event)
