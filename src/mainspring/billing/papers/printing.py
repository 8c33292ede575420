"""Drawing a paper with Typst, and embedding the e-invoice. The same paper gives the same bytes."""

import io
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst
from PIL import Image

from mainspring.billing.papers.einvoice import cross_industry_invoice
from mainspring.billing.papers.reading import InvoicePaper

HERE = Path(__file__).resolve().parent
FONTS = HERE / "fonts"
MOST_PIXELS = 4_000_000
UNKNOWN = ("?", "")
"""What stands for a sign that can't be drawn, and for a control character."""


@cache
def compiler(template: Path) -> typst.Compiler:
    """The compiler of a template, kept warm, with our fonts alone. Its root is empty but for the template and what all
    papers share: it can read nothing of the machine.
    """
    root = Path(tempfile.mkdtemp(prefix="mainspring-paper-"))
    for one in (template, HERE / "house.typ"):
        (root / one.name).write_text(one.read_text())
    return typst.Compiler(root / template.name, root=root, font_paths=[FONTS], ignore_system_fonts=True)


@cache
def drawable() -> frozenset[int]:
    """The signs our fonts can draw, and those that only steer the others."""
    from fontTools.ttLib import TTFont  # not at every start of a command

    known = {code for font in FONTS.glob("*.ttf") for code in TTFont(font, lazy=True).getBestCmap()}
    return frozenset(known | {ord(sign) for sign in "\n\t\u200e\u200f\u2066\u2067\u2068\u2069"})


def printable(words: Any) -> Any:
    """The words without what no font has and PDF/A refuses: control characters go, others become a question mark."""
    if isinstance(words, str):
        return "".join(sign if ord(sign) in drawable() else UNKNOWN[sign < " "] for sign in words)
    elif isinstance(words, list):
        return [printable(word) for word in words]
    elif isinstance(words, dict):
        return {key: printable(word) for key, word in words.items()}
    else:
        return words


def draw(template: Path, words: dict[str, Any], logo: bytes, *, at: str = "", lasts: bool = False) -> bytes:
    """The PDF of a template of Typst. All texts go in as data, never as mark-up.

    `words` are its texts in the reader's language, `at` its day (like 2026-11-25); with `link` in the words there is a
    `qr` of it. What `lasts` is PDF/A-3, to be archived. The same words give the same bytes.
    """
    link = words.get("link", "")
    said = {
        **printable(words),
        "qr": segno.make(link, error="m").svg_inline(border=0, scale=4) if link else "",
        "logo": list(safe_logo(logo)),
    }
    drawn = compiler(template).compile(
        sys_inputs={"paper": json.dumps(said, ensure_ascii=False), "at": at},
        format="pdf",
        pdf_standards=["a-3b"] if lasts else [],
    )
    assert isinstance(drawn, bytes), "A PDF is one file."
    return drawn


def print_paper(paper: InvoicePaper) -> bytes:
    """The PDF/A-3 with its Factur-X data."""
    from facturx import generate_from_file  # half a second, not at every start of a command

    at = paper.invoice.issued_at.strftime("%Y-%m-%d")
    drawn = draw(HERE / "invoice.typ", paper.words, paper.logo, at=at, lasts=True)
    made = io.BytesIO(drawn)
    generate_from_file(
        made,
        cross_industry_invoice(paper),
        flavor="factur-x",
        level="en16931",
        check_xsd=False,
        lang=paper.invoice.language,
        pdf_metadata={
            "author": paper.shop.name,
            "title": paper.invoice.code,
            "subject": paper.invoice.code,
            "keywords": "Factur-X",
        },
        afrelationship="data",
    )
    return made.getvalue()


def print_statement(words: dict[str, Any], logo: bytes) -> bytes:
    """The PDF of a statement of account; `words` are all its texts, in the reader's language."""
    return draw(HERE / "statement.typ", words, logo)


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
