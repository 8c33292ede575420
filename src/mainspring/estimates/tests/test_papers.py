"""The paper of an estimate: what stands on it, that its bytes stay, and that both sides get it."""

import io
from decimal import Decimal

import pypdf
import pytest
from django.test import Client
from django.urls import reverse

from mainspring.estimates.answering import Signature, approve
from mainspring.estimates.links import estimate_token
from mainspring.estimates.models import ArchivedEstimate, Estimate, Terms
from mainspring.estimates.papers import pdf_of, sent_pdf, signed_pdf
from mainspring.estimates.tests.offers import drawing, sent
from mainspring.events.worker import Worker
from mainspring.files.archive import Altered
from mainspring.outbox.models import OutgoingMail, OutgoingPart
from world import World


def text_of(pdf: bytes) -> str:
    """All text of the paper, without the marks that only steer its direction."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    found = "\n".join(page.extract_text() for page in pages)
    return "".join(sign for sign in found if sign not in "\u2066\u2067\u2068\u2069\u200e\u200f")


@pytest.fixture(params=["en", "he"])
def estimate(world: World, request: pytest.FixtureRequest) -> Estimate:
    Terms.change(by=world.max, text={"en": "Six months of warranty.", "he": "אחריות לחצי שנה."})
    world.carol.language = str(request.param)
    world.carol.save()
    return sent(world, deposit_percent=Decimal(50), text="Call 03-555-0142 before.")


def test_the_sent_paper_offers_everything_and_tells_where_to_answer(estimate: Estimate) -> None:
    text = text_of(sent_pdf(estimate))
    for said in ("EST-000001", "Acme Printing", "Line 100", "Line 20", "Line 50", "03-555-0142", "152.10", "76.05"):
        assert said in text, text
    words = {
        "en": ("Estimate", "if wanted", "one of Screen", "Approve online", "Six months of warranty."),
        "he": ("לחצי", "לפי"),
    }
    for said in words[estimate.language]:
        assert said in text, text
    page = pypdf.PdfReader(io.BytesIO(sent_pdf(estimate))).pages[0]
    links = [str(one.get_object()["/A"]["/URI"]) for one in page.annotations or ()]
    assert any(estimate_token(estimate) in link for link in links)


def test_the_signed_paper_has_what_was_chosen_the_signature_and_its_evidence(estimate: Estimate) -> None:
    any_line = estimate.lines.get(choice="any")
    signed = Signature("Carol Mizrahi", drawing(), "203.0.113.9", "Phone/1")
    answer = approve(estimate, {any_line.pk}, signed)
    pdf = signed_pdf(answer)
    text = text_of(pdf)
    for said in ("Line 20", "Line 30", "175.50", "87.75", "Carol Mizrahi", "203.0.113.9", "Phone/1", answer.sha256):
        assert said in text, text
    assert "Line 50" not in text, "what was not chosen is not signed"
    pictures = [one for page in pypdf.PdfReader(io.BytesIO(pdf)).pages for one in page.images]
    assert len(pictures) == 1, "the drawing"


def test_both_papers_are_printed_once_and_byte_equal_ever_after(world: World, estimate: Estimate) -> None:
    first = pdf_of(estimate)
    answer = approve(estimate, set(), Signature("Carol", drawing()))
    signed = pdf_of(estimate)
    world.carol.business = None
    world.carol.name = "Another"
    world.carol.save()
    world.shop.name = "Renamed"
    world.shop.save()
    again = Estimate.objects.get()
    assert (sent_pdf(again), signed_pdf(answer), pdf_of(again)) == (first, signed, signed) and first != signed
    assert list(ArchivedEstimate.objects.order_by("id").values_list("is_signed", flat=True)) == [False, True]
    kept = ArchivedEstimate.objects.get(is_signed=True)
    kept.file.path.write_bytes(signed + b" ")
    with pytest.raises(Altered):
        pdf_of(again)
    kept.file.path.write_bytes(signed)


def test_what_somebody_typed_is_no_mark_up(world: World) -> None:
    estimate = sent(world, text='#panic("x") *bold* $x$ \x07 \U0001f600')
    answer = approve(estimate, set(), Signature('#read("/etc/passwd")', b"", "", "<b>\x1b[31m" * 50))
    assert '#panic("x") *bold* $x$' in text_of(sent_pdf(estimate))
    assert '#read("/etc/passwd")' in text_of(signed_pdf(answer))


def test_the_papers_go_with_the_mails_and_stand_behind_the_link(world: World, client: Client) -> None:
    estimate = sent(world, deposit_percent=Decimal(50))
    Worker().run_all()
    address = reverse("estimate_paper", args=[estimate_token(estimate)])
    unsigned = client.get(address)
    assert unsigned.headers["Content-Type"] == "application/pdf" and unsigned.content == sent_pdf(estimate)
    answer = approve(estimate, set(), Signature("Carol", drawing()))
    Worker().run_all()
    assert client.get(address).content == signed_pdf(answer)
    assert answer.deposit is not None
    papers = {
        "estimate": sent_pdf(estimate),
        "estimate_approved": signed_pdf(answer),
        "estimate_answered": signed_pdf(answer),
    }
    for kind, paper in papers.items():
        enclosed = OutgoingPart.objects.filter(mail__kind=kind, content_id="")
        assert [(one.name, one.type, bytes(one.content)) for one in enclosed] == [
            ("EST-000001.pdf", "application/pdf", paper)
        ], kind
    assert "/pay/" in OutgoingMail.objects.get(kind="estimate_approved").text
