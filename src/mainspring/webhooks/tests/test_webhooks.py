"""Webhooks against a real receiver: signed, repeated, logged, replayed, switched off; nothing goes inside."""

import json
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from hook_double import Receiver, receiving
from mainspring.core import outgoing
from mainspring.core.network import Inside
from mainspring.core.outgoing import NoAddress, post, read_address
from mainspring.events.models import Event, TaskRow
from mainspring.events.worker import Worker
from mainspring.outbox.models import OutgoingMail
from mainspring.tickets.models import Ticket
from mainspring.webhooks import sending
from mainspring.webhooks.models import PATIENCE, Delivery, Hook, Try
from mainspring.webhooks.sending import PAUSES, replay, tell
from mainspring.webhooks.signing import HEADER, is_signed, signature
from ssrf_targets import LITERALS
from world import World


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.ALLOW_PRIVATE = True
    with receiving() as told:
        yield told


def hook_to(receiver: Receiver, world: World, *kinds: str) -> tuple[Hook, str]:
    return Hook.objects.add(url=receiver.url, kinds=list(kinds or ["ticket.opened"]), by=world.max)


def work(*, later: bool = False) -> None:
    if later:
        TaskRow.objects.filter(state="waiting").update(run_after=timezone.now())
    Worker().run_all()


def open_ticket(world: World) -> Ticket:
    return Ticket.objects.open("It is slow", by=world.fay, contact=world.carol)


@pytest.mark.django_db
def test_what_was_chosen_is_told_signed_with_its_order(world: World, receiver: Receiver) -> None:
    _hook, secret = hook_to(receiver, world, "ticket.opened", "ticket.closed")
    ticket = open_ticket(world)
    ticket.write("Hello", by=world.tess)
    ticket.close(by=world.tess)
    work()
    bodies = [json.loads(got.body) for got in receiver.got]
    assert [body["kind"] for body in bodies] == ["ticket.opened", "ticket.closed"]
    assert bodies[0]["order"] < bodies[1]["order"]
    assert bodies[0]["ticketNumber"] == ticket.number and bodies[0]["actor"]["name"] == "Fay Cohen"
    for got in receiver.got:
        assert is_signed(got.headers[HEADER], got.body, secret, now=time.time())
        assert got.headers["Mainspring-Delivery"] == json.loads(got.body)["id"]
    assert Delivery.objects.filter(state="delivered").count() == 2


@pytest.mark.django_db
def test_the_receivers_check_refuses_what_was_bent_kept_or_signed_by_another(world: World) -> None:
    """RELIABILITY 38."""
    body, now = b'{"kind":"ticket.opened"}', 1_795_600_000
    header = signature(body, ["right"], at=now)
    assert is_signed(header, body, "right", now=now + 299)
    assert not is_signed(header, body + b" ", "right", now=now)
    assert not is_signed(header, body, "right", now=now + 301)
    assert not is_signed(header, body, "wrong", now=now)
    assert not is_signed(header.replace(f"t={now}", f"t={now + 1}"), body, "right", now=now)
    assert not is_signed("", body, "right", now=now)


@pytest.mark.django_db
def test_while_a_secret_changes_both_sign_and_then_only_the_new(world: World, receiver: Receiver) -> None:
    hook, old = hook_to(receiver, world)
    new = hook.change_secret(by=world.max)
    tell(hook, "webhook.test")
    work()
    got = receiver.got[-1]
    assert all(is_signed(got.headers[HEADER], got.body, secret, now=time.time()) for secret in (old, new))
    Hook.objects.update(before_until=timezone.now() - timedelta(seconds=1))
    tell(hook, "webhook.test")
    work()
    got = receiver.got[-1]
    assert is_signed(got.headers[HEADER], got.body, new, now=time.time())
    assert not is_signed(got.headers[HEADER], got.body, old, now=time.time())


@pytest.mark.django_db
def test_a_secret_is_kept_sealed_and_shown_once(world: World, as_person: Any) -> None:
    client = as_person(world.max)
    made = client.post(
        "/psa/settings/webhooks/add", {"url": "https://hooks.example.com/x", "kinds": ["ticket.opened"], "is_on": "on"}
    )
    hook = Hook.objects.get()
    (secret,) = hook.secrets
    assert secret in made.text
    assert secret.encode() not in bytes(hook.sealed)
    assert secret not in client.get(f"/psa/settings/webhooks/{hook.pk}/").text
    assert secret not in str(list(Event.objects.values("data")))


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [500, 503, 404, 302, "redirects", "hangs up", "nonsense", "drips", "drips a body"])
def test_what_fails_is_tried_again_with_the_same_bytes(
    world: World, receiver: Receiver, fault: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SECONDS", 1.5)
    receiver.plan = [fault]
    hook_to(receiver, world)
    open_ticket(world)
    work()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.tries) == ("waiting", 1)
    assert timedelta(seconds=5) < TaskRow.objects.get(name__contains="deliver").run_after - timezone.now() <= PAUSES[0]
    work(later=True)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == ("delivered", 2)
    assert receiver.got[0].body == receiver.got[-1].body
    assert receiver.got[0].headers["Mainspring-Delivery"] == receiver.got[-1].headers["Mainspring-Delivery"]
    assert all(got.path == "/hook" for got in receiver.got), "a redirect is not followed"
    first, second = Try.objects.order_by("id")
    assert (first.error or first.status) and second.status == 200


@pytest.mark.django_db
def test_an_endless_answer_is_read_as_far_as_is_kept(world: World, receiver: Receiver) -> None:
    receiver.plan = ["endless"]
    hook_to(receiver, world)
    open_ticket(world)
    work()
    assert len(Try.objects.get().answer) == sending.MOST_READ and Delivery.objects.get().state == "delivered"


