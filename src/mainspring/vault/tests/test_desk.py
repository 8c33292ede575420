"""The staff's doors: a reason, a proof, a refusal in plain words; no page shows a secret that was not asked for."""

import time
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mainspring.accounts.entering import PROVED_AT
from mainspring.accounts.factors import Factors
from mainspring.accounts.models import Person
from mainspring.events.models import Event, TaskRow
from mainspring.outbox.models import OutgoingMail
from mainspring.tickets.models import Ticket
from mainspring.vault.contents import Contents
from mainspring.vault.models import Credential, HandIn, Share, VaultRules
from mainspring.vault.totp import Seed
from world import PASSWORD, World

pytestmark = pytest.mark.django_db
SEED = "JBSWY3DPEHPK3PXP"
WHOLE = Contents(
    user="admin", url="http://192.168.1.1", secret="s3cret-pass", totp=Seed.read(SEED).address,
    notes="under the desk", file=b"conf", file_name="router.cfg",
)  # fmt: skip


@pytest.fixture
def router(world: World) -> Credential:
    return Credential.objects.keep(world.acme, WHOLE, kind="router", name="Office router", by=world.tess)


@pytest.fixture
def ticket(world: World) -> Ticket:
    return Ticket.objects.open("Slow", by=world.fay, contact=world.carol, business=world.acme)


def at_desk(person: Person, *, proved: bool = True) -> Client:
    client = Client()
    client.force_login(person)
    session = client.session
    session[PROVED_AT] = int(time.time()) if proved else 0
    session.save()
    return client


def look(client: Client, credential: Credential, part: str = "secret", **more: Any) -> Any:
    return client.post(f"/psa/vault/{credential.pk}/reveal", {"part": part, "reason": "To restart it", **more})


def looks() -> int:
    return Event.objects.filter(kind__in=("credential.shown", "credential.copied")).count()


def test_a_look_shows_it_and_is_written_down(world: World, router: Credential, ticket: Ticket) -> None:
    answer = look(at_desk(world.tess), router, ticket=ticket.number)
    assert answer.status_code == 200 and "s3cret-pass" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    told = Event.objects.get(kind="credential.shown")
    assert told.data["reason"] == "To restart it" and told.stream == f"ticket:{ticket.pk}"


def test_a_look_can_not_be_hidden_in_the_story_of_another_ticket(world: World, router: Credential) -> None:
    other = Ticket.objects.open("Other", by=world.fay, contact=world.sam)
    assert look(at_desk(world.tess), router, ticket=other.number).status_code == 200
    assert Event.objects.get(kind="credential.shown").stream == f"business:{world.acme.pk}"


def test_a_page_takes_as_many_statements_for_thirty_as_for_one(
    world: World, router: Credential, ticket: Ticket
) -> None:
    desk = at_desk(world.tess)
    for address in (
        f"/psa/tickets/{ticket.number}/?tab=credentials",
        f"/psa/customers/businesses/{world.acme.pk}/",
        "/psa/vault/due",
    ):
        desk.get(address)
        with CaptureQueriesContext(connection) as few:
            desk.get(address)
        for number in range(10):
            for home in (world.acme, world.printer, ticket):
                Credential.objects.keep(home, WHOLE, kind="free", name=f"Nr {number}", by=world.tess)
        Credential.objects.update(due_at=timezone.now())
        with CaptureQueriesContext(connection) as many:
            desk.get(address)
        assert len(many) == len(few), address


def test_no_page_shows_what_was_not_asked_for(world: World, router: Credential, ticket: Ticket) -> None:
    desk = at_desk(world.ada)
    pages = [
        f"/psa/tickets/{ticket.number}/?tab=credentials",
        f"/psa/customers/businesses/{world.acme.pk}/",
        f"/psa/vault/{router.pk}/",
        f"/psa/vault/{router.pk}/edit",
        f"/psa/vault/{router.pk}/share",
        "/psa/vault/due",
    ]
    for address in pages:
        answer = desk.get(address)
        text = answer.content.decode()
        assert answer.status_code == 200, address
        assert not any(word in text for word in ("s3cret-pass", SEED, "under the desk")), address
    assert "Office router" in desk.get(pages[0]).content.decode() and "admin" in desk.get(pages[1]).content.decode()
    assert looks() == 0


def test_without_a_reason_nothing_is_shown(world: World, router: Credential) -> None:
    answer = look(at_desk(world.tess), router, reason="  ")
    assert answer.status_code == 422 and "s3cret" not in answer.content.decode() and looks() == 0
    VaultRules.get().amend(by=world.max, asks_reason=False)
    assert look(at_desk(world.tess), router, reason="").status_code == 200 and looks() == 1


def test_who_was_not_proven_of_late_proves_himself_and_goes_on(world: World, router: Credential) -> None:
    client = at_desk(world.tess, proved=False)
    answer = look(client, router)
    assert answer.status_code == 303 and answer.headers["Location"].endswith("/me/prove") and looks() == 0
    shown = client.post(answer.headers["Location"], {"password": PASSWORD})
    assert shown.status_code == 200 and "s3cret-pass" in shown.content.decode() and looks() == 1


