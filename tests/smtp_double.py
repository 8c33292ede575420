"""An SMTP server of our own, with faults on demand."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class SmtpDouble:
    """What arrived, and what is to go wrong: answers to RCPT, answers to DATA, or silence after DATA."""

    port: int = 0
    taken: list[bytes] = field(default_factory=list)
    refuse_recipient: str = ""
    answers: list[str] = field(default_factory=list)
    """What DATA is answered with, one a mail; then 250. "drop" takes the mail and hangs up without an answer."""

    @property
    def message_ids(self) -> list[str]:
        return [str(message_from_bytes(raw)["Message-ID"]) for raw in self.taken]

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if self.refuse_recipient:
            return self.refuse_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250") or answer == "drop":
            self.taken.append(envelope.content)
        if answer == "drop":
            server.transport.abort()
        return answer


@contextmanager
def smtp_double() -> Iterator[SmtpDouble]:
    """A patient server, on a free port of this machine."""
    double = SmtpDouble()
    with listening(double):
        yield double


@contextmanager
def listening(double: SmtpDouble) -> Iterator[None]:
    """This server, on a free port of this machine."""
    double.port = free_port()
    controller = Controller(double, hostname="127.0.0.1", port=double.port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
