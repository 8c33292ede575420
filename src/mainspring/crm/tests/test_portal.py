"""Accounts of customers: how they come to be, what each sees, and that nobody learns who has one."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mainspring.accounts.models import Person
from mainspring.crm.models import Account, Contact, Device, Joining
from mainspring.events.worker import Worker
from mainspring.outbox.models import OutgoingMail
from mainspring.tickets.models import Ticket
from world import PASSWORD, AsPerson, World

NEW = "a fine new password"
KEYS = re.compile(rb"[A-Za-z0-9]{64}")


def sign_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def ask(email: str, name: str = "Somebody") -> OutgoingMail | None:
    """Asks for an account; the mail that came of it."""
    assert Client().post("/portal/sign-up/", {"email": email, "name": name}).status_code == 303
    Worker().run_all()
    return OutgoingMail.objects.filter(kind__startswith="portal_").order_by("-id").first()


def token_in(mail: OutgoingMail | None) -> str:
    assert mail is not None
    found = re.search(r"/join/([\w-]+)", mail.text)
    assert found is not None
    return found[1]


def open_for(contact: Contact) -> Person:
    return Account.open(contact, email=contact.email, name=contact.name, password=PASSWORD)


def test_a_customer_signs_up_by_the_mail_that_only_he_gets(world: World) -> None:
    ticket = Ticket.objects.open("Printer", by=world.fay, contact=world.carol)
    mail = ask("Carol@acme.example")
    assert mail is not None and (mail.kind, mail.address) == ("portal_join", "carol@acme.example")
    token, client = token_in(mail), Client()
    assert client.get(f"/portal/join/{token}").status_code == 200
    assert Person.objects.filter(role="customer").count() == 0
    assert client.post(f"/portal/join/{token}", {"password": "short"}).status_code == 422
    assert client.post(f"/portal/join/{token}", {"password": NEW}).status_code == 302
    assert ticket.subject in client.get("/portal/").content.decode()
    assert Account.objects.get().contact == world.carol


def test_his_new_address_is_where_we_write_from_now_on(world: World) -> None:
    carol = open_for(world.carol)
    Account.objects.create(person=carol, contact=world.carl)
    client = sign_in(carol)
    client.post("/portal/me/address", {"email": "carol@home.example"})
    Worker().run_all()
    link = OutgoingMail.objects.to_address("carol@home.example").get(kind="new_address")
    world.carol.refresh_from_db()
    assert world.carol.email == "carol@acme.example", "until it is shown to be hers"
    found = re.search(r"https?://\S+?(/\S+)", link.text)
    assert found is not None and client.post(found[1]).status_code == 303
    for contact in (world.carol, world.carl):
        contact.refresh_from_db()
    assert (world.carol.email, world.carl.email) == ("carol@home.example", "carl@acme.example")


def test_the_link_works_once_and_for_a_day(world: World) -> None:
    token = token_in(ask("carol@acme.example"))
    assert Client().post(f"/portal/join/{token}", {"password": NEW}).status_code == 302
    assert Client().post(f"/portal/join/{token}", {"password": "another password"}).status_code == 404
    assert not Client().login(email="carol@acme.example", password="another password")
    late = token_in(ask("sam@rival.example"))
    Joining.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(f"/portal/join/{late}").status_code == 404
    assert Joining.objects.filter(digest=late).count() == 0, "kept hashed"


def test_the_page_never_says_who_has_an_account(world: World) -> None:
    open_for(world.carol)
    answers = [
        Client().post("/portal/sign-up/", {"email": email, "name": "X"}, follow=True)
        for email in ("carol@acme.example", "nobody@nowhere.example", "tess@mainstreet.example")
    ]
    assert len({KEYS.sub(b"", answer.content) for answer in answers}) == 1
    Worker().run_all()
    sent = {mail.address: mail.kind for mail in OutgoingMail.objects.filter(kind__startswith="portal_")}
    assert sent == {"carol@acme.example": "portal_known", "nobody@nowhere.example": "portal_join"}


def test_who_forgot_the_password_gets_in_the_same_way(world: World) -> None:
    person = open_for(world.carol)
    other = sign_in(person)
    client = Client()
    assert client.post(f"/portal/join/{token_in(ask('carol@acme.example'))}", {"password": NEW}).status_code == 302
    person.refresh_from_db()
    assert person.check_password(NEW) and Person.objects.filter(role="customer").count() == 1
    assert client.get("/portal/").status_code == 200
    assert other.get("/portal/").status_code == 302, "his other sessions ended"


def test_one_mailbox_of_several_contacts_is_all_of_them(world: World) -> None:
    twin = Contact.add(by=None, name="Office", email="carol@acme.example")
    Client().post(f"/portal/join/{token_in(ask('carol@acme.example'))}", {"password": NEW})
    assert set(Account.objects.values_list("contact", flat=True)) == {world.carol.pk, twin.pk}


def test_the_desk_invites_ends_and_invites_again(world: World, as_person: AsPerson) -> None:
    desk = as_person(world.fay)
    invite, end = (f"/psa/customers/{world.carol.pk}/{act}" for act in ("invite", "access/end"))
    assert desk.post(invite).status_code == 303
    Worker().run_all()
    mail = OutgoingMail.objects.get(kind="portal_invitation")
    client = Client()
    client.post(f"/portal/join/{token_in(mail)}", {"password": NEW})
    assert client.get("/portal/").status_code == 200
    assert "carol@acme.example" in desk.get(f"/psa/customers/{world.carol.pk}/").content.decode()
    assert desk.post(end).status_code == 303
    assert client.get("/portal/").status_code == 302
    before = OutgoingMail.objects.count()
    ask("carol@acme.example")
    assert OutgoingMail.objects.count() == before, "who was let go does not come back by himself"
    desk.post(invite)
    Worker().run_all()
    again = OutgoingMail.objects.filter(kind="portal_invitation").order_by("-id")[0]
    assert client.post(f"/portal/join/{token_in(again)}", {"password": "yet another password"}).status_code == 302
    assert client.get("/portal/").status_code == 200


def test_everybody_sees_his_own_and_of_the_business_only_who_may(world: World, as_person: AsPerson) -> None:
    carols = Ticket.objects.open("Carol's printer", by=world.fay, contact=world.carol)
    carls = Ticket.objects.open("Carl's laptop", by=world.fay, contact=world.carl)
    sams = Ticket.objects.open("Sam's phone", by=world.fay, contact=world.sam)
    person = open_for(world.carol)
    assert set(Ticket.objects.visible_to(person)) == {carols}
    sams.join(world.carol, by=world.fay)
    assert set(Ticket.objects.visible_to(person)) == {carols, sams}
    as_person(world.max).post(f"/psa/customers/businesses/{world.acme.pk}/sights", {"sees": [world.carol.pk]})
    assert set(Ticket.objects.visible_to(person)) == {carols, sams, carls}
    world.carol.amend(by=world.max, business=None)
    assert set(Ticket.objects.visible_to(person)) == {carols, sams}, "who leaves the business sees no more of it"


def test_devices_follow_the_same_rule(world: World) -> None:
    person = open_for(world.carl)
    assert list(Device.objects.visible_to(person)) == []
    world.carl.let_see(world.acme, by=world.max)
    assert list(Device.objects.visible_to(person)) == [world.printer]
    assert "M404n" in sign_in(person).get("/portal/devices").content.decode()


def test_a_merged_contacts_account_goes_on_with_whom_is_kept(world: World) -> None:
    person = open_for(world.carl)
    world.carl.let_see(world.acme, by=world.max)
    ticket = Ticket.objects.open("Laptop", by=world.fay, contact=world.carl)
    world.carl.merge_into(world.carol, by=world.max)
    assert Account.objects.get().contact == world.carol
    assert ticket in Ticket.objects.visible_to(person)


def test_a_customer_is_no_staff_and_the_staff_no_customer(world: World) -> None:
    person = open_for(world.carol)
    client = sign_in(person)
    for path in ("/psa/", "/psa/tickets/", "/psa/me/", "/psa/people/"):
        assert client.get(path).status_code == 404, path
    assert sign_in(world.ada).get("/portal/").status_code == 404
    assert person not in Person.objects.working() and person not in Person.objects.staff()
    assert not person.may("tickets.view")


def test_the_profile_changes_what_is_his_and_nothing_else(world: World) -> None:
    person = open_for(world.carol)
    given = {
        "name": "Carol M.",
        "language": "he",
        "phone": "03-555-0143",
        "wants_news": "on",
        "email": "evil@evil.example",
    }
    given |= {"business": str(world.rival.pk), "tax_exempt": "on", "role": "owner", "is_active": ""}
    assert sign_in(person).post("/portal/profile", given).status_code == 303
    contact = Contact.objects.get(pk=world.carol.pk)
    person.refresh_from_db()
    assert (contact.name, contact.language, contact.wants_updates, contact.wants_news) == (
        "Carol M.",
        "he",
        False,
        True,
    )
    assert (contact.email, contact.business, contact.tax_exempt) == ("carol@acme.example", world.acme, False)
    assert (person.language, person.role, person.is_active) == ("he", "customer", True)


def test_a_new_ticket_from_the_portal(world: World) -> None:
    client = sign_in(open_for(world.carol))
    other = Device.add(by=None, kind=world.printer.kind, owner=world.sam, model="His")
    foreign = client.post("/portal/tickets/new", {"subject": "Broken", "device": other.pk})
    assert foreign.status_code == 422
    answer = client.post("/portal/tickets/new", {"subject": "Broken", "device": world.printer.pk})
    ticket = Ticket.objects.get(subject="Broken")
    assert answer.status_code == 303 and answer.headers["Location"] == f"/portal/tickets/{ticket.number}"
    assert (ticket.contact, ticket.device, ticket.channel) == (world.carol, world.printer, "portal")


@pytest.mark.parametrize("email", ["carol@acme.example", "nobody@nowhere.example"])
def test_a_wrong_password_says_the_same_of_everybody(world: World, email: str) -> None:
    open_for(world.carol)
    answer = Client().post("/portal/sign-in/", {"login": email, "password": "wrong"})
    assert answer.status_code == 200
    assert KEYS.sub(b"", answer.content).replace(email.encode(), b"").count(b"notice-red") == 1
