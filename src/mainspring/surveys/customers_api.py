"""The API's door for a customer's own token: rating a ticket that is done."""

from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import Field

from mainspring.api.doors import Asked, Door
from mainspring.api.fetching import the_one
from mainspring.api.problems import Problem
from mainspring.api.shapes import Given, Moment, Shape, upto
from mainspring.crm.models import Contact
from mainspring.surveys.models import MOST, Rating, TooLate
from mainspring.tickets.api import Number
from mainspring.tickets.customers_api import tickets_of

door = Door("tickets", "For customers")
doors = [door]


class HisRating(Shape):
    stars: int = Field(examples=[5])
    comment: str
    given_at: Moment


class RatingGiven(Given):
    stars: Annotated[int, Field(ge=1, le=MOST, strict=True, examples=[5])]
    comment: Annotated[str, upto(2000)] = ""


@door.post("/my/tickets/{number}/rating", HisRating, customers=True, status=200)
def my_rating(request: Asked, number: Number, given: RatingGiven) -> HisRating:
    """Say how it was, once the ticket is done. It can be changed for a day."""
    ticket = the_one(tickets_of(request.customer), number=number)
    by = Contact.objects.who_is(request.customer)
    try:
        rating = Rating.give(ticket, stars=given.stars, comment=given.comment, by=by)
    except TooLate as error:
        raise Problem(409, _("Rate it once it is done; a rating can be changed for a day.")) from error
    return HisRating(stars=rating.stars, comment=rating.comment, given_at=rating.given_at)
