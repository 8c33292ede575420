"""The parsed mail: bytes in, a frozen dataclass out. Knows no database, no settings and no network."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property

from .addresses import Address, read_addresses
from .attachments import Attachment
from .authentication import SenderCheck, check_sender
from .automatic import auto_reply_reason, has_null_sender, is_list
from .body import read_body
from .bounces import Bounce, read_bounce
from .budgets import MAX_ADDRESSES
from .headers import Headers
from .identity import answered_ids, content_hash, message_id
from .reply import cut_reply
from .sender import sender
from .structure import read_structure

LOOP_HEADER = "X-Mainspring-Loop"
_ANSWER_SUBJECT = re.compile(
    r"\s*(?:re|aw|sv|vs|antw|odp|res|rif|r|ynt|yn|הנדון|תשובה|回复|回覆|答复|رد)(?:\[\d+\])?\s*[:：]",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ParsedMail:
    """A message as we understand it. Its sender is a claim until authentication says otherwise."""

    from_: Address | None
    from_is_clear: bool
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    date: datetime | None
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    text: str = field(repr=False)
    html: str = field(repr=False)
    reply: str
    quoted: str = field(repr=False)
    attachments: tuple[Attachment, ...]
    auto_reply: bool
    auto_reply_reason: str
    bounce: Bounce | None
    is_list: bool
    has_null_sender: bool
    loop_marks: tuple[str, ...]
    authentication_results: tuple[str, ...]
    content_hash: str
    headers: Headers = field(repr=False)

    @classmethod
    def read(cls, raw: bytes) -> "ParsedMail":
        """Understands `raw`, a whole message. Raises only Unreadable, when it exceeds our budgets."""
        given = _unified(raw)
        root = read_structure(given)
        headers = root.headers
        body = read_body(root)
        from_, from_is_clear = sender(headers)
        subject = headers.text("subject")[:2_000]
        to = _addresses(headers, "to")
        answered = answered_ids(headers, "in-reply-to")
        answers = bool(answered or "references" in headers or _ANSWER_SUBJECT.match(subject[:60]))
        cut = cut_reply(body.text, subject=subject, answers=answers)
        bounce = read_bounce(root, text=body.text, subject=subject, sender=from_, to=to)
        reason = "" if bounce else auto_reply_reason(headers, root, subject=subject)
        return cls(
            from_=from_,
            from_is_clear=from_is_clear,
            reply_to=_addresses(headers, "reply-to"),
            to=to,
            cc=_addresses(headers, "cc"),
            subject=subject,
            date=_date(headers),
            message_id=message_id(headers),
            in_reply_to=answered,
            references=answered_ids(headers, "references"),
            text=body.text,
            html=body.html,
            reply=cut.reply,
            quoted=cut.quoted,
            attachments=body.attachments,
            auto_reply=bool(reason),
            auto_reply_reason=reason,
            bounce=bounce,
            is_list=is_list(headers),
            has_null_sender=has_null_sender(headers),
            loop_marks=tuple(value.strip()[:300] for value in headers.all(LOOP_HEADER)),
            authentication_results=tuple(headers.all("authentication-results")),
            content_hash=content_hash(raw),
            headers=headers,
        )

    @cached_property
    def answered_ids(self) -> tuple[str, ...]:
        """Every message this one answers, the nearest first."""
        return tuple(dict.fromkeys((*self.in_reply_to, *reversed(self.references))))

    @property
    def may_be_answered_automatically(self) -> bool:
        """Whether an automatic answer can reach a person and can't start a loop."""
        is_automatic = self.auto_reply or self.bounce is not None or self.is_list or self.has_null_sender
        return self.from_ is not None and not is_automatic and not self.loop_marks

    def sender_check(self, server: str) -> SenderCheck:
        """What our own mail server, known by the name it writes into the header, says of the address in From."""
        address = self.from_.email if self.from_ else ""
        return check_sender(self.authentication_results, server=server, address=address)


def _unified(raw: bytes) -> bytes:
    """Without a byte order mark, and with line breaks where there were only carriage returns."""
    given = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    return given if b"\n" in given else given.replace(b"\r", b"\n")


def _addresses(headers: Headers, name: str) -> tuple[Address, ...]:
    found = [address for value in headers.all(name)[:10] for address in read_addresses(value)]
    return tuple({address.email.lower(): address for address in reversed(found)}.values())[::-1][:MAX_ADDRESSES]


def _date(headers: Headers) -> datetime | None:
    try:
        found = parsedate_to_datetime(headers.text("date")[:200])
        aware = found if found.tzinfo else found.replace(tzinfo=UTC)
        aware.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    else:
        return aware
