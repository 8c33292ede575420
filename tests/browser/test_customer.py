"""The customer on his phone, in Hebrew: from the mail's link to the payment, the photo, the rating, his own account."""

import re
from decimal import Decimal

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from browser.conftest import Sit
from browser.test_desk_things import picture
from mainspring.accounts.models import AccessToken
from mainspring.billing.models import GatewayAccount, Invoice
from mainspring.core.models import Shop
from mainspring.crm.models import Account, Contact
from mainspring.events.worker import Worker
from mainspring.outbox.models import OutgoingMail
from mainspring.surveys.models import Rating
from mainspring.tickets.models import Ticket
from mainspring.work.models import Service, add_service
from stripe_double import KEY, SECRET, stripe_double
from world import PASSWORD, World

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844, "language": "he"}


@pytest.fixture
def sara(world: World, settings: LazySettings, live_server: object) -> Contact:
    """A customer who reads Hebrew; payments and links go to the server of this test."""
    settings.TEST_PAYMENTS = True
    settings.BASE_URL = str(live_server.url)  # type: ignore[attr-defined]
    Shop.objects.update(colour="#2f6f5e")
    return Contact.add(by=world.fay, name="שרה כהן", email="sara@cohen.example", language="he")


@pytest.fixture
def ticket(world: World, sara: Contact) -> Ticket:
    fee = Service.add(
        by=world.max, name="Diagnostic", price=Decimal(10), billing="flat", tax=world.exempt, is_diagnostic=True
    )
    opened = Ticket.objects.open("המסך שבור", by=world.fay, contact=sara, assignee=world.tess)
    add_service(opened, fee, by=world.fay)
    return opened


def link_in_mail(kind: str, path: str) -> str:
    """The first address with this path in the last mail of the kind, as its reader would tap it."""
    Worker().run_all()
    mail = OutgoingMail.objects.filter(kind=kind).order_by("-id")[0]
    found = re.search(rf"https?://[^\s)]+/{path}/[\w.-]+", mail.text)
    assert found is not None, mail.text
    return found[0]


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate("document.documentElement.dir") == "rtl"


def test_from_the_mails_link_he_pays_sends_a_photo_answers_and_rates(
    world: World, ticket: Ticket, sit_down: Sit
) -> None:
    page = sit_down(None, **PHONE)
    page.goto(link_in_mail("ticket_opened", "t"))
    fits(page)
    page.locator(".public-papers .btn-primary").click()
    page.locator("form button[name=gateway]").click()
    page.locator("form button[type=submit].btn-primary").click()
    expect(page.locator(".public-status")).to_be_visible()
    assert Invoice.objects.get(ticket=ticket).standing.balance == 0

    ticket.write("איזה דגם?", by=world.tess, question=True)
    page.goto(link_in_mail("note", "t"))
    page.set_input_files("#files", {"name": "screen.png", "mimeType": "image/png", "buffer": picture()})
    expect(page.get_by_role("link", name="screen.png").first).to_be_visible()
    page.locator("textarea[name=text]").fill("דגם 14")
    page.reload()
    expect(page.locator("textarea[name=text]")).to_have_value("דגם 14")
    page.locator("#reply .btn-primary").click()
    expect(page.locator(".conversation")).to_contain_text("דגם 14")
    expect(page.locator("textarea[name=text]")).to_have_value("")
    assert ticket.attachments.get().name == "screen.png"

    ticket.close(by=world.tess)
    page.reload()
    page.locator("label[for=stars-4]").click()
    page.locator("textarea[name=comment]").fill("מהיר")
    page.locator("form[action$=rate] button[type=submit]").click()
    expect(page.locator("#stars-4")).to_be_checked()
    fits(page)
    assert Rating.objects.get().stars == 4


def test_the_page_follows_while_it_is_open_and_keeps_what_is_typed(world: World, ticket: Ticket, sit_down: Sit) -> None:
    page = sit_down(None, **PHONE)
    page.clock.install()
    page.goto(link_in_mail("ticket_opened", "t"))
    page.locator("textarea[name=text]").fill("I am just writing")
    ticket.write("The glass has come.", by=world.tess)
    page.clock.run_for(16_000)
    expect(page.locator(".conversation")).to_contain_text("The glass has come.")
    expect(page.locator("textarea[name=text]")).to_have_value("I am just writing")


