"""Stripe's API of our own: Checkout Sessions, payment intents, refunds, signed webhooks; with faults on demand.

The shapes are those of https://docs.stripe.com/api; a key seen again gets the first answer again, as Stripe does.
"""

import hashlib
import hmac
import html
import json
import re
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from random import Random
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

KEY = "sk_test_double"
SECRET = "whsec_double"

Json = dict[str, Any]


@dataclass
class StripeDouble:
    """What the provider holds, and how the next calls go wrong: `500`, `drop` (done, then silence), `late`."""

    port: int = 0
    sessions: dict[str, Json] = field(default_factory=dict)
    refunds: dict[str, Json] = field(default_factory=dict)
    events: list[Json] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    answers: dict[str, tuple[str, Json]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    refuses: str = ""
    lock: Any = field(default_factory=threading.RLock)
    ids: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # What customers and the provider's own people do

    def pay(self, session_id: str, *, amount: int | None = None, currency: str = "", later: bool = False) -> Json:
        """The customer pays on the page, `later` by a way that takes days; once, however often. Returns the event."""
        with self.lock:
            session = self.sessions[session_id]
            if session["status"] != "open":
                return self.events[-1]
            session["status"], session["payment_intent"] = "complete", self._id("pi")
            session["amount_total"] = session["amount_total"] if amount is None else amount
            session["currency"] = currency or session["currency"]
            session["payment_status"] = "unpaid" if later else "paid"
            return self.event("checkout.session.completed", session)

    def arrive(self, session_id: str, *, fails: bool = False) -> Json:
        """The money of a slow way arrives, or does not."""
        session = self.sessions[session_id]
        session["payment_status"] = "unpaid" if fails else "paid"
        return self.event(f"checkout.session.async_payment_{'failed' if fails else 'succeeded'}", session)

    def expire(self, session_id: str) -> Json:
        self.sessions[session_id]["status"] = "expired"
        return self.event("checkout.session.expired", self.sessions[session_id])

    def refund(self, payment: str, amount: int, *, status: str = "succeeded", metadata: Json | None = None) -> Json:
        """A refund, made by the API or at the dashboard; never more than was paid."""
        with self.lock:
            session = next(one for one in self.sessions.values() if one["payment_intent"] == payment)
            if amount > self.net_of(payment):
                raise ValueError("greater than unrefunded amount on charge")
            refund: Json = {"id": self._id("re"), "object": "refund", "payment_intent": payment, "amount": amount}
            refund |= {"currency": session["currency"], "status": status, "metadata": metadata or {}}
            refund["created"] = int(time.time())
            self.refunds[refund["id"]] = refund
            self.event("refund.created", refund)
            return refund

    def fail_refund(self, refund_id: str) -> Json:
        self.refunds[refund_id] |= {"status": "failed", "failure_reason": "lost_or_stolen_card"}
        return self.event("refund.failed", self.refunds[refund_id])

    def net_of(self, payment: str) -> int:
        """What the provider has kept of a payment."""
        paid = next(one["amount_total"] for one in self.sessions.values() if one["payment_intent"] == payment)
        back = [one for one in self.refunds.values() if one["payment_intent"] == payment and one["status"] != "failed"]
        return int(paid) - sum(one["amount"] for one in back)

    # Webhooks

    def event(self, kind: str, thing: Json) -> Json:
        made = {"id": self._id("evt"), "object": "event", "type": kind, "created": int(time.time())}
        made["data"] = {"object": json.loads(json.dumps(thing))}
        self.events.append(made)
        return made

    def _id(self, kind: str) -> str:
        return f"{kind}_{next(self.ids):06d}"

    # The API

    def answer(self, method: str, path: str, given: Json, key: str) -> tuple[int, Json]:
        with self.lock:
            self.calls[f"{method} {path.split('/')[2]}"] += 1
            if key and key in self.answers:
                asked, kept = self.answers[key]
                same = asked == json.dumps(given, sort_keys=True)
                return (
                    (200, kept)
                    if same
                    else (
                        400,
                        _error(
                            "Keys for idempotent requests can only be used with the same parameters.",
                            "idempotency_error",
                        ),
                    )
                )
            status, made = self._do(method, path, given)
            if key and status == 200:
                self.answers[key] = json.dumps(given, sort_keys=True), made
            return status, made

    def _do(self, method: str, path: str, given: Json) -> tuple[int, Json]:
        if self.refuses:
            return 402, _error(self.refuses)
        elif (method, path) == ("GET", "/v1/balance"):
            return 200, {"object": "balance", "available": [], "pending": []}
        elif (method, path) == ("POST", "/v1/checkout/sessions"):
            return 200, self._open(given)
        elif method == "GET" and path.startswith("/v1/checkout/sessions/"):
            session = self.sessions.get(path.rsplit("/", 1)[1])
            return (200, session) if session else (404, _error("No such checkout.session"))
        elif (method, path) == ("POST", "/v1/refunds"):
            try:
                meta = {"payback": given.get("metadata[payback]", "")}
                return 200, self.refund(given["payment_intent"], int(given["amount"]), metadata=meta)
            except ValueError as error:
                return 400, _error(str(error))
        elif (method, path) == ("GET", "/v1/refunds"):
            return 200, self._listed(path, given)
        elif method == "GET" and path.startswith("/v1/refunds/"):
            refund = self.refunds.get(path.rsplit("/", 1)[1])
            return (200, refund) if refund else (404, _error("No such refund"))
        else:
            return 404, _error(f"Unrecognized request URL ({method}: {path}).")

    def _listed(self, path: str, given: Json) -> Json:
        """A page of the refunds, the latest first: of a payment, or since a moment; ten unless more is asked for."""
        latest_first = list(reversed(self.refunds.values()))
        wanted = [
            one
            for one in latest_first
            if given.get("payment_intent", one["payment_intent"]) == one["payment_intent"]
            and one["created"] >= int(given.get("created[gte]", 0))
        ]
        ids = [one["id"] for one in wanted]
        first = ids.index(given["starting_after"]) + 1 if "starting_after" in given else 0
        last = first + min(int(given.get("limit", 10)), 100)
        return {"object": "list", "data": wanted[first:last], "has_more": last < len(wanted), "url": path}

    def _open(self, given: Json) -> Json:
        session_id = self._id("cs")
        session = {
            "id": session_id,
            "object": "checkout.session",
            "client_reference_id": given["client_reference_id"],
            "amount_total": sum(
                int(given[f"line_items[{n}][price_data][unit_amount]"]) * int(given[f"line_items[{n}][quantity]"])
                for n in range(_lines(given))
            ),
            "currency": given["line_items[0][price_data][currency]"],
            "payment_intent": None,
            "payment_status": "unpaid",
            "status": "open",
            "mode": given["mode"],
            "success_url": given["success_url"],
            "url": f"{self.url}/pay/{session_id}",
        }
        self.sessions[session_id] = session
        return session


def _lines(given: Json) -> int:
    """How many lines a checkout has."""
    return len({name.split("]")[0] for name in given if name.startswith("line_items[")})


def _error(says: str, kind: str = "invalid_request_error") -> Json:
    return {"error": {"type": kind, "message": says}}


def sign(body: bytes, *, secret: str = SECRET, at: float | None = None) -> str:
    """The header `Stripe-Signature` over these bytes."""
    moment = str(int(time.time() if at is None else at))
    tag = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={tag}"


def led_to(answer: Any) -> str:
    """Where a page of ours leads on to: a form of ours leads nowhere else by itself."""
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.content.decode())
    assert found, answer.content.decode()
    return html.unescape(found[1])