@pytest.mark.django_db
def test_the_act_and_the_promise_to_tell_are_one(world: World, receiver: Receiver) -> None:
    hook_to(receiver, world)
    with transaction.atomic():
        open_ticket(world)
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_a_reaction_that_runs_twice_promises_once(world: World, receiver: Receiver) -> None:
    hook, _secret = hook_to(receiver, world)
    open_ticket(world)
    event = Event.objects.get(kind="ticket.opened")
    with pytest.raises(Exception, match=r"a_hook_is_told_of_an_event_once|UNIQUE"), transaction.atomic():
        tell(hook, event.kind, event)
    assert Delivery.objects.count() == 1


@pytest.mark.django_db
def test_a_message_is_replayed_under_its_own_key(world: World, receiver: Receiver) -> None:
    hook_to(receiver, world)
    open_ticket(world)
    work()
    replay(Delivery.objects.get(), by=world.max)
    work()
    first, second = receiver.got
    assert first.body == second.body and Delivery.objects.get().tries == 1


@pytest.mark.django_db
def test_after_days_of_failing_it_is_switched_off_and_its_owner_is_mailed(world: World, receiver: Receiver) -> None:
    receiver.plan = [500] * 99
    hook, _secret = hook_to(receiver, world)
    open_ticket(world)
    for _turn in range(len(PAUSES)):
        work(later=True)
    hook.refresh_from_db()
    assert hook.is_on and hook.failing_since
    Hook.objects.update(failing_since=timezone.now() - PATIENCE - timedelta(minutes=1))
    work(later=True)
    hook.refresh_from_db()
    assert not hook.is_on
    assert Delivery.objects.get().state == "given_up"
    mail = OutgoingMail.objects.get(kind="webhook_off")
    assert mail.address == world.max.email and hook.url in mail.text
    open_ticket(world)
    assert Delivery.objects.count() == 1, "who is off is promised nothing"
    hook.change(by=world.max, is_on=True)
    assert Hook.objects.get().failing_since is None


@pytest.mark.django_db
def test_the_pauses_last_longer_than_the_patience() -> None:
    """So that one message alone can bring a dead receiver to be switched off."""
    assert sum(PAUSES, timedelta()) > PATIENCE


@pytest.mark.django_db
def test_a_test_tells_how_it_went(world: World, receiver: Receiver, as_person: Any) -> None:
    hook, _secret = hook_to(receiver, world)
    client = as_person(world.max)
    answer = client.post(f"/psa/settings/webhooks/{hook.pk}/test", follow=True)
    work()
    shown = client.get(answer.request["PATH_INFO"])
    assert "delivered" in shown.text and "&lt;script&gt;" in shown.text and "<script>alert" not in shown.text
    assert json.loads(receiver.got[0].body)["kind"] == "webhook.test"


@pytest.mark.django_db
def test_a_removed_hook_forgets_its_secret_and_hears_no_more(world: World, receiver: Receiver) -> None:
    hook, _secret = hook_to(receiver, world)
    open_ticket(world)
    hook.remove(by=world.max)
    work()
    assert receiver.got == [] and not bytes(Hook.objects.get().sealed)
    assert Delivery.objects.get().state == "given_up"


# ---- No way into private networks (RELIABILITY 33) ----


@pytest.fixture
def no_socket(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address that a socket was asked to connect to."""
    reached: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: reached.append(address))
    return reached


@pytest.mark.parametrize("host", LITERALS)
def test_no_address_leads_inside(host: str, no_socket: list[Any]) -> None:
    with pytest.raises((Inside, NoAddress, *outgoing.FAULTS)):
        post(f"https://{host}/hook", b"{}", {}, seconds=1, most=10)
    assert no_socket == []


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1"])
def test_a_name_that_leads_inside_is_refused(
    inside: str, no_socket: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    family = socket.AF_INET6 if ":" in inside else socket.AF_INET
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [(family, socket.SOCK_STREAM, 6, "", (inside, 443))])
    with pytest.raises(Inside):
        post("https://hooks.example.com/", b"{}", {}, seconds=1, most=10)
    assert no_socket == []


def test_a_name_is_looked_up_once_so_that_it_cannot_turn(no_socket: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: the address that was checked is the one that is connected to."""
    answers = iter(["93.184.215.14", "127.0.0.1", "127.0.0.1"])
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_a, **_k: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 443))]
    )
    with pytest.raises(OSError):
        post("https://hooks.example.com/", b"{}", {}, seconds=1, most=10)
    assert no_socket == [("93.184.215.14", 443)]


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "gopher://hooks.example.com/",
        "https://user:pass@hooks.example.com/",
        "https://hooks.example.com@127.0.0.1/",
        "https://hooks.example.com:22/",
        "https://hooks.example.com:25/",
        "https://hooks.example.com:99999/",
        "https://hooks.example.com:x/",
        "https:///x",
        "https://",
        "//hooks.example.com",
        "https://hooks.example.com\\@127.0.0.1/",
        "https://hooks.example.com/\r\nHost: inside",
        "https://hooks.example.com/ x",
        "https://ｌocalhost/",
        "https://[::1/",
        "javascript:alert(1)",
    ],
)
def test_an_address_that_we_never_post_to(url: str) -> None:
    with pytest.raises(NoAddress):
        read_address(url)


@pytest.mark.django_db
def test_the_form_says_why(world: World, as_person: Any) -> None:
    client = as_person(world.max)
    refused = client.post("/psa/settings/webhooks/add", {"url": "http://x.example", "kinds": ["ticket.opened"]})
    assert refused.status_code == 422 and "https://" in refused.text
    assert "http://x.example" in refused.text, "what was typed is kept"
    assert client.post("/psa/settings/webhooks/add", {"url": "https://x.example"}).status_code == 422
