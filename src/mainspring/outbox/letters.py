"""Letters: a kind of mail, in the reader's language, from the shop's words or the built-in ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import jinja2
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mainspring.core.shop import Shop
from mainspring.core.slots import Slot
from mainspring.outbox.addresses import one_line
from mainspring.outbox.markup import Block, blocks, shield, unshield
from mainspring.outbox.models import Enclosure, MailTemplate

Words = str | Promise
SHOP = ("shop_name", "shop_phone", "shop_email", "shop_address", "shop_hours")
PLAIN = (str, int, bool, type(None))

LETTERS: dict[str, "Letter"] = {}

shop_logo: Slot[[Shop], Enclosure] = Slot()
"""Filled by whoever keeps files: the shop's logo as a small picture."""


class Sandbox(ImmutableSandboxedEnvironment):
    """Templates that people write: no globals, no attributes, no calls, nothing that grows without bound."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        raise jinja2.exceptions.SecurityError(f"{operator} is not allowed here.")

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return False

    def is_safe_callable(self, obj: Any) -> bool:
        return False


def _sandbox(finalize: Callable[[Any], str]) -> Sandbox:
    made = Sandbox(undefined=jinja2.ChainableUndefined, autoescape=False, finalize=finalize)
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in ("upper", "lower", "title", "trim", "default", "capitalize")}
    return made


_bodies = _sandbox(lambda value: shield("" if value is None else str(value)))


@dataclass(frozen=True)
class Written:
    """A letter as it goes out."""

    subject: str
    text: str
    html: str
    language: str
    pictures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True)
class Letter:
    """A kind of mail: its built-in subject and body, and the names they may use (`{{ number }}`) with an example.

    A secret one opens a door to whoever reads it (a password link): the mail pages don't show it to everybody.
    """

    kind: str
    label: Words
    subject: Words
    body: Words
    example: Mapping[str, Any] = field(default_factory=dict)
    is_secret: bool = False

    def __post_init__(self) -> None:
        if LETTERS.setdefault(self.kind, self) is not self:
            raise ValueError(f"The letter {self.kind} is declared twice.")

    @property
    def names(self) -> list[str]:
        """The variables that its words may use."""
        return [*self.example, *SHOP]

    def words(self, language: str) -> tuple[str, str]:
        """Subject and body in this language: the shop's own, else the built-in ones."""
        own = MailTemplate.objects.filter(kind=self.kind).first()
        subject, body = self.built_in(language)
        return (own and own.subject.get(language)) or subject, (own and own.body.get(language)) or body

    def built_in(self, language: str) -> tuple[str, str]:
        with translation.override(language):
            return str(self.subject), str(self.body)

    def check(self, subject: str, body: str) -> None:
        """Raises ValidationError, in plain words, for a wording that could not be filled."""
        for words in (subject, body):
            try:
                unknown = find_undeclared_variables(_bodies.parse(words)) - set(self.names)
                _fill(words, dict.fromkeys(self.names, "x"))
            except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError) as error:
                raise ValidationError(_("This can't be filled in: %(why)s") % {"why": error}) from error
            if unknown:
                names = ", ".join(sorted(unknown))
                raise ValidationError(_("There is no %(names)s here.") % {"names": names})

    def write(
        self, language: str, values: Mapping[str, Any], *, subject: str | None = None, body: str | None = None
    ) -> Written:
        """The letter in this language. Without a wording of one's own (a preview) the shop's or the built-in is taken.

        A wording that fails falls back to the built-in one: a mail is never lost by a template.
        """
        own_subject, own_body = self.words(language)
        first_subject, first_body = self.built_in(language)
        shop = Shop.get()
        known = {name: value if isinstance(value, PLAIN) else str(value) for name, value in values.items()}
        known |= shop_values(shop)
        title = _filled(own_subject if subject is None else subject, first_subject, known)
        story = list(blocks(_filled(own_body if body is None else body, first_body, known)))
        return _drawn(shop, language, one_line(unshield(title)), story)


def is_secret(kind: str) -> bool:
    """Whether mails of this kind may hold a key. One that Django itself wrote counts as such."""
    return LETTERS[kind].is_secret if kind in LETTERS else kind == "django"


def shop_values(shop: Shop) -> dict[str, str]:
    """What every letter may say about us."""
    address = ", ".join(filter(None, (shop.street, f"{shop.postcode} {shop.city}".strip())))
    return dict(zip(SHOP, (shop.name, shop.phone, shop.email, address, shop.hours), strict=True))


def _fill(words: str, values: Mapping[str, Any]) -> str:
    return _compiled(words).render(**values)


@lru_cache(256)
def _compiled(words: str) -> jinja2.Template:
    return _bodies.from_string(words)


def _filled(words: str, built_in: str, values: Mapping[str, Any]) -> str:
    try:
        return _fill(words, values)
    except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError):
        return _fill(built_in, values)


def _drawn(shop: Shop, language: str, subject: str, story: list[Block]) -> Written:
    contact = shop_values(shop)
    pictures = tuple(shop_logo.fill(shop)[:1])
    with translation.override(language):
        html = render_to_string(
            "outbox/letter.html",
            {
                "subject": subject,
                "blocks": story,
                "shop": shop,
                "contact": contact,
                "ink": ink_on(shop.colour),
                "language": language,
                "dir": "rtl" if translation.get_language_bidi() else "ltr",
                "logo": pictures[0].content_id if pictures else "",
            },
        )
    footer = "\n".join(filter(None, (*contact.values(), shop.website)))
    text = "\n\n".join([*(block.text for block in story), f"-- \n{footer}"])
    return Written(subject, text, html, language, pictures)


def ink_on(colour: str) -> str:
    """Black or white, whichever reads better on the colour (relative luminance as in WCAG 2.2)."""
    try:
        channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    except ValueError:
        return "#ffffff"
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return "#ffffff" if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.3 else "#111111"
