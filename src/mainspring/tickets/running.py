"""What tickets do in the background."""

from django.db import transaction
from django_tasks import task

from mainspring.events.models import record
from mainspring.tickets.events import FRESH_LINK_ASKED
from mainspring.tickets.models import PageLink


@task()
def ask_for_link(digest: str) -> None:
    """Whoever holds the link with this digest asks for a fresh one. Of a digest that is none of ours nothing comes."""
    link = PageLink.objects.filter(digest=digest).select_related("contact").first()
    if link is not None:
        with transaction.atomic():
            record(FRESH_LINK_ASKED, link, by=link.contact, stream=f"ticket:{link.ticket_id}")