def test_the_shop_may_do_without_the_proof(world: World, router: Credential) -> None:
    VaultRules.get().amend(by=world.max, asks_proof=False)
    assert look(at_desk(world.tess, proved=False), router).status_code == 200


def test_the_shop_may_want_a_second_factor(world: World, router: Credential) -> None:
    VaultRules.get().amend(by=world.max, asks_factor=True)
    client = at_desk(world.tess)
    answer = look(client, router)
    assert answer.status_code == 403 and "second factor" in answer.content.decode() and looks() == 0
    seed, now = Seed.read(SEED), int(time.time())
    assert Factors(world.tess).add_app(SEED, seed.at(now - 30), by=world.tess)
    assert look(client, router).headers["Location"].endswith("/me/prove")
    page = client.get("/psa/me/prove").content.decode()
    assert 'name="code"' in page and 'name="password"' not in page
    assert client.post("/psa/me/prove", {"password": PASSWORD}).status_code == 422 and looks() == 0
    shown = client.post("/psa/me/prove", {"code": seed.at(now)})
    assert "s3cret-pass" in shown.content.decode() and looks() == 1
    assert look(client, router).status_code == 200


def test_copying_shows_nothing_and_is_written_down(world: World, router: Credential) -> None:
    client = at_desk(world.tess)
    answer = client.post(
        f"/psa/vault/{router.pk}/reveal",
        {"part": "secret", "reason": "To restart it", "way": "copy"},
        headers={"HX-Request": "true"},
    )
    assert answer.content == b"s3cret-pass" and answer.headers["Content-Type"].startswith("text/plain")
    assert Event.objects.get(kind="credential.copied").actor == world.tess.actor_key
    assert look(client, router, way="copy").status_code == 303, "without the script there is nothing to copy to"
    assert looks() == 1


def test_codes_and_files(world: World, router: Credential) -> None:
    client = at_desk(world.tess)
    text = look(client, router, "totp").content.decode()
    now = int(time.time())
    assert any(Seed.read(SEED).at(now - back) in text for back in (0, 30)) and SEED not in text
    answer = look(client, router, "file")
    assert answer.content == b"conf" and "router.cfg" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store" and looks() == 2


@pytest.mark.parametrize("part", ["wifi", "everything", "", "holds", "wrapped"])
def test_what_is_not_there_is_not_shown(world: World, router: Credential, part: str) -> None:
    assert look(at_desk(world.tess), router, part).status_code == 422 and looks() == 0


def test_a_get_shows_nothing(world: World, router: Credential) -> None:
    assert at_desk(world.ada).get(f"/psa/vault/{router.pk}/reveal?part=secret&reason=x").status_code == 405


def test_a_limited_one_is_not_there_for_others(world: World, router: Credential) -> None:
    router.limit([], [world.max], by=world.max)
    tess, missing = at_desk(world.tess), router.pk + 999
    for way in ("", "edit", "share"):
        hidden, none = (tess.get(f"/psa/vault/{pk}/{way}") for pk in (router.pk, missing))
        assert hidden.status_code == none.status_code == 404
    for way in ("reveal", "remove", "settle", "share", "edit"):
        assert tess.post(f"/psa/vault/{router.pk}/{way}", {"part": "secret", "reason": "x"}).status_code == 404
    assert "Office router" not in tess.get(f"/psa/customers/businesses/{world.acme.pk}/").content.decode()
    assert look(at_desk(world.max), router).status_code == 200


