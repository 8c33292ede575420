"""Killed at any moment: a look and its record are one to one, and a change of the master key loses nothing.

RELIABILITY 73 and 74, P15. `VAULT_KILLS=100 VAULT_ENTRIES=50000` (`make soak-vault`) for the full run.
"""

import contextlib
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from random import Random

import pytest
import requests
from django.conf import LazySettings
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client

from mainspring.core.keyring import MasterKey, NoKey, keyring
from mainspring.events.models import Event
from mainspring.vault.contents import Contents
from mainspring.vault.envelope import DataKey
from mainspring.vault.models import Credential, VaultRules
from mainspring.vault.rotation import by_key, forget, left_over, wrap_all
from mainspring.vault.tests.chores import Lives
from smtp_double import free_port
from world import World, build_world

pytestmark = pytest.mark.django_db(transaction=True)
KILLS = int(os.environ.get("VAULT_KILLS", "10"))
ENTRIES = int(os.environ.get("VAULT_ENTRIES", "500"))
EVERY = float(os.environ.get("VAULT_KILL_EVERY", "0.1"))
LOOKERS = 3
SECRET = "s3cret-that-is-shown"


@pytest.fixture
def world(settings: LazySettings) -> World:
    return build_world()


class Desk:
    """Technicians who look and look, each time for a reason of its own, at a server that dies under them."""

    def __init__(self, world: World, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        client = Client()
        client.force_login(world.tess)
        name = django_settings.SESSION_COOKIE_NAME
        self.cookies = {name: client.cookies[name].value, django_settings.CSRF_COOKIE_NAME: "a" * 32}
        self.kept = Credential.objects.keep(
            world.carol, Contents(secret=SECRET), kind="free", name="Router", by=world.tess
        )
        self.over, self.numbers, self.shown = threading.Event(), count(), list[str]()
        self.lookers = [threading.Thread(target=self.look) for _ in range(LOOKERS)]

    def look(self) -> None:
        with requests.Session() as browser:
            browser.cookies.update(self.cookies)
            while not self.over.is_set():
                reason = f"look {next(self.numbers)}"
                with contextlib.suppress(requests.RequestException):
                    answer = browser.post(
                        f"{self.url}/psa/vault/{self.kept.pk}/reveal",
                        {"part": "secret", "reason": reason},
                        headers={"X-CSRFToken": "a" * 32, "HX-Request": "true"},
                        timeout=20,
                    )
                    if SECRET in answer.text:
                        self.shown.append(reason)

    def __enter__(self) -> "Desk":
        for one in self.lookers:
            one.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        for one in self.lookers:
            one.join()


def test_looks_and_records_are_one_to_one_whatever_is_killed(world: World) -> None:
    """What was shown was written down before, once; what was written down and not shown died in between."""
    VaultRules.get().amend(by=world.max, asks_proof=False)
    random, port = Random(73), free_port()
    server, kills = Lives("serve", port), 0
    try:
        with Desk(world, port) as desk:
            while kills < KILLS:
                server.begin()
                until, before = time.monotonic() + 60, len(desk.shown)
                while len(desk.shown) < before + 2 and time.monotonic() < until:
                    time.sleep(0.01)
                time.sleep(random.uniform(0, 0.2))
                server.kill()
                assert server.ended() == "-9"
                kills += 1
    finally:
        server.close()
    written = Counter(event.data["reason"] for event in Event.objects.filter(kind="credential.shown"))
    assert set(written.values()) == {1}
    assert set(desk.shown) <= set(written) and len(set(desk.shown)) == len(desk.shown) >= 2 * KILLS
    died = len(written) - len(desk.shown)
    assert died <= KILLS * LOOKERS
    print(f"{len(desk.shown)} looks shown, {len(written)} written down, {kills} kills, {died} died in between")


def many(world: World) -> None:
    """So many entries, each under a data key of its own, as `keep` makes them."""
    rows, first = [], 1_000_000
    for number in range(ENTRIES):
        row = Credential(pk=first + number, contact=world.carol, kind="free", name=f"Nr {number}")
        contents, key = Contents(secret=f"secret {number}"), row.next_key()
        row.facts = key.lock("facts", contents.facts.written())
        row.secrets = key.lock("secrets", contents.secrets())
        rows.append(row)
    Credential.objects.bulk_create(rows, batch_size=500)


@contextlib.contextmanager
def load(world: World) -> Iterator[dict[str, int]]:
    """People who keep, change and look while it goes on."""
    over, random, done = threading.Event(), Random(74), Counter[str]()

    def work() -> None:
        try:
            while not over.is_set():
                one = Credential.objects.get(pk=1_000_000 + random.randrange(ENTRIES))
                assert one.look("secret", by=world.tess, reason="–").secret.startswith(("secret", "changed"))
                one.amend(by=world.tess, secret=f"changed {random.random()}")
                Credential.objects.keep(world.sam, Contents(secret="secret"), kind="free", name="New", by=world.tess)
                done["rounds"] += 1
                time.sleep(0.005)
        except Exception as error:
            done[f"{type(error).__name__}: {error}"] += 1
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield done
    finally:
        over.set()
        thread.join()


def test_a_new_master_key_under_load_and_kills_loses_nothing(
    world: World, settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, old = tmp_path / "master.key", MasterKey.make()
    settings.MASTER_KEY_FILE = str(file)
    file.write_text(old.line)
    monkeypatch.setenv("VAULT_BATCH", "20" if ENTRIES < 5000 else "200")
    many(world)
    random, kills, ended = Random(74), 0, ""
    rotating = Lives("rotate")
    try:
        with load(world) as done:
            while ended != "0":
                rotating.begin()
                timer = threading.Timer(random.uniform(EVERY / 2, EVERY * 1.5), rotating.kill)
                if kills < max(3, KILLS):
                    timer.start()
                ended = rotating.ended()
                timer.cancel()
                kills += ended == "-9"
    finally:
        rotating.close()
    assert set(done) == {"rounds"}, done
    wrap_all()
    current = keyring().current
    rotations = Event.objects.filter(kind="vault.rotated").count()  # who dies once it is over begins another
    assert len(keyring().keys) == 1 + rotations and left_over() == 0 and set(by_key()) == {current.id}
    unreadable = [one.pk for one in Credential.objects.iterator() if not one._open().secret]
    assert unreadable == [] and kills >= 3
    total = Credential.objects.count()
    assert total == ENTRIES + done["rounds"] or total == ENTRIES + done["rounds"] + 1
    forget(old.id)
    file.write_text(old.line)
    for one in Credential.objects.order_by("?")[:50]:
        with pytest.raises(NoKey):
            one._open()
    print(f"{total} entries, {kills} kills, {done['rounds']} rounds of others' work: 0 unreadable")


def test_a_data_key_is_of_its_row_alone(world: World) -> None:
    many_keys = {DataKey.make(row.place).secret for row in [Credential(pk=1, contact=world.carol)] * 100}
    assert len(many_keys) == 100
