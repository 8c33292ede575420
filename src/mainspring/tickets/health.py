"""Whether tickets are found by their words."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mainspring.core import search
from mainspring.core.health import Finding, Level, looks_at
from mainspring.core.models import SearchDocument
from mainspring.core.search.places import place_of
from mainspring.tickets.models import Ticket

SEARCH = gettext_lazy("Search")
NEWEST = 100


@looks_at(SEARCH, order=55)
def searching() -> Iterator[Finding]:
    """The newest tickets are in the index, and it answers."""
    newest = list(Ticket.objects.order_by("-id").values_list("pk", flat=True)[:NEWEST])
    places = [place_of("ticket", pk) for pk in newest]
    missing = len(newest) - SearchDocument.objects.filter(place__in=places).count()
    search.find("mainspring", kinds=["ticket"], limit=1)
    if missing:
        says = ngettext(
            "%(count)d of the newest tickets can't be found by its words.",
            "%(count)d of the newest tickets can't be found by their words.",
            missing,
        )
        yield Finding(SEARCH, Level.BROKEN, says % {"count": missing}, _("Run: mainspring reindex"))
    else:
        yield Finding.fine(SEARCH, _("The newest tickets are found by their words."))
