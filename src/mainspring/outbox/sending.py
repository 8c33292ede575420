"""Sending one mail by whatever backend the settings name, and telling a lasting refusal from a passing one."""

import smtplib
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.text import MIMEText

from anymail.exceptions import (
    AnymailAPIError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailUnsupportedFeature,
)
from django.core.mail import EmailMultiAlternatives

from mainspring.outbox.models import OutgoingMail, OutgoingPart


class Refused(Exception):
    """The mail will never be taken like this: trying again is no use."""


def deliver(mail: OutgoingMail) -> str:
    """Hand the mail to the backend; what a provider calls it. Raises Refused for good, anything else for now."""
    message = message_of(mail)
    try:
        message.send()
    except Exception as error:
        if is_lasting(error):
            raise Refused(in_words(error)) from error
        raise
    return str(getattr(getattr(message, "anymail_status", None), "message_id", None) or "")


def message_of(mail: OutgoingMail) -> EmailMultiAlternatives:
    """The mail as Django sends it. Django itself refuses a line break in any header."""
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=mail.sender,
        to=mail.to,
        cc=mail.cc,
        reply_to=[mail.reply_to] if mail.reply_to else [],
        headers={"Message-ID": mail.message_id, **mail.headers},
    )
    message.outgoing_mail = mail  # type: ignore[attr-defined]
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    parts = list(mail.parts.all())
    if parts and all(part.content_id for part in parts):
        message.mixed_subtype = "related"  # type: ignore[attr-defined]
    for part in parts:
        message.attach(attached(part))
    return message


def attached(part: OutgoingPart) -> MIMEBase:
    """A part as MIME: a picture of the HTML, a calendar invite with its method (RFC 6047), or a file."""
    content = bytes(part.content)
    if part.method:
        invite: MIMEBase = MIMEText(content.decode(), "calendar", "utf-8")
        invite.set_param("method", part.method)
        invite.add_header("Content-Disposition", "attachment", filename=part.name)
        return invite
    elif part.content_id:
        picture = MIMEImage(content, part.type.partition("/")[2])
        picture.add_header("Content-ID", f"<{part.content_id}>")
        picture.add_header("Content-Disposition", "inline", filename=part.name)
        return picture
    else:
        return _file(part, content)


def _file(part: OutgoingPart, content: bytes) -> MIMEBase:
    from email.encoders import encode_base64

    main, _, sub = part.type.partition("/")
    file = MIMEBase(main or "application", sub or "octet-stream")
    file.set_payload(content)
    encode_base64(file)
    file.add_header("Content-Disposition", "attachment", filename=part.name)
    return file


def is_lasting(error: Exception) -> bool:
    """Whether the same mail would be refused again: 5xx answers about it, or an address that is none.

    A failed sign-in is ours to mend, so it passes once mended.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _ in error.recipients.values())
    elif isinstance(error, smtplib.SMTPAuthenticationError):
        return False
    elif isinstance(error, smtplib.SMTPResponseException):
        return 500 <= error.smtp_code < 600
    elif isinstance(error, AnymailAPIError):
        return error.status_code in (400, 413, 422)
    else:
        return isinstance(
            error, AnymailRecipientsRefused | AnymailInvalidAddress | AnymailUnsupportedFeature | ValueError
        )


def in_words(error: Exception) -> str:
    """What the server said, for the page."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{who}: {code} {_decoded(words)}" for who, (code, words) in error.recipients.items())
    elif isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_decoded(error.smtp_error)}"
    else:
        return f"{type(error).__name__}: {error}"[:2000]


def _decoded(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words
