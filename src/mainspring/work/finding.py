"""Services in the search: by their names in every language, and their category's."""

from collections.abc import Iterator

from mainspring.core import search
from mainspring.core.search import Entry, source
from mainspring.events.models import Event
from mainspring.events.reactions import in_transaction
from mainspring.work.events import CATALOGUE_ADDED, CATALOGUE_CHANGED
from mainspring.work.models import Service, ServiceCategory
from mainspring.work.models.catalogue import SERVICE, CatalogueEntry


def entry_of(service: Service) -> Entry:
    names = [*service.name.values(), *(service.category.name.values() if service.category else ())]
    return Entry(SERVICE, service.pk, " ".join(names))


@source
def services() -> Iterator[Entry]:
    yield from map(entry_of, Service.objects.with_names().iterator())


@in_transaction(CATALOGUE_ADDED, CATALOGUE_CHANGED)
def find_service(_event: Event, entry: CatalogueEntry) -> None:
    """The service itself; of a category, which may have another name now, all its services."""
    if isinstance(entry, Service):
        search.keep([entry_of(entry)])
    elif isinstance(entry, ServiceCategory):
        search.keep(map(entry_of, Service.objects.with_names().filter(category=entry)))
