"""What surveys put on the customer's page, on the ticket and on the dashboard."""

from django.utils.translation import gettext as _

from mainspring.accounts.models import Person
from mainspring.surveys.models import MOST, Rating
from mainspring.surveys.public import RatingForm
from mainspring.tickets.models import Ticket
from mainspring.tickets.slots import Chapter, Panel, beside_ticket, chapters, public_panels, ticket_panels
from mainspring.tickets.visits import Visit
from mainspring.ui.slots import Piece, Viewer, dashboard_tiles


@public_panels.add(order=20)
def how_was_it(visit: Visit) -> Panel | None:
    """Once the ticket is done: the question, or the answer that was given."""
    if not visit.ticket.is_done:
        return None
    rating = Rating.objects.filter(ticket=visit.ticket).first()
    return Panel("rating", "surveys/rate.html", {"rating": rating, "form": RatingForm(), "visit": visit, "most": MOST})


@beside_ticket.add(order=10)
def rating() -> str:
    return "rating"


@ticket_panels.add(order=40)
def rating_of_ticket(ticket: Ticket, person: Person) -> Panel | None:
    rating = getattr(ticket, "rating", None) if ticket.is_done else None
    return Panel("rating", "surveys/of_ticket.html", {"rating": rating, "most": MOST}) if rating else None


@chapters.add(order=45)
def ratings(ticket: Ticket, person: Person) -> Chapter:
    return Chapter("ratings", _("Ratings"), ("ticket.rated",))


@dashboard_tiles.add(order=75)
def satisfaction(person: Viewer) -> Piece | None:
    """What customers said in the last thirty days; nothing before the first has spoken."""
    if not person.may("tickets.view"):
        return None
    month = Rating.of_month()
    return Piece("surveys/tile.html", month | {"most": MOST}) if month["count"] else None