def test_when_it_can_not_be_written_down_nothing_is_shown(
    world: World, router: Credential, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr("mainspring.vault.models.credential.record", refuse)
    answer = look(at_desk(world.tess), router)
    assert answer.status_code == 503 and "s3cret" not in answer.content.decode()
    assert "could not be written down" in answer.content.decode()


def test_without_the_key_the_pages_say_so(
    world: World, router: Credential, ticket: Ticket, settings: LazySettings
) -> None:
    settings.MASTER_KEY_FILE = "/nowhere/master.key"
    desk = at_desk(world.tess)
    text = desk.get(f"/psa/tickets/{ticket.number}/?tab=credentials").content.decode()
    assert "There is no master key at /nowhere/master.key" in text and "Office router" in text and "admin" not in text
    assert look(desk, router).status_code == 503
    told = {"kind": "free", "name": "New", "secret": "x"}
    assert desk.post(f"/psa/vault/new/ticket/{ticket.number}", told).status_code == 503
    passcode = {"contact": world.carol.pk, "subject": "Slow", "priority": "2", "passcode": "4711"}
    answer = desk.post("/psa/tickets/new", passcode)
    assert answer.status_code == 422 and "There is no master key" in answer.content.decode()
    assert Credential.objects.count() == 1 and Ticket.objects.count() == 1


def test_keeping_changing_removing(world: World, ticket: Ticket) -> None:
    desk = at_desk(world.tess)
    told = {"kind": "wifi", "name": "Guests", "user": "acme-guests", "secret": " sp ace ", "people": [world.max.pk]}
    upload = SimpleUploadedFile("key.pem", b"PEM")
    assert desk.post(f"/psa/vault/new/contact/{world.carol.pk}", told | {"file": upload}).status_code == 303
    kept = Credential.objects.get()
    opened = kept.look("secret", by=world.max, reason="–")
    assert (opened.secret, opened.file, opened.file_name) == (" sp ace ", b"PEM", "key.pem") and kept.is_limited
    boss = at_desk(world.ada)
    change = {"kind": "wifi", "name": "Guests 2", "user": "acme-guests", "without": ["file"]}
    assert boss.post(f"/psa/vault/{kept.pk}/edit", change).status_code == 303
    opened = kept.look("secret", by=world.max, reason="–")
    assert (opened.secret, opened.file) == (" sp ace ", b"")
    kept.refresh_from_db()
    assert kept.name == "Guests 2" and not kept.is_limited
    assert desk.post(f"/psa/vault/{kept.pk}/remove").status_code == 303
    assert desk.get(f"/psa/vault/{kept.pk}/").status_code == 404
    assert desk.post(f"/psa/vault/{kept.pk}/put-back").status_code == 303
    assert desk.get(f"/psa/vault/{kept.pk}/").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"secret": ""}, {"kind": "castle"}, {"totp": "0189"}, {"people": ["x"]}, {"roles": ["billing"]}],
)
def test_a_wrong_form_keeps_nothing_and_loses_nothing(world: World, wrong: dict[str, Any]) -> None:
    told = {"kind": "router", "name": "Router", "secret": "typed-secret", **wrong}
    answer = at_desk(world.tess).post(f"/psa/vault/new/business/{world.acme.pk}", told)
    assert answer.status_code == 422 and not Credential.objects.exists()
    assert wrong == {"secret": ""} or "typed-secret" in answer.content.decode()


def test_a_large_file_is_refused(world: World) -> None:
    upload = SimpleUploadedFile("big", b"x" * (1024 * 1024 + 1))
    told = {"kind": "router", "name": "Router", "file": upload}
    assert at_desk(world.tess).post(f"/psa/vault/new/business/{world.acme.pk}", told).status_code == 422


@pytest.mark.parametrize("at", ["castle", "person", "business"])
def test_there_is_no_such_place(world: World, at: str) -> None:
    assert at_desk(world.tess).get(f"/psa/vault/new/{at}/999999").status_code == 404


def test_the_front_desk_puts_in_and_does_not_see(world: World, ticket: Ticket) -> None:
    fay = at_desk(world.fay)
    told = {"kind": "device", "name": "Passcode", "secret": "4711"}
    assert fay.post(f"/psa/vault/new/ticket/{ticket.number}", told).status_code == 303
    page = fay.get(f"/psa/tickets/{ticket.number}/?tab=credentials").content.decode()
    assert "Passcode" not in page.split('id="credentials"')[1]
    assert look(fay, Credential.objects.get()).status_code == 403


def test_sharing_shows_link_and_code_once_and_mails_the_link_alone(world: World, ticket: Ticket) -> None:
    kept = Credential.objects.keep(ticket, WHOLE, kind="router", name="Router", by=world.tess)
    told = {"reason": "He forgot it", "lasts": 86400, "mailed": "on"}
    text = at_desk(world.tess).post(f"/psa/vault/{kept.pk}/share", told).content.decode()
    share, mail = Share.objects.get(), OutgoingMail.objects.get(kind="vault_share")
    code = text.split('name="code"')[1].split('value="')[1].split('"')[0]
    assert share.handle in text and share.handle in mail.text and mail.address == "carol@acme.example"
    assert len(code) == 14 and code not in mail.text + mail.html + str(mail.headers)
    assert share.open(code).secret == "s3cret-pass"


def test_asking_mails_a_link_that_takes_once(world: World, ticket: Ticket) -> None:
    told = {"kind": "router", "name": "The router's password", "says": "It is on its back.", "mailed": "on"}
    answer = at_desk(world.tess).post(f"/psa/vault/ask/ticket/{ticket.number}", told)
    assert answer.status_code == 200 and "The router&#39;s password" in OutgoingMail.objects.get().html
    assert HandIn.objects.get().asked == world.carol


def test_rules_and_a_new_master_key(world: World, router: Credential) -> None:
    boss = at_desk(world.max)
    told = {"asks_reason": "on", "hide_after": 20, "reminds": "on", "wipe_days": 0}
    assert boss.post("/psa/settings/vault", told).status_code == 303
    assert VaultRules.get().hide_after == 20 and not VaultRules.get().asks_proof
    assert boss.post("/psa/settings/vault", told | {"hide_after": 2}).status_code == 422
    assert boss.post("/psa/settings/vault/rotate").status_code == 303
    assert TaskRow.objects.filter(name__contains="rotate_keys").count() == 1
    before = router.key_id
    assert before in boss.get("/psa/settings/vault").content.decode()
