"""Payments under fire: each event delivered three times in no order, by several threads, while the customer comes back
and the web server is killed. RELIABILITY 63 and 65, P11.

`MAINSPRING_PAYMENTS=1000` makes it as many, with 100 kills; `make soak-payments` does.
"""

import contextlib
import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
import requests
from django.conf import LazySettings
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from mainspring.billing.conservation import differences
from mainspring.billing.models import Attempt, GatewayAccount, GatewayCall, Invoice, Payment, Standing
from mainspring.billing.paying import pay_token
from mainspring.billing.tasks import ask_about_open_attempts, understand_waiting
from mainspring.core.text import Translated
from mainspring.tickets.models import Ticket
from mainspring.work.models import Service, add_service
from smtp_double import free_port
from stripe_double import KEY, SECRET, Json, StripeDouble, deliver, deliveries, led_to, stripe_double
from world import World, build_world

pytestmark = pytest.mark.server

PAYMENTS = int(os.environ.get("MAINSPRING_PAYMENTS", "60"))
KILLS = max(3, PAYMENTS // 10 if PAYMENTS > 200 else 3)
FORGED = PAYMENTS // 2
THREADS = 8 if PAYMENTS <= 200 else 20
CODE = (
    "import sys, django; django.setup(); from mainspring.billing.tests.chores import serve;"
    "serve(sys.argv[1], int(sys.argv[2]))"
)
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Server:
    """Our web server in a process of its own, started again whenever it is killed."""

    def __init__(self, double: StripeDouble) -> None:
        self.port, self.kills = free_port(), 0
        self.environment = {
            **os.environ, "DJANGO_SETTINGS_MODULE": "mainspring.config.settings", "STRIPE_API": double.url,
            "LOG_LEVEL": "CRITICAL",
        }  # fmt: skip
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        names = [str(connection.settings_dict["NAME"]), str(self.port)]
        self.process = subprocess.Popen([sys.executable, "-c", CODE, *names], env=self.environment)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def is_up(self) -> bool:
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.url}/psa/sign-in/", timeout=5).status_code == 200
        return False

    def wait(self) -> None:
        until = time.monotonic() + 60
        while not self.is_up():
            assert time.monotonic() < until
            time.sleep(0.1)


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world()


def fees(world: World) -> list[str]:
    """So many open invoices; the tokens of their links."""
    service = Service.objects.create(
        name=Translated(en="Diagnostic"), billing="flat", price=Decimal("10.50"), tax=world.exempt, is_diagnostic=True
    )
    ticket = Ticket.objects.open("Printer prints blank pages", by=world.fay, contact=world.carol)
    for _ in range(PAYMENTS):
        add_service(ticket, service, by=world.fay)
    return [pay_token(invoice) for invoice in Invoice.objects.select_related("standing").order_by("id")]


def insist(act: Any) -> Any:
    """Do it again until it is answered: the server may be dead just now."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with contextlib.suppress(requests.RequestException, OSError):
            if (answer := act()) is not None:
                return answer
        time.sleep(0.1)
    raise AssertionError("The server never answered.")


def click(server: Server, token: str) -> str | None:
    """A customer opens the link and pays at Stripe; the session he was led to, or None: the server died meanwhile."""
    with requests.Session() as browser:
        page = browser.get(f"{server.url}/pay/{token}", timeout=30)
        form = TOKEN.search(page.text)
        if not form:
            assert "</html>" not in page.text, page.text
            return None
        given = {"gateway": "stripe", "csrfmiddlewaretoken": form[1]}
        answer = browser.post(f"{server.url}/pay/{token}", given, timeout=30, allow_redirects=False)
        return led_to(answer).rsplit("/", 1)[1] if "/pay/cs_" in answer.text else None


def test_each_payment_is_booked_once(world: World, settings: LazySettings) -> None:
    random, tokens = Random(11), fees(world)
    with stripe_double() as double:
        settings.STRIPE_API = double.url
        GatewayAccount.of("stripe").put(is_on=True, by=world.ada, key=KEY, webhook_secret=SECRET)
        server = Server(double)
        over = threading.Event()
        try:
            server.wait()
            killer = threading.Thread(target=keep_killing, args=(server, over, Random(3)))
            killer.start()
            with ThreadPoolExecutor(THREADS) as people:
                events = list(people.map(lambda token: double.pay(insist(lambda: click(server, token))), tokens))
                calls = [(server, event, token) for event in deliveries(events, random) for token in [""]]
                backs = [(server, None, token) for token in tokens]
                work = [*calls, *backs]
                random.shuffle(work)
                list(people.map(lambda one: come(*one), work))
                accepted = sum(
                    people.map(lambda number: forge(server, events[number % len(events)], number), range(FORGED))
                )
            while server.kills < KILLS:
                assert killer.is_alive()
                time.sleep(0.1)
        finally:
            over.set()
            killer.join()
            server.kill()
        Attempt.objects.update(started_at=timezone.now() - timedelta(hours=1))
        understand_waiting.func()
        ask_about_open_attempts.func()
    assert server.kills >= KILLS, "Nothing was killed: this run proves nothing."
    assert accepted == 0
    by_key = Counter(session["client_reference_id"] for session in double.sessions.values())
    assert set(by_key.values()) == {1} and len(by_key) == PAYMENTS, "An attempt was charged more than once."
    assert Payment.objects.count() == PAYMENTS
    assert set(Payment.objects.values_list("gateway_ref", flat=True)) == {
        session["payment_intent"] for session in double.sessions.values()
    }
    assert GatewayCall.objects.count() == PAYMENTS and not GatewayCall.objects.filter(is_waiting=True).exists()
    assert not Standing.objects.exclude(balance=0).exists() and differences() == []
    print(
        f"{PAYMENTS} payments, {server.kills} kills, {FORGED} forged, {Payment.objects.aggregate(s=Sum('amount'))['s']}"
    )


def keep_killing(server: Server, over: threading.Event, random: Random) -> None:
    """Kill the server at random moments and start it again; it must be up before it can be killed again."""
    while not over.wait(random.uniform(0.5, 3)):
        if server.kills < KILLS or PAYMENTS > 200:
            server.kill()
            server.kills += 1
            server.start()
            while not (server.is_up() or over.is_set()):
                time.sleep(0.05)


def come(server: Server, event: Json | None, token: str) -> None:
    """A webhook, repeated until it is taken, or a customer who comes back."""
    if event is not None:
        insist(lambda: deliver(f"{server.url}/hooks/stripe", event) == 200 or None)
    else:
        insist(lambda: requests.get(f"{server.url}/pay/{token}?back=1", timeout=30).ok or None)


def forge(server: Server, event: Json, number: int) -> bool:
    """Whether a call with a wrong signature got through."""
    forged = {**event, "id": f"evt_forged_{number}"}
    answer = insist(lambda: deliver(f"{server.url}/hooks/stripe", forged, secret=f"whsec_{number}"))
    return bool(answer != 400)
