"""Letters: a kind of mail, in the reader's language, from the shop's words or the built-in ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jinja2
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mainspring.core.shop import Shop
from mainspring.outbox.models import MailTemplate

Words = str | Promise

LETTERS: dict[str, "Letter"] = {}
_sandbox = ImmutableSandboxedEnvironment(undefined=jinja2.ChainableUndefined, autoescape=False)


@dataclass(frozen=True)
class Letter:
    """A kind of mail: its built-in subject and body, with the names they may use (`{{ number }}`) and an example."""

    kind: str
    label: Words
    subject: Words
    body: Words
    example: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        LETTERS[self.kind] = self

    def write(self, language: str, words: Mapping[str, Any], *, button: tuple[str, str] | None = None) -> "Written":
        """The letter in this language. `button` is (text, address) of the one thing to do next."""
        with translation.override(language):
            own = MailTemplate.objects.filter(kind=self.kind).first()
            subject = (own and own.subject.get(language)) or str(self.subject)
            body = (own and own.body.get(language)) or str(self.body)
            shop = Shop.get()
            known = {**words, "shop": {"name": shop.name, "phone": shop.phone, "email": shop.email}}
            text = _fill(body, known)
            html = render_to_string(
                "outbox/letter.html",
                {
                    "paragraphs": [part.split("\n") for part in text.split("\n\n")],
                    "button": button,
                    "shop": shop,
                    "language": language,
                    "dir": "rtl" if translation.get_language_bidi() else "ltr",
                },
            )
            footer = "\n".join(filter(None, [shop.name, shop.phone, shop.email, shop.website]))
            plain = "\n\n".join(filter(None, [text, f"{button[0]}: {button[1]}" if button else "", f"-- \n{footer}"]))
            return Written(" ".join(_fill(subject, known).split()), plain, html)


@dataclass(frozen=True)
class Written:
    """A letter as it goes out."""

    subject: str
    text: str
    html: str


def _fill(template: str, words: Mapping[str, Any]) -> str:
    """The template with its words, in a sandbox. What can't be filled prints as it was written."""
    try:
        return _sandbox.from_string(template).render(**words).strip()
    except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError):
        return template
