"""How it was: once a ticket, by its customer, when it is done."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mainspring.surveys.models import Rating
from mainspring.tickets.models import PageLink, Ticket
from world import AsPerson, World


@pytest.fixture
def link(world: World) -> PageLink:
    ticket = Ticket.objects.open("Printer", by=world.fay, contact=world.carol)
    return PageLink.objects.for_reader(ticket, world.carol)


def rate(link: PageLink, stars: object, comment: str = "") -> int:
    return Client().post(f"/t/{link.token}/rate", {"stars": stars, "comment": comment}).status_code


def test_only_what_is_done_is_rated(link: PageLink, world: World) -> None:
    page = Client().get(f"/t/{link.token}").content.decode()
    assert "How was it?" not in page and rate(link, 5) == 409
    link.ticket.resolve(by=world.tess)
    assert "How was it?" in Client().get(f"/t/{link.token}").content.decode()
    assert rate(link, 5, "Quick.") == 303
    assert Rating.objects.get().stars == 5


@pytest.mark.parametrize("stars", [0, 6, -1, "", "five", "1e9"])
def test_it_is_one_to_five(link: PageLink, world: World, stars: object) -> None:
    link.ticket.resolve(by=world.tess)
    assert rate(link, stars) == 422 and not Rating.objects.exists()


def test_it_is_changed_for_a_day_and_then_stands(link: PageLink, world: World) -> None:
    link.ticket.resolve(by=world.tess)
    assert rate(link, 2) == 303 and rate(link, 4) == 303
    assert Rating.objects.get().stars == 4
    Rating.objects.update(given_at=timezone.now() - timedelta(days=1, minutes=1))
    assert rate(link, 1) == 409 and Rating.objects.get().stars == 4
    assert 'type="radio"' not in Client().get(f"/t/{link.token}").content.decode()


def test_the_staff_sees_it(link: PageLink, world: World, as_person: AsPerson) -> None:
    link.ticket.resolve(by=world.tess)
    rate(link, 3, "It took long.")
    desk = as_person(world.tess)
    assert "It took long." in desk.get(f"/psa/tickets/{link.ticket.number}/").content.decode()
    assert "3.0 / 5" in desk.get("/psa/").content.decode()
