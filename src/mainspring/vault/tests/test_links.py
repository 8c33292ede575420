"""Links: one look from outside, one answer from outside, and neither more."""

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from mainspring.events.models import Event
from mainspring.tickets.models import Ticket
from mainspring.vault.contents import Contents
from mainspring.vault.models import Credential, HandIn, Share
from mainspring.vault.models.share import Over, WrongCode
from mainspring.vault.tasks import tidy_vault
from world import World, build_world

pytestmark = pytest.mark.django_db
WHOLE = Contents(user="admin", secret="s3cret-pass", notes="under the desk", totp="otpauth://totp/x?secret=AAAAAAAA")


def shared(world: World, **more: Any) -> tuple[Share, str]:
    kept = Credential.objects.keep(world.carol, WHOLE, kind="router", name="Router", by=world.tess)
    return Share.objects.make(kept, by=world.tess, reason="He forgot it", **{"lasts": timedelta(days=1)} | more)


def test_it_opens_once_by_a_button_and_never_by_a_visit(world: World) -> None:
    share, code = shared(world)
    address = f"/s/{share.handle}"
    for _scanner in range(3):
        answer = Client().get(address)
        assert answer.status_code == 200 and "s3cret-pass" not in answer.content.decode()
    opened = Client().post(address, {"code": code.lower().replace("-", " ")})
    assert opened.status_code == 200 and "s3cret-pass" in opened.content.decode()
    assert "under the desk" not in opened.content.decode() and opened.headers["Cache-Control"] == "no-store"
    for again in (Client().get(address), Client().post(address, {"code": code})):
        assert again.status_code == 410 and "s3cret-pass" not in again.content.decode()
        assert "opens once" in again.content.decode()
    share.refresh_from_db()
    assert bytes(share.secrets) == b"" and share.opened_at
    assert Event.objects.filter(kind="credential.share_opened").count() == 1


def test_neither_link_nor_database_is_enough(world: World) -> None:
    share, code = shared(world)
    text = repr(share.__dict__)
    assert code not in text and code.replace("-", "") not in text
    assert share._contents("B" * 12) is None and share._contents("") is None


def test_five_wrong_codes_end_it(world: World) -> None:
    share, code = shared(world)
    for left in (4, 3, 2, 1):
        answer = Client().post(f"/s/{share.handle}", {"code": "BCDF-BCDF-BCDF"})
        assert answer.status_code == 422 and f"{left} tr" in answer.content.decode()
    assert Client().post(f"/s/{share.handle}", {"code": "x"}).status_code == 410
    with pytest.raises(Over):
        share.open(code)
    assert Event.objects.filter(kind="credential.share_failed").count() == 1


def test_too_old_or_ended_it_shows_nothing(world: World) -> None:
    (old, old_code), (ended, code) = shared(world), shared(world)
    Share.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    ended.end(by=world.tess)
    for share, its in ((old, old_code), (ended, code)):
        with pytest.raises(Over):
            share.open(its)
        assert Client().get(f"/s/{share.handle}").status_code == 410
    tidy_vault.func()
    assert not Share.objects.exclude(key_id="").exists()


def test_a_wifi_is_shared_with_its_picture(world: World) -> None:
    kept = Credential.objects.keep(
        world.carol, Contents(user="acme", secret="pw-pw-pw"), kind="wifi", name="W", by=None
    )
    share, code = Share.objects.make(kept, by=world.tess, reason="–", lasts=timedelta(hours=1))
    assert "data:image/svg+xml" in Client().post(f"/s/{share.handle}", {"code": code}).content.decode()


def test_a_share_counts_as_a_look(world: World) -> None:
    shared(world)
    assert Event.objects.get(kind="credential.share_made").data["reason"] == "He forgot it"


def asked(world: World) -> tuple[HandIn, str]:
    ticket = Ticket.objects.open("Slow", by=world.fay, contact=world.carol)
    return HandIn.objects.make(ticket, kind="router", name="Router", says="Please", contact=world.carol, by=world.tess)


def test_the_customer_hands_in_once_and_reads_nothing(world: World) -> None:
    request, token = asked(world)
    address = f"/h/{token}"
    assert Client().get(address).status_code == 200
    assert Client().post(address, {"secret": ""}).status_code == 422
    answer = Client().post(address, {"user": "admin", "secret": "typed-pass", "notes": "n"})
    assert answer.status_code == 200 and "typed-pass" not in answer.content.decode()
    again = Client().post(address, {"secret": "other"})
    assert again.status_code == 410 and Client().get(address).status_code == 410
    kept = Credential.objects.get()
    assert kept.ticket == request.ticket and kept.look("secret", by=world.tess, reason="–").secret == "typed-pass"
    told = Event.objects.get(kind="credential.handed_in")
    assert told.actor == world.carol.actor_key and "typed-pass" not in str(told.data)


@pytest.mark.parametrize("token", ["none", "x" * 32, "%00", "a b"])
def test_a_link_of_nobody_is_not_there(world: World, token: str) -> None:
    assert Client().get(f"/h/{token}").status_code == Client().get(f"/s/{token}").status_code == 404


def test_an_ended_request_takes_nothing(world: World) -> None:
    request, token = asked(world)
    request.end(by=world.tess)
    assert Client().post(f"/h/{token}", {"secret": "x"}).status_code == 410 and not Credential.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_open_it_at_once_one_sees_it() -> None:
    share, code = shared(build_world())
    seen: list[str] = []

    def open_it() -> None:
        try:
            seen.append(share.open(code).secret)
        except Over:
            seen.append("over")
        finally:
            connection.close()

    together = [Thread(target=open_it) for _ in range(6)]
    for one in together:
        one.start()
    for one in together:
        one.join()
    assert sorted(seen) == ["over"] * 5 + ["s3cret-pass"]


def test_the_text_of_a_wrong_code_tells_nothing(world: World) -> None:
    share, _code = shared(world)
    with pytest.raises(WrongCode) as error:
        share.open("wrong")
    assert "s3cret" not in str(error.value)