def deliver(url: str, event: Json, *, secret: str = SECRET, at: float | None = None) -> int:
    """Call a webhook over HTTP; the status it answers."""
    body = json.dumps(event).encode()
    headers = {"Content-Type": "application/json", "Stripe-Signature": sign(body, secret=secret, at=at)}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def deliveries(events: list[Json], random: Random, times: int = 3) -> list[Json]:
    """Each event several times, in no order."""
    shuffled = [event for event in events for _ in range(times)]
    random.shuffle(shuffled)
    return shuffled


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    double: StripeDouble

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self._answer(parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self._answer(urlsplit(self.path).path, dict(parse_qsl(body, keep_blank_values=True)))

    def _answer(self, path: str, given: Json) -> None:
        with self.double.lock:
            fault = self.double.faults.pop(0) if self.double.faults else ""
        if fault == "500":
            self._say(500, _error("An unknown error occurred", "api_error"))
        elif self.headers.get("Authorization") != f"Bearer {KEY}":
            self._say(401, _error("Invalid API Key provided"))
        else:
            said = self.double.answer(self.command, path, given, self.headers.get("Idempotency-Key", ""))
            if fault == "drop":
                self.close_connection = True
                self.connection.close()
            else:
                time.sleep(0.5 if fault == "late" else 0)
                self._say(*said)

    def _say(self, status: int, made: Json) -> None:
        body = json.dumps(made).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def stripe_double() -> Iterator[StripeDouble]:
    """The server, on a free port of this machine."""
    double = StripeDouble()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"double": double}))
    server.daemon_threads = True
    double.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
