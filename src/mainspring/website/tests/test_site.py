"""The public site: what it shows, what strangers can do, and what they can't find out."""

import json
import re
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image

from mainspring.core.text import Translated
from mainspring.crm.models import Account, Contact
from mainspring.events.models import Event
from mainspring.events.worker import Worker
from mainspring.outbox.models import OutgoingMail
from mainspring.tickets.models import Ticket
from mainspring.website.models import Photo, Site
from mainspring.work.models import Service
from world import PASSWORD, AsPerson, World

BOOKING = {"name": "Noa Barak", "email": "noa@new.example", "problem": "The screen is black.", "phone": "050-555-0133"}
KEYS = re.compile(rb"[A-Za-z0-9]{64}")


@pytest.fixture
def site(world: World) -> Site:
    shown = Service.add(by=world.max, name="Repair", price=Decimal(30), billing="flat", tax=world.vat)
    Service.add(by=world.max, name="Not for everybody", price=Decimal(5), billing="flat", tax=world.vat)
    Site.change(
        by=world.max,
        services=[shown],
        headline=Translated(en="We repair it.", he="אנחנו מתקנים."),
        hours={"sunday": ["09:00", "18:00"]},
    )
    return Site.get()


def test_it_shows_who_we_are_what_it_costs_and_when(site: Site) -> None:
    page = Client().get("/").content.decode()
    for words in ("We repair it.", "$30.00", "Sunday", "09:00–18:00", "1 Main Street", "+972 3-555-0100"):
        assert words in page
    assert "Not for everybody" not in page


def test_it_speaks_the_readers_language(site: Site) -> None:
    page = Client(headers={"accept-language": "he"}).get("/").content.decode()
    assert 'dir="rtl"' in page and "אנחנו מתקנים." in page


def test_who_is_signed_in_is_led_to_his_own_place(site: Site, world: World, as_person: AsPerson) -> None:
    carol = Account.open(world.carol, email="carol@acme.example", name="Carol", password=PASSWORD)
    assert '/portal/">Sign in<' in Client().get("/").content.decode()
    assert '/portal/">My tickets<' in as_person(carol).get("/").content.decode()
    assert '/psa/">The desk<' in as_person(world.tess).get("/").content.decode()


def test_search_engines_read_it_and_leave_the_rest(site: Site) -> None:
    page = Client().get("/").content.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    said = json.loads(found[1])
    assert said["@type"] == "LocalBusiness" and said["name"] == "Main Street Repairs"
    assert said["openingHoursSpecification"][0]["opens"] == "09:00"
    assert "noindex" not in page
    robots = Client().get("/robots.txt").content.decode()
    assert "Disallow: /psa/" in robots and "Disallow: /t/" in robots and "sitemap.xml" in robots
    assert Client().get("/sitemap.xml").content.count(b"<loc>") == 3


def test_what_the_shop_writes_can_not_break_out_of_the_data(site: Site, world: World) -> None:
    Site.change(by=world.max, services=[], intro=Translated(en="</script><script>alert(1)</script>"))
    assert "<script>alert" not in Client().get("/").content.decode()


def test_a_booking_is_a_ticket_as_from_a_stranger(site: Site) -> None:
    assert Client().post("/book", BOOKING).status_code == 303
    ticket = Ticket.objects.get()
    assert (ticket.subject, ticket.channel) == ("The screen is black.", "site")
    assert ticket.contact is not None and ticket.contact.email == "noa@new.example"
    Worker().run_all()
    mail = OutgoingMail.objects.get(kind="ticket_opened")
    assert mail.address == "noa@new.example" and "/t/" in mail.text
    assert "screen" not in mail.text + mail.subject, "nobody is mailed a stranger's words (RELIABILITY 7)"


def test_a_booking_under_a_known_address_changes_nothing_of_him(site: Site, world: World) -> None:
    Client().post("/book", BOOKING | {"email": "CAROL@acme.example", "name": "Mallory"})
    carol = Contact.objects.get(pk=world.carol.pk)
    assert (carol.name, carol.phone) == ("Carol Mizrahi", "03-555-0142")
    assert Ticket.objects.get().contact == carol


