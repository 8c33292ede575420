"""The archive: each paper is printed once and byte-equal ever after."""

import hashlib

from django.db import IntegrityError, transaction

from mainspring.billing.models import Archived, Invoice
from mainspring.billing.papers.printing import print_paper
from mainspring.billing.papers.reading import InvoicePaper
from mainspring.files.models import StoredFile


class Altered(Exception):
    """The archived bytes are not the ones that were printed."""


def pdf_of(invoice: Invoice) -> bytes:
    """The paper's PDF; printed and archived on the first call. Raises Altered when the archive was touched."""
    kept = Archived.objects.select_related("file").filter(invoice=invoice).first()
    if kept is None:
        kept = _archive(invoice)
    content = kept.file.read()
    if hashlib.sha256(content).hexdigest() != kept.sha256:
        raise Altered(invoice.code)
    return content


def _archive(invoice: Invoice) -> Archived:
    printed = print_paper(InvoicePaper.of(invoice))
    try:
        with transaction.atomic():
            file = StoredFile.keep(printed, name=f"{invoice.code}.pdf", declared_type="application/pdf")
            return Archived.objects.create(invoice=invoice, sha256=file.sha256, file=file)
    except IntegrityError:  # printed by somebody else meanwhile: theirs is the paper
        return Archived.objects.select_related("file").get(invoice=invoice)
