"""What a customer gets is in Hebrew when he reads Hebrew: every letter, the paper, the pages behind links."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.utils import translation

from mainspring.events.models import Event
from mainspring.outbox.letters import LETTERS
from mainspring.tickets.links import ticket_link
from mainspring.tickets.models import Ticket
from world import World

pytestmark = pytest.mark.matrix

HEBREW = range(0x590, 0x600)
ROOT = Path(__file__).parents[1]
CATALOGUE = Path("src/mainspring/locale/he/LC_MESSAGES/django.po")

# What stands between other words and is filled in later: %(name)s, {name}, {{ name }}.
NAMES = re.compile(r"%\(\w+\)[\d.]*[a-z]|\{%.+?%\}|\{\{ \w+ \}\}|(?<!\{)\{\w+\}(?!\})")
WORDS = re.compile(r"[A-Za-z]")
SAME = {"API", "CSV", "Mainspring", "PDF", "STARTTLS", "TLS", "Webhooks"}

# As in the Makefile's `messages`.
KEYWORDS = DEFAULT_KEYWORDS | parse_keywords(["gettext_lazy", "pgettext_lazy:1c,2", "ngettext:1,2", "gettext_noop"])


def is_hebrew(text: str) -> bool:
    return any(ord(sign) in HEBREW for sign in text)


def catalogue() -> Iterator[Message]:
    with (ROOT / CATALOGUE).open("rb") as file:
        found: Catalog = read_po(file, locale="he")
    return (message for message in found if message.id)


def pairs(message: Message) -> list[tuple[str, str]]:
    """Each English form with its Hebrew one: one, or one and many."""
    return list(zip(forms(message.id), forms(message.string), strict=True))


def forms(words: object) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(cast("Sequence[str]", words))


@pytest.mark.parametrize("kind", sorted(LETTERS))
@pytest.mark.django_db
def test_every_letter_has_hebrew_words_with_the_same_names(kind: str) -> None:
    letter = LETTERS[kind]
    english, hebrew = letter.built_in("en"), letter.built_in("he")
    assert is_hebrew(hebrew[1]), kind
    letter.check(*hebrew)
    for name in letter.names:
        assert (f"{{{{ {name} }}}}" in english[1]) == (f"{{{{ {name} }}}}" in hebrew[1]), name


@pytest.mark.django_db
def test_the_tickets_page_speaks_hebrew_and_runs_from_the_right(world: World, client: Client) -> None:
    ticket = Ticket.objects.open("המסך שבור", by=world.fay, contact=world.carol)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "he"
    with translation.override("en"):
        shown = client.get("/" + ticket_link(ticket, world.carol).split("/", 3)[3]).content.decode()
    assert 'dir="rtl"' in shown and "חדש" in shown


@pytest.mark.parametrize("words", ["Amount due", "What was done", "Work performed", "Still to pay", "Pay now"])
def test_the_words_of_the_paper_and_the_pay_page_are_translated(words: str) -> None:
    with translation.override("he"):
        assert is_hebrew(translation.gettext(words))


@pytest.mark.django_db
def test_names_in_latin_letters_leave_a_hebrew_sentence_in_its_order(world: World) -> None:
    ticket = Ticket.objects.open("The screen is broken", by=world.fay, contact=world.carol)
    opened = Event.objects.of_stream(f"ticket:{ticket.pk}").get(kind="ticket.opened")
    with translation.override("he"):
        assert str(opened) == f"\u2068{world.fay.name}\u2069: פתיחת הפנייה"
    with translation.override("en"):
        assert str(opened) == f"{world.fay.name} opened the ticket"


def test_every_string_of_the_catalogue_has_hebrew_with_the_same_names() -> None:
    for message in catalogue():
        assert not message.fuzzy, message.id
        for english, hebrew in pairs(message):
            assert is_hebrew(hebrew) or english in SAME or not WORDS.search(NAMES.sub("", english)), english
            assert sorted(NAMES.findall(english)) == sorted(NAMES.findall(hebrew)), f"{english} | {hebrew}"


def test_every_string_of_the_code_is_in_the_catalogue() -> None:
    """Whoever adds an English string runs `make messages` and writes its Hebrew into the catalogue."""
    known = {(message.context, message.id) for message in catalogue() if all(hebrew for _, hebrew in pairs(message))}
    with (ROOT / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)
    found = extract_from_dir(ROOT / "src/mainspring", methods, options, keywords=KEYWORDS)
    missing = sorted({f"{file}: {words}" for file, _, words, _, context in found if (context, words) not in known})
    assert missing == [], "\n".join(
        ["Run `make messages`, then write Hebrew into " + str(CATALOGUE) + " for:", *missing]
    )
