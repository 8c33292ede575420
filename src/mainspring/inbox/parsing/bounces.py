"""Mail that did not arrive: status notifications (RFC 3464), else what programs write in plain words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .addresses import Address
from .automatic import has_null_sender
from .charsets import decode
from .headers import Headers, read_headers
from .reports_in_words import Notice, failed_in_words, first_addresses, says_failure
from .structure import Part
from .transfer import content_of

_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status", "message/deliverystatus"})
_ORIGINAL_TYPES = frozenset(
    {
        "message/rfc822",
        "text/rfc822-headers",
        "message/rfc822-headers",
        "message/global",
        "message/global-headers",
    }
)
_DAEMON = re.compile(
    r"(?:mailer-?_?daemon|mail-?daemon|postmaster|mdaemon|mail[-_.]?(?:delivery|deliver|system"
    r"|administrator|admin|router|gateway)|maildelivery\w*"
    r"|microsoftexchange\w*|daemon|bounces?|mailerdaemon|mail-returned|smtp(?:d|server)?|mta|uucp"
    r"|non-?delivery|undeliverable|noreply-dmarc)"
    r"(?:[-+_.=]\S{0,60})?\Z",
    re.IGNORECASE,
)
_DAEMON_NAME = re.compile(
    r"mail (?:delivery|system|administrator|deliverer)|mailer[- ]?daemon|postmaster"
    r"|system administrator|delivery (?:subsystem|system|service|status)"
    r"|internet mail delivery|microsoft outlook|returned mail|e-?mail[- ]?system",
    re.IGNORECASE,
)
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,40})[ \t]*:[ \t]*(.*)")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_MESSAGE_ID = re.compile(r"^[> \t]*Message-ID:\s{0,20}(<[^<>\s]{1,300}>)", re.IGNORECASE | re.MULTILINE)
_SINGLE_ID = re.compile(r"<[^<>\s]{1,300}>")
_MOST_RECIPIENTS = 100


@dataclass(frozen=True)
class Bounce:
    """A report that mail of ours did not arrive. Permanent: nobody tries any more; else it is only late."""

    addresses: tuple[str, ...]
    permanent: bool
    original_message_id: str = ""
    reason: str = ""


@dataclass(frozen=True)
class _Recipient:
    email: str
    action: str
    status: str
    reason: str


def read_bounce(
    root: Part, *, text: str, subject: str, sender: Address | None, to: tuple[Address, ...]
) -> Bounce | None:
    """What the message says about mail that did not arrive; None when it isn't about that."""
    leaves = list(root.leaves())
    if any(part.type in ("message/disposition-notification", "message/feedback-report") for part in leaves):
        return None
    recipients = [found for part in leaves if part.type in _STATUS_TYPES for found in _recipients(part)]
    original = _original(leaves)
    if any(found.action for found in recipients):
        return _by_status(recipients, root, original, text)
    else:
        return _by_words(root, original, text, subject, sender, to)


def _by_status(recipients: list[_Recipient], root: Part, original: Headers | None, text: str) -> Bounce | None:
    failed = [found for found in recipients if found.action == "failed"]
    late = [found for found in recipients if found.action == "delayed"]
    told = failed or late
    if told:
        emails = _unique(found.email for found in told) or first_addresses(original.first("to") if original else "")
        reason = next((found.reason for found in told if found.reason), "")
        return Bounce(emails, bool(failed), _original_id(root, original, text), reason)
    else:
        return None


def _by_words(
    root: Part,
    original: Headers | None,
    text: str,
    subject: str,
    sender: Address | None,
    to: tuple[Address, ...],
) -> Bounce | None:
    headers = root.headers
    stated = _unique(email for value in headers.all("x-failed-recipients") for email in first_addresses(value))
    is_machine = bool(stated) or _is_daemon(sender) or has_null_sender(headers) or root.type == "multipart/report"
    own = frozenset(found.email.lower() for found in (*to, *([sender] if sender else [])))
    notice = Notice(text, subject, own, original.first("to") if original else "")
    if not says_failure(notice, is_machine=is_machine, is_daemon=_is_daemon(sender)) and not stated:
        return None
    emails, permanent = failed_in_words(notice)
    addresses = stated or emails
    return Bounce(addresses, permanent, _original_id(root, original, text)) if addresses else None


def _is_daemon(sender: Address | None) -> bool:
    if sender is None:
        return False
    else:
        return bool(_DAEMON.match(sender.email.rpartition("@")[0]) or _DAEMON_NAME.search(sender.name))


def _recipients(part: Part) -> Iterator[_Recipient]:
    """The recipients of a delivery status, of which each has its own group of fields."""
    text = decode(content_of(part)[:200_000], part.parameters.get("charset", "")).replace("\r\n", "\n")
    for number, group in enumerate(re.split(r"\n[ \t]*\n", text)):
        fields = _fields(group)
        if number < _MOST_RECIPIENTS and ("final-recipient" in fields or "original-recipient" in fields):
            status = fields.get("status", "").strip()[:10]
            email = _recipient_of(fields)
            yield _Recipient(email, _action(fields, status), status, fields.get("diagnostic-code", status)[:300])


def _fields(group: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    last = ""
    for line in group.split("\n")[:200]:
        found = _FIELD.match(line)
        if line[:1] in (" ", "\t") and last:
            fields[last] = f"{fields[last]} {line.strip()}"[:1_000]
        elif found:
            last = found[1].lower()
            fields.setdefault(last, found[2].strip())
    return fields


def _recipient_of(fields: dict[str, str]) -> str:
    """The address we wrote to, when the report knows it; the one it ended up as otherwise."""
    for name in ("original-recipient", "final-recipient"):
        kind, semicolon, value = fields.get(name, "").partition(";")
        written = value if semicolon else kind
        plain = _XTEXT.sub(lambda code: chr(int(code[1], 16)), written) if name == "original-recipient" else written
        emails = first_addresses(plain)
        if emails:
            return emails[0]
    return ""


def _action(fields: dict[str, str], status: str) -> str:
    action = fields.get("action", "").strip().lower()
    if action.startswith("fail") or (not action and status.startswith("5")):
        return "failed"
    elif action.startswith(("delay", "defer")) or (not action and status.startswith("4")):
        return "delayed"
    else:
        return "arrived" if action else ""


def _original(leaves: list[Part]) -> Headers | None:
    """The headers of the message that did not arrive, when the report carries them."""
    for part in leaves:
        if part.type in _ORIGINAL_TYPES:
            content = content_of(part).lstrip(b"\r\n")
            return read_headers(content, 0, len(content))[0]
    return None


def _original_id(root: Part, original: Headers | None, text: str) -> str:
    written = original.first("message-id") if original else ""
    in_text = _MESSAGE_ID.search(text)
    answered = [*root.headers.all("in-reply-to"), *root.headers.all("references")]
    ids = _SINGLE_ID.findall(written) or ([in_text[1]] if in_text else []) or _SINGLE_ID.findall(" ".join(answered))
    return str(ids[0]) if ids else ""


def _unique(emails: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(email for email in emails if email))[:_MOST_RECIPIENTS]