def test_programs_and_floods_open_nothing(site: Site) -> None:
    assert Client().post("/book", BOOKING | {"website": "https://spam.example"}).status_code == 303
    assert not Ticket.objects.exists()
    statuses = [Client().post("/book", BOOKING).status_code for _n in range(5)]
    assert statuses == [303, 303, 429, 429, 429] and Ticket.objects.count() == 2
    Worker().run_all()
    assert OutgoingMail.objects.filter(kind="ticket_opened", state="sent").count() <= 1


def test_checking_a_ticket_says_nothing_and_mails_only_its_reader(site: Site, world: World) -> None:
    ticket = Ticket.objects.open("Printer", by=world.fay, contact=world.carol)
    asked = [
        ("carol@acme.example", ticket.number),
        ("sam@rival.example", ticket.number),
        ("carol@acme.example", 999999),
    ]
    pages = {
        KEYS.sub(b"", Client().post("/check", {"number": n, "email": email}, follow=True).content) for email, n in asked
    }
    assert len(pages) == 1
    Worker().run_all()
    assert [mail.address for mail in OutgoingMail.objects.filter(kind="fresh_link")] == ["carol@acme.example"]


def test_wrong_words_are_answered_plainly(site: Site) -> None:
    assert Client().post("/check", {"number": "x", "email": "y"}).status_code == 422
    odd = Client().post("/book", {"email": "no", "problem": ""})
    assert odd.status_code == 422 and "Noa" not in odd.content.decode()


def test_it_can_be_off(site: Site, world: World) -> None:
    Site.change(by=world.max, services=[], is_on=False)
    assert Client().get("/").headers["Location"].endswith("/portal/sign-in/")
    assert Client().get("/book").status_code == 404


def test_the_manager_fills_it_in(world: World, as_person: AsPerson) -> None:
    desk = as_person(world.max)
    given = {
        "is_on": "on",
        "takes_bookings": "on",
        "headline_en": "Hello",
        "monday_from": "09:00",
        "monday_to": "17:00",
    }
    assert desk.post("/psa/settings/site", given | {"monday_to": "08:00"}).status_code == 422
    assert desk.post("/psa/settings/site", given).status_code == 303
    assert Site.get().hours == {"monday": ["09:00", "17:00"]} and "Hello" in Client().get("/").content.decode()


def test_a_service_gives_way_to_another_of_its_name(site: Site, world: World) -> None:
    [before], other = site.services.all(), Service.objects.get(price=5)
    other.name = before.name
    other.save()
    Site.change(by=world.max, services=[other])
    assert list(Site.get().services.all()) == [other]
    assert Event.objects.latest("pk").data["changes"] == {"services": ["Repair", "Repair"]}
    told = Event.objects.count()
    Site.change(by=world.max, services=[other])
    assert Event.objects.count() == told, "saved again, nothing is told"


def test_photos_are_looked_into_and_made_small(world: World, as_person: AsPerson) -> None:
    desk = as_person(world.max)
    drawn = BytesIO()
    Image.new("RGB", (3000, 2000), "teal").save(drawn, "JPEG")
    for name, content, status in (("shop.jpg", drawn.getvalue(), 303), ("evil.jpg", b"<svg onload=alert(1)>", 422)):
        upload = BytesIO(content)
        upload.name = name
        assert desk.post("/psa/settings/site/photos", {"picture": upload, "says": "The shop"}).status_code == status
    photo = Photo.objects.get()
    answer = Client().get(f"/photos/{photo.pk}")
    assert answer.headers["Content-Type"] == "image/webp" and photo.file.width == 1600
    assert desk.post(f"/psa/settings/site/photos/{photo.pk}/remove").status_code == 303
    assert Client().get(f"/photos/{photo.pk}").status_code == 404
