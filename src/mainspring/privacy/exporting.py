"""Everything we have of a person, as a ZIP: JSON for programs, and the files as they are."""

import json
import os
import secrets
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone

from mainspring.billing.models import Archived, Invoice, Payment
from mainspring.crm.models import Device
from mainspring.events.models import Event, record
from mainspring.inbox.models import ReceivedMail
from mainspring.outbox.models import OutgoingMail
from mainspring.privacy.events import EXPORT_READY
from mainspring.privacy.footprint import Footprint
from mainspring.privacy.models import Consent, Export, Work
from mainspring.surveys.models import Rating
from mainspring.tickets.models import Attachment, Message, Ticket

HIDDEN = {"phone_digits", "password", "intake_key", "merged_into", "erased_at"}
TICKET = (
    "number",
    "subject",
    "description",
    "device_condition",
    "accessories",
    "opened_at",
    "resolved_at",
    "closed_at",
)
INVOICE = (
    "code",
    "kind",
    "issued_on",
    "due_on",
    "currency",
    "net",
    "tax",
    "total",
    "customer_name",
    "customer_address",
)


class Packing:
    """One export being packed: a part at a time, so that it can say how far it is."""

    def __init__(self, export: Export) -> None:
        self.export = export
        self.him = Footprint(export.contact)

    def pack(self) -> None:
        """Write the file whole under a name that nobody can guess, then say that it is there."""
        name = f"{secrets.token_hex(16)}.zip"
        draft = (Export.folder() / name).with_suffix(".draft")
        draft.parent.mkdir(parents=True, exist_ok=True)
        parts: list[Callable[[zipfile.ZipFile], None]] = [
            self.person, self.tickets, self.papers, self.mails, self.files, self.acts
        ]  # fmt: skip
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                    for number, part in enumerate(parts, 1):
                        self.export.is_at(number, len(parts))
                        part(archive)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(draft.with_name(name))
        finally:
            draft.unlink(missing_ok=True)
        with transaction.atomic():
            Export.objects.filter(pk=self.export.pk).update(name=name, state=Work.State.DONE, done_at=timezone.now())
            record(EXPORT_READY, self.export, by=None, stream=self.export.contact)

    def person(self, archive: zipfile.ZipFile) -> None:
        him = self.him
        _write(
            archive,
            "person.json",
            {
                "contacts": [_columns(one) for one in him.contacts],
                "accounts": [_columns(one, "name", "email", "phone", "language", "joined_at") for one in him.people],
                "devices": [
                    {**_columns(one, "maker", "model", "serial", "added_at"), "kind": str(one.kind)}
                    for one in Device.objects.filter(owner__in=him.contacts).select_related("kind")
                ],
                "consents": [
                    _columns(one, "about", "words", "is_given", "by_himself", "origin", "at")
                    for one in Consent.objects.filter(contact__in=him.contacts).order_by("id")
                ],
                "signed_in_from": [
                    _columns(one, "agent", "address", "began_at", "seen_at")
                    for person in him.people
                    for one in person.sittings.all()
                ],
            },
        )

    def tickets(self, archive: zipfile.ZipFile) -> None:
        """His tickets with what was said openly on them; what the staff wrote for itself is not his to get here."""
        openly = Message.objects.for_customer().order_by("id")
        own = Ticket.objects.filter(pk__in=self.him.tickets).order_by("number")
        his_words = openly.filter(contact__in=self.him.contacts).exclude(ticket__in=self.him.tickets)
        columns = ("author_name", "direction", "channel", "text", "quoted", "written_at")
        told = [
            {**_columns(one, *TICKET), "messages": [_columns(said, *columns) for said in openly.filter(ticket=one)]}
            for one in own.iterator()
        ]
        ratings = Rating.objects.filter(contact__in=self.him.contacts)
        _write(
            archive,
            "tickets.json",
            {
                "tickets": told,
                "words_on_tickets_of_others": [_columns(one, "text", "written_at") for one in his_words],
                "ratings": [_columns(one, "stars", "comment", "given_at") for one in ratings],
            },
        )

    def papers(self, archive: zipfile.ZipFile) -> None:
        invoices = Invoice.objects.filter(contact__in=self.him.contacts).order_by("id")
        paid = Payment.objects.filter(invoice__in=invoices).order_by("id")
        _write(
            archive,
            "invoices.json",
            {
                "invoices": [_columns(one, *INVOICE) for one in invoices],
                "payments": [
                    {**_columns(one, "method", "amount", "at"), "invoice": one.invoice.code}
                    for one in paid.select_related("invoice")
                ],
            },
        )
        for paper in Archived.objects.filter(invoice__in=invoices).select_related("invoice", "file"):
            archive.write(paper.file.path, f"invoices/{paper.invoice.code}.pdf")

    def mails(self, archive: zipfile.ZipFile) -> None:
        """What he sent, as it came, and what he was sent."""
        came = ReceivedMail.objects.filter(pk__in=self.him.sent_by_him(ReceivedMail.objects.all())).exclude(raw=b"")
        for mail in came.iterator(chunk_size=20):
            archive.writestr(f"mails/received-{mail.pk}.eml", bytes(mail.raw))
        sent = OutgoingMail.objects.filter(address__in=self.him.emails).order_by("id")
        columns = ("to", "subject", "text", "created_at", "sent_at")
        _write(
            archive, "mails.json", {"sent_to_you": [_columns(one, *columns) for one in sent.iterator(chunk_size=100)]}
        )

    def files(self, archive: zipfile.ZipFile) -> None:
        his = [pk for pk, _file in self.him.attachments()]
        for one in Attachment.objects.for_customer().filter(pk__in=his).select_related("file").order_by("id"):
            if one.file.path.exists():
                archive.write(one.file.path, f"files/{one.pk}-{one.name}")

    def acts(self, archive: zipfile.ZipFile) -> None:
        """What he did here, and from where."""
        did = Event.objects.filter(actor__in=self.him.keys).order_by("id")
        _write(archive, "acts.json", {"acts": [_columns(one, "at", "kind", "origin") for one in did.iterator()]})


def _columns(row: models.Model, *names: str) -> dict[str, Any]:
    """These columns of a row; without names, all that mean something to a reader."""
    fields = [field.name for field in row._meta.concrete_fields if not field.is_relation]
    return {name: getattr(row, name) for name in (names or fields) if name not in HIDDEN}


def _write(archive: zipfile.ZipFile, name: str, content: dict[str, Any]) -> None:
    archive.writestr(name, "".join(_pieces(content)))


def _pieces(content: dict[str, Any]) -> Iterator[str]:
    yield json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