def test_he_signs_up_and_sees_his_history(world: World, ticket: Ticket, sit_down: Sit) -> None:
    Ticket.objects.open("The laptop of last year", by=world.fay, contact=ticket.contact).close(by=world.tess)
    page = sit_down(None, **PHONE)
    page.goto("/portal/sign-up/")
    fits(page)
    page.locator("[name=name]").fill("שרה כהן")
    page.locator("[name=email]").fill("sara@cohen.example")
    with page.expect_navigation():
        page.locator("main .btn-primary").click()
    page.goto(link_in_mail("portal_join", "join"))
    page.locator("[name=password]").fill("a long enough password")
    page.locator("main .btn-primary").click()
    expect(page.locator(".portal-rows")).to_contain_text("The laptop of last year")
    expect(page.locator(".portal-rows")).to_contain_text("המסך שבור")
    assert Account.objects.get().contact == ticket.contact
    for way in ("/portal/invoices/", "/portal/statement", "/portal/devices", "/portal/profile", "/portal/tickets/new"):
        page.goto(way)
        fits(page)
    page.goto("/portal/")
    page.get_by_text("המסך שבור").click()
    expect(page.locator(".public-status")).to_be_visible()
    with page.expect_navigation():
        page.locator("[action*='sign-out'] button").click()
    page.goto("/portal/")
    expect(page.locator("[name=password]")).to_be_visible()


def test_a_stranger_books_a_repair(world: World, sara: Contact, sit_down: Sit) -> None:
    page = sit_down(None, **PHONE)
    page.goto("/")
    fits(page)
    page.locator("a.btn-primary").first.click()
    page.locator("[name=problem]").fill("המחשב לא נדלק")
    page.locator("[name=name]").fill("נועה")
    page.locator("[name=email]").fill("noa@new.example")
    page.locator("main .btn-primary").click()
    expect(page).to_have_url(re.compile("/book/sent$"))
    page.goto(link_in_mail("ticket_opened", "t"))
    expect(page.locator(".conversation")).to_contain_text("המחשב לא נדלק")


def test_he_pays_several_invoices_at_once(world: World, ticket: Ticket, sit_down: Sit) -> None:
    repair = Service.add(by=world.max, name="Repair", price=Decimal("19.90"), billing="flat", tax=world.exempt)
    for subject in ("מקלדת", "סוללה"):
        other = Ticket.objects.open(subject, by=world.fay, contact=ticket.contact)
        add_service(other, repair, by=world.tess)
        other.resolve(by=world.tess)
    assert ticket.contact is not None
    sara = Account.open(ticket.contact, email="sara@cohen.example", name="שרה כהן", password=PASSWORD)
    page = sit_down(sara, **PHONE)
    page.goto("/portal/invoices/")
    fits(page)
    page.locator("input[name=code]").nth(0).uncheck()
    page.locator("form[action$=pay] .btn-primary").click()
    fits(page)
    expect(page.locator(".public-status")).to_contain_text("39.80")
    page.locator("button[name=gateway]").click()
    page.locator("form button[type=submit].btn-primary").click()
    expect(page.locator(".public-papers .badge-green")).to_have_count(2)
    fits(page)
    assert sorted(Invoice.objects.values_list("standing__balance", flat=True)) == [0, 0, 10]


def test_the_form_leads_to_the_providers_own_page(
    world: World, ticket: Ticket, sit_down: Sit, settings: LazySettings
) -> None:
    """A form that is redirected elsewhere is stopped by our own policy, in Chromium at least: a page leads on."""
    with stripe_double() as double:
        settings.STRIPE_API, settings.TEST_PAYMENTS = double.url, False
        GatewayAccount.of("stripe").put(is_on=True, by=world.ada, key=KEY, webhook_secret=SECRET)
        page = sit_down(None, **PHONE)
        page.goto(link_in_mail("ticket_opened", "t"))
        page.locator(".public-papers .btn-primary").click()
        page.locator("form button[name=gateway]").first.click()
        page.wait_for_url(f"{double.url}/pay/**")


def test_a_token_is_made_and_revoked_after_a_question(world: World, sara: Contact, sit_down: Sit) -> None:
    page = sit_down(Account.open(sara, email=sara.email, name=sara.name, password=PASSWORD), **PHONE)
    page.goto("/portal/profile/tokens/")
    page.locator("[name=name]").fill("קופה")
    page.locator("main .btn-primary").click()
    whole = page.locator("[name=token]").input_value()
    assert AccessToken.objects.good(whole) is not None
    fits(page)
    page.locator("form[action$=revoke] button").click()
    page.locator("#question [data-answer=no]").click()
    assert AccessToken.objects.good(whole) is not None
    page.locator("form[action$=revoke] button").click()
    page.locator("#question [data-answer=yes]").click()
    expect(page.locator("form[action$=revoke]")).to_have_count(0)
    assert AccessToken.objects.good(whole) is None
