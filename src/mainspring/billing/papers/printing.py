"""Drawing a paper with Typst, and embedding the e-invoice. The same paper gives the same bytes."""

import io
import json
import tempfile
from functools import cache
from pathlib import Path

import segno
import typst
from facturx import generate_from_binary
from PIL import Image

from mainspring.billing.papers.einvoice import cross_industry_invoice
from mainspring.billing.papers.reading import InvoicePaper

HERE = Path(__file__).resolve().parent
FONTS = HERE / "fonts"
MOST_PIXELS = 4_000_000


@cache
def compiler() -> typst.Compiler:
    """The compiler, kept warm, with our fonts alone and an empty root: a template can read nothing of the machine."""
    root = Path(tempfile.mkdtemp(prefix="mainspring-paper-"))
    (root / "invoice.typ").write_text((HERE / "invoice.typ").read_text())
    return typst.Compiler(root / "invoice.typ", root=root, font_paths=[FONTS], ignore_system_fonts=True)


def print_paper(paper: InvoicePaper) -> bytes:
    """The PDF/A-3 with its Factur-X data. All texts go in as data, never as mark-up."""
    words = {
        **paper.words,
        "qr": segno.make(paper.words["link"], error="m").svg_inline(border=0, scale=4) if paper.words["link"] else "",
        "logo": list(safe_logo(paper.logo)),
    }
    drawn = compiler().compile(
        sys_inputs={"paper": json.dumps(words, ensure_ascii=False), "at": paper.issued_at.strftime("%Y-%m-%d")},
        format="pdf",
        pdf_standards=["a-3b"],
    )
    return generate_from_binary(
        drawn,
        cross_industry_invoice(paper),
        flavor="factur-x",
        level="en16931",
        check_xsd=False,
        lang=paper.language,
        pdf_metadata={
            "author": paper.shop.name,
            "title": paper.code,
            "subject": paper.code,
            "keywords": "Factur-X",
        },
        afrelationship="data",
    )


def safe_logo(content: bytes) -> bytes:
    """The logo as a PNG of a sensible size; nothing for what is no picture, so that the name is printed."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return b""
            made = io.BytesIO()
            picture.convert("RGBA").save(made, "PNG")
            return made.getvalue()
    except (OSError, ValueError, Image.DecompressionBombError):
        return b""
