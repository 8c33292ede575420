"""The alarm: once when it turns red, once when it is well again; by webhook also when mail is down; no flickering."""

import json
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import DatabaseError

from hook_double import receiving
from mainspring.core import health
from mainspring.core.health import Finding, Level
from mainspring.events.models import Event
from mainspring.health import telling
from mainspring.health.models import Alarm, Trouble
from mainspring.health.watching import Watch, snapshot
from smtp_double import smtp_double
from world import World

pytestmark = pytest.mark.django_db


class Moon:
    """A topic that is as the test says."""

    level = Level.FINE

    def look(self) -> list[Finding]:
        return [Finding("Moon", self.level, f"It is {self.level.name}.", "Wait.")]


@pytest.fixture
def moon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Moon]:
    made = Moon()

    def moon() -> list[Finding]:
        return made.look()

    monkeypatch.setattr(health, "_looks", [(1, "Moon", moon)])
    snapshot.forget()
    yield made
    snapshot.forget()


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What readers and the webhook were told."""
    told: list[Any] = []

    def tell(self: Any, known: Any) -> None:
        told.append((sorted(one.key for one in self.broken), sorted(one.key for one in self.mended)))
        self.readers, self.url = [], ""

    monkeypatch.setattr(telling.News, "tell", tell)
    return told


def looks(watch: Watch, moon: Moon, level: Level, times: int) -> None:
    moon.level = level
    for _turn in range(times):
        watch.look()


def test_it_is_told_once_when_red_and_once_when_well_again(world: World, moon: Moon, said: list[Any]) -> None:
    watch = Watch()
    looks(watch, moon, Level.FINE, 3)
    looks(watch, moon, Level.BROKEN, 20)
    looks(watch, moon, Level.FINE, 20)
    assert said == [(["moon"], []), ([], ["moon"])]
    kinds = Event.objects.filter(kind__startswith="health.").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["health.went_red", "health.went_green"]


def test_what_flickers_wakes_nobody(world: World, moon: Moon, said: list[Any]) -> None:
    watch = Watch()
    for _turn in range(20):
        looks(watch, moon, Level.BROKEN, 1)
        looks(watch, moon, Level.FINE, 1)
    assert said == []
    looks(watch, moon, Level.BROKEN, 3)
    for _turn in range(20):
        looks(watch, moon, Level.FINE, 2)
        looks(watch, moon, Level.BROKEN, 1)
    assert said == [(["moon"], [])]


def test_a_warning_is_no_alarm(world: World, moon: Moon, said: list[Any]) -> None:
    looks(Watch(), moon, Level.WARNING, 5)
    assert said == []


def test_of_two_processes_one_tells(world: World, moon: Moon, said: list[Any]) -> None:
    watches = [Watch(), Watch()]
    for level in (Level.BROKEN, Level.FINE):
        for _turn in range(5):
            for watch in watches:
                looks(watch, moon, level, 1)
    assert said == [(["moon"], []), ([], ["moon"])]


def test_after_a_new_start_it_is_not_told_again(world: World, moon: Moon, said: list[Any]) -> None:
    looks(Watch(), moon, Level.BROKEN, 5)
    looks(Watch(), moon, Level.BROKEN, 5)
    looks(Watch(), moon, Level.FINE, 5)
    assert said == [(["moon"], []), ([], ["moon"])]


def test_without_a_database_it_is_told_all_the_same(
    world: World, moon: Moon, said: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = Watch()
    looks(watch, moon, Level.FINE, 1)

    def gone(*_args: Any) -> Any:
        raise DatabaseError("gone")

    monkeypatch.setattr(telling.Recipients, "now", gone)
    monkeypatch.setattr("mainspring.health.watching.connection.close", lambda: None)
    monkeypatch.setattr(Trouble, "raise_for", gone)
    looks(watch, moon, Level.BROKEN, 5)
    assert said == [(["moon"], [])] and watch.recipients.readers


def test_the_webhook_goes_when_mail_is_down_and_the_mail_follows(
    world: World, moon: Moon, settings: LazySettings
) -> None:
    """Straight to the mail server, in the reader's words; the queue and its worker may be what is broken."""
    settings.ALLOW_PRIVATE = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with receiving() as hook:
        Alarm.get().change(by=world.ada, mails=True, people=[world.max], url=hook.url)
        watch = Watch()
        looks(watch, moon, Level.BROKEN, 3)
        assert len(hook.got) == 1 and len(watch.unsaid) == 1
        told = json.loads(hook.got[0].body)
        assert told["status"] == "broken"
        assert told["broken"] == [{"topic": "moon", "says": "It is BROKEN.", "mend": "Wait."}]
        with smtp_double() as server:
            settings.EMAIL_PORT = server.port
            looks(watch, moon, Level.BROKEN, 3)
        assert len(hook.got) == 1 and watch.unsaid == []
    mails = [message_from_bytes(raw, policy=policy.default) for raw in server.taken]
    assert [mail["To"] for mail in mails] == [f"{world.max.name} <max@mainstreet.example>"]
    assert mails[0]["Auto-Submitted"] == "auto-generated"
    body = mails[0].get_body(("plain",))
    assert body is not None and "It is BROKEN. Wait." in body.get_content()


def test_without_anybody_chosen_the_owners_hear_of_it(world: World) -> None:
    assert [reader.email for reader in Alarm.get().readers] == ["ada@mainstreet.example"]
    Alarm.get().change(by=world.ada, mails=False, people=[], url="")
    assert Alarm.get().readers == []


def test_its_address_is_sealed_and_only_one_that_we_post_to_is_taken(world: World, as_person: Any) -> None:
    client = as_person(world.max)
    refused = client.post("/psa/health/alarm", {"mails": "on", "url": "http://127.0.0.1/x"})
    assert refused.status_code == 422
    told = {"mails": "on", "people": [world.tess.pk], "url": "https://hooks.example.com/canary"}
    assert client.post("/psa/health/alarm", told).status_code == 303
    alarm = Alarm.get()
    assert alarm.url.endswith("canary") and b"canary" not in bytes(alarm.sealed_url)
    assert not Event.objects.filter(data__icontains="canary").exists()
    assert [reader.name for reader in alarm.readers] == [world.tess.name]


def test_machines_are_told_how_each_topic_stands_and_nothing_else(world: World, moon: Moon, client: Any) -> None:
    moon.level = Level.BROKEN
    answer = client.get("/health")
    assert answer.status_code == 200 and answer.json() == {"status": "broken", "topics": {"moon": "broken"}}
    assert client.get("/health?strict=1").status_code == 503
    assert 'mainspring_health{topic="moon"} 2' in client.get("/health?format=metrics").content.decode()
    moon.level = Level.FINE
    assert client.get("/health").json()["status"] == "broken", "one look answers for a few seconds"
    snapshot.forget()
    assert client.get("/health?strict=1").json() == {"status": "fine", "topics": {"moon": "fine"}}


def test_who_asks_often_costs_no_more_than_one_look(
    world: World, client: Any, moon: Moon, django_assert_num_queries: Any
) -> None:
    client.get("/health")
    with django_assert_num_queries(0):
        for _turn in range(50):
            client.get("/health")
