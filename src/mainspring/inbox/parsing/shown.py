"""What is understood of a mail, as plain data for JSON."""

from typing import Any

from .mail import ParsedMail


def as_json(mail: ParsedMail) -> dict[str, Any]:
    """The public answer of `mainspring mail parse`; its names and shapes are kept stable."""
    return {
        "from": mail.from_.email if mail.from_ else None,
        "to": [address.email for address in mail.to],
        "cc": [address.email for address in mail.cc],
        "subject": mail.subject,
        "date": mail.date.isoformat() if mail.date else None,
        "message_id": mail.message_id,
        "text": mail.text,
        "reply": mail.reply,
        "attachments": [
            {"name": file.name, "type": file.type, "size": file.size, "sha256": file.sha256}
            for file in mail.attachments
        ],
        "auto_reply": mail.auto_reply,
        "bounce": mail.bounce and {"addresses": list(mail.bounce.addresses), "permanent": mail.bounce.permanent},
    }
