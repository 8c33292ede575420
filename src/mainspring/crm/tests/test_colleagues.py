"""Who decides for a business says who of its people sees all of it, and invites them."""

import pytest

from mainspring.crm.models import Business, Contact
from mainspring.crm.tests.test_portal import open_for, sign_in
from mainspring.events.models import Event
from mainspring.events.worker import Worker
from mainspring.outbox.models import OutgoingMail
from mainspring.tickets.models import Ticket
from world import AsPerson, World

pytestmark = pytest.mark.django_db


def test_who_decides_lets_a_colleague_see_and_no_more(world: World) -> None:
    ticket = Ticket.objects.open("Carol's printer", by=world.fay, contact=world.carol)
    boss, carl = open_for(world.carol), open_for(world.carl)
    world.carol.let_decide(world.acme, by=world.max)
    client, address = sign_in(boss), f"/portal/people/businesses/{world.acme.pk}"
    assert "Carl Peretz" in client.get("/portal/people/").text and "People" in client.get("/portal/").text
    assert client.post(address, {"sees": [world.carl.pk, world.sam.pk, "x"]}).status_code == 303
    assert ticket in Ticket.objects.visible_to(carl)
    assert not Business.objects.filter(sights__contact=world.sam).exists(), "who is not of the business stays out"
    assert Event.objects.filter(kind="contact.sight_given", actor=world.carol.actor_key).count() == 1
    client.post(address)
    assert ticket not in Ticket.objects.visible_to(carl)
    assert ticket in Ticket.objects.visible_to(boss), "nobody locks himself out"


def test_who_only_sees_decides_nothing(world: World) -> None:
    person = open_for(world.carl)
    world.carl.let_see(world.acme, by=world.max)
    client = sign_in(person)
    assert "Nobody to decide for" in client.get("/portal/people/").text
    assert client.post(f"/portal/people/businesses/{world.acme.pk}").status_code == 404
    assert client.post(f"/portal/people/{world.carol.pk}/invite").status_code == 404


def test_one_who_decides_does_not_take_it_from_another(world: World) -> None:
    boss = open_for(world.carol)
    for one in (world.carol, world.carl):
        one.let_decide(world.acme, by=world.max)
    sign_in(boss).post(f"/portal/people/businesses/{world.acme.pk}")
    assert set(world.acme.sights.filter(decides=True).values_list("contact", flat=True)) == {
        world.carol.pk,
        world.carl.pk,
    }


def test_a_colleague_is_invited_once_and_a_stranger_not(world: World) -> None:
    client = sign_in(open_for(world.carol))
    world.carol.let_decide(world.acme, by=world.max)
    assert client.post(f"/portal/people/{world.carl.pk}/invite").status_code == 303
    assert client.post(f"/portal/people/{world.sam.pk}/invite").status_code == 404
    Worker().run_all()
    assert OutgoingMail.objects.get(kind="portal_invitation").address == world.carl.email
    open_for(world.carl)
    assert client.post(f"/portal/people/{world.carl.pk}/invite").status_code == 409
    nobody = Contact.add(by=None, name="No Mail", business=world.acme)
    assert client.post(f"/portal/people/{nobody.pk}/invite").status_code == 409


def test_the_desk_says_who_decides(world: World, as_person: AsPerson) -> None:
    desk, address = as_person(world.max), f"/psa/customers/businesses/{world.acme.pk}/sights"
    desk.post(address, {"decides": [world.carol.pk]})
    assert world.acme.sights.get().decides and "decides" in desk.get(f"/psa/customers/businesses/{world.acme.pk}/").text
    desk.post(address, {"sees": [world.carol.pk]})
    assert not world.acme.sights.get().decides
    world.carol.let_decide(world.acme, by=world.max)
    world.carol.amend(by=world.max, business=None)
    assert not world.acme.sights.exists(), "who leaves decides no more"
