"""Finding things, on the engine this suite runs on."""

import time as clock

import pytest
from django.db import transaction

from mainspring.core import search
from mainspring.core.search.folding import words_of
from mainspring.core.search.places import place_of

pytestmark = pytest.mark.django_db

HOSTILE = [
    "",
    " ",
    "\0",
    "printer\0blank",
    '"',
    "'",
    '"unclosed',
    "AND",
    "OR NOT",
    "a AND (b OR",
    "title:printer",
    "{title words} : x",
    "NEAR(a b, 2)",
    "^printer",
    "printer*",
    "*",
    "**",
    "-",
    "--",
    "a -b",
    "!@#$%^&*()_+[]{};:,./<>?\\|`~",
    "'; DROP TABLE core_searchdocument; --",
    "a & b | !c <-> d:*",
    ":*A",
    "\\' \\",
    "%s %d %",
    "\ud800",
    "🦄 🖨️",
    "x" * 10_000,
    "ab " * 3_400,
    "-" * 10_000,
    "1-" * 5_000,
    "é" * 10_000,
    "ﷺ" * 10_000,
    "\u202eprinter",
    "1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0",
    "+()+()+123456789012345678901234567890",
]


def found(words: str, *kinds: str, **more: bool) -> list[int]:
    return [hit.id for hit in search.find(words, kinds=kinds or ("ticket",), **more)]


def suggested(words: str) -> list[int]:
    return [hit.id for hit in search.suggest(words, kinds=("contact",))]


@pytest.fixture
def tickets() -> None:
    search.index(
        "ticket",
        1,
        title="Printer prints blank pages",
        body="HP LaserJet M404n, the toner (CF259X) is new. Call 052-555-0199. Café O’Brien",
        keys=["1042", "SN-1234"],
    )
    search.index("ticket", 2, title="המדפסת לא מדפיסה", body="הלקוח אומר שהמחשב מחובר. דו״ח מצורף. Printer is fine")
    search.index("ticket", 3, title="Laptop is slow", body="A new disk; the Größe of the łódź file")


@pytest.mark.usefixtures("tickets")
class TestFind:
    @pytest.mark.parametrize(
        ("words", "ids"),
        [
            ("printer", [2, 1]),
            ("PRINTER Blank", [1]),
            ("print", [2, 1]),
            ("prin* toner", [1]),
            ("prin toner", []),
            ("blank laptop", []),
            ("m404n", [1]),
            ("404n", [1]),
            ("laserjet M404", [1]),
            ("SN-1234", [1]),
            ("sn1234", [1]),
            ("sn 1234", [1]),
            ("234", []),
            ("cf259x", [1]),
            ("0525550199", [1]),
            ("052 555 0199", [1]),
            ("(052) 555-01", [1]),
            ("1042", [1]),
            ("#1042", [1]),
            ("cafe", [1]),
            ("CAFÉ", [1]),
            ("obrien", [1]),
            ("O'Brien", [1]),
            ("grosse", [3]),
            ("lodz", [3]),
            ("מדפסת", [2]),
            ("המדפסת", [2]),
            ("המחשב", [2]),
            ("מחשב", [2]),
            ("לקוח", [2]),
            ("הַלָּקוֹחַ", [2]),
            ('דו"ח', [2]),
            ("מדפ", [2]),
            ("nothing", []),
            ("obrien x", [1]),
            ("obrien x ", []),
            ("c", [1]),
        ],
    )
    def test_what_was_written_is_found_however_it_is_asked_for(self, words: str, ids: list[int]) -> None:
        assert found(words) == ids

    def test_a_hebrew_query_with_a_prefix_finds_the_bare_word(self) -> None:
        search.index("ticket", 4, title="מחשב נייד")
        assert found("והמחשב") == [4, 2]
        assert found("המחשב") == [4, 2]

    def test_words_of_a_later_note_count_with_the_rest(self) -> None:
        search.append("ticket", 1, "The customer brought a new cartridge")
        assert found("blank cartridge") == [1]
        assert found("printer") == [2, 1]

    def test_indexing_again_replaces_what_was_there(self) -> None:
        search.index("ticket", 1, title="Scanner")
        assert found("blank") == []
        assert found("scanner") == [1]

    def test_the_forgotten_is_not_found(self) -> None:
        search.forget("ticket", 1)
        assert found("printer") == [2]

    def test_a_note_on_a_thing_never_indexed_is_found(self) -> None:
        search.append("ticket", 9, "orphan")
        assert found("orphan") == [9]

    def test_a_text_without_words_adds_nothing(self) -> None:
        search.append("ticket", 9, "… !")
        search.index("ticket", 10, title="", body="")
        assert found("ticket") == []

    def test_titles_can_come_first(self) -> None:
        assert found("printer", newest_first=False) == [1, 2]

    def test_kinds_are_apart_and_take_turns(self) -> None:
        search.index("contact", 7, title="Printer Paul")
        search.index("contact", 8, title="Printer Petra")
        hits = search.find("printer", kinds=["ticket", "contact"])
        assert [(hit.kind, hit.id) for hit in hits] == [("ticket", 2), ("contact", 8), ("ticket", 1), ("contact", 7)]
        assert found("printer", "contact") == [8, 7]

    def test_the_limit_keeps_the_newest(self) -> None:
        assert [hit.id for hit in search.find("printer", kinds=["ticket"], limit=1)] == [2]

    @pytest.mark.parametrize("words", HOSTILE)
    def test_hostile_words_raise_nothing(self, words: str) -> None:
        found(words)
        found(words, newest_first=False)
        suggested(words)

    @pytest.mark.parametrize("words", ["-", "***", "\"\" ''", "\0\0", "…"])
    def test_punctuation_finds_nothing(self, words: str) -> None:
        assert found(words) == []

    @pytest.mark.parametrize("text", HOSTILE)
    def test_hostile_texts_are_indexed(self, text: str) -> None:
        search.index("ticket", 5, title=f"{text} marker", body=text, keys=[text])
        search.append("ticket", 5, f"{text} afterword")
        assert found("marker afterword") == [5]


@pytest.mark.parametrize("sign", ["x", "é", "1", "-", "1-", "x ", "(", "+1", "״", "א"])
def test_half_a_million_signs_are_read_in_a_moment(sign: str) -> None:
    began = clock.process_time()
    words_of(sign * (500_000 // len(sign)))
    assert clock.process_time() - began < 10


def test_the_index_follows_the_transaction() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        search.index("ticket", 1, title="Ghost")
        raise RuntimeError
    assert found("ghost") == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_committed_words_are_there_and_gone_when_the_database_is_flushed(time: str) -> None:
    assert found("committed") == []
    with transaction.atomic():
        search.index("ticket", 1, title=f"Committed {time}")
    with transaction.atomic():
        search.append("ticket", 1, "later")
    assert found(f"committed {time} later") == [1]


def test_a_huge_text_is_bounded_and_notes_on_it_still_go_in() -> None:
    search.index("ticket", 1, title="Huge", body=" ".join(f"{'ש' * 30}{number}" for number in range(30_000)))
    for note in range(3):
        search.append("ticket", 1, " ".join(f"{'ק' * 30}{note}{number}" for number in range(30_000)))
    assert found("huge") == [1]


@pytest.fixture
def people() -> None:
    for number, (name, *keys) in enumerate(
        [
            ("Carol Mizrahi", "carol@acme.example", "03-555-0142", "97235550142"),
            ("Carl Peretz", "carl@acme.example", "052-555-0199", "972525550199"),
            ("Sam Stranger", "sam@rival.example", "+1 (212) 555-0177"),
            ("José Núñez",),
            ("Microsoft Israel", "office@microsoft.example"),
            ("משה כהן", "050-1234567"),
            ("Katherine Johnson",),
        ],
        1,
    ):
        search.index("contact", number, title=name, keys=keys)


@pytest.mark.usefixtures("people")
class TestSuggest:
    @pytest.mark.parametrize(
        ("typed", "first"),
        [
            ("carol", 1),
            ("caro", 1),
            ("mizr", 1),
            ("carol miz", 1),
            ("miz carol", 1),
            ("crol", 1),
            ("karol", 1),
            ("mizarhi", 1),
            ("mizrachi", 1),
            ("carol mzirahi", 1),
            ("crl", 2),
            ("peretz carl", 2),
            ("pertez", 2),
            ("stranegr", 3),
            ("jose nunez", 4),
            ("josé", 4),
            ("soft", 5),
            ("microsfot", 5),
            ("כהן", 6),
            ("משה", 6),
            ("משה כוהן", 6),
            ("catherine jonson", 7),
            ("carol@acme", 1),
            ("carol@acme.example", 1),
            ("carl@", 2),
            ("rival", 3),
            ("0142", 1),
            ("5550142", 1),
            ("03-555 01", 1),
            ("035550142", 1),
            ("+972 3-555-0142", 1),
            ("00972 3 555 0142", 1),
            ("0525550199", 2),
            ("052.555.0199", 2),
            ("+972-52-555-0199", 2),
            ("212 555 0177", 3),
            ("2125550177", 3),
            ("1234567", 6),
        ],
    )
    def test_who_is_meant_comes_first(self, typed: str, first: int) -> None:
        assert suggested(typed)[:1] == [first]

    @pytest.mark.parametrize("typed", ["zzzz", "xqj", "9999", "carol stranger", "xylophone"])
    def test_who_is_not_there_is_not_made_up(self, typed: str) -> None:
        assert suggested(typed) == []

    def test_what_fits_comes_before_what_is_near(self) -> None:
        search.index("contact", 20, title="Caril Newcomer")
        assert suggested("carl")[0] == 2
        assert set(suggested("carl")) >= {2, 20}

    def test_the_body_suggests_nobody(self) -> None:
        search.index("contact", 21, title="Someone", body="knows Mizrahi")
        assert suggested("mizrahi") == [1]


def test_every_error_of_one_letter_is_forgiven() -> None:
    search.index("contact", 1, title="Mizrahi")
    typos = {
        "mizrahi"[:at] + letter + "mizrahi"[at + skip :]
        for at in range(1, 7)
        for letter in ("", "x")
        for skip in (0, 1)
    }
    swapped = {"mizrahi"[:at] + "mizrahi"[at + 1] + "mizrahi"[at] + "mizrahi"[at + 2 :] for at in range(6)}
    assert [typo for typo in typos | swapped if suggested(typo) != [1]] == []


def test_words_are_bounded_in_length() -> None:
    assert max(len(word.encode()) for word in words_of("ש" * 500 + " " + "a" * 500)) <= 64


def test_an_id_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="No place"):
        place_of("ticket", -1)


def test_an_excerpt_shows_the_match_and_marks_it() -> None:
    text = "Once upon a time. " * 20 + "The printer’s fuser broke. " + "And so on. " * 20
    pieces = search.excerpt(text, "PRINTER fus")
    assert [piece.text for piece in pieces if piece.is_match] == ["printer’s", "fuser"]
    assert len("".join(piece.text for piece in pieces)) <= 160
    assert "".join(piece.text for piece in pieces) in text


def test_an_excerpt_without_a_match_is_the_beginning() -> None:
    pieces = search.excerpt("Nothing of the kind", "printer")
    assert [(piece.text, piece.is_match) for piece in pieces] == [("Nothing of the kind", False)]


def test_an_excerpt_marks_a_hebrew_word_behind_its_prefix() -> None:
    assert [piece.text for piece in search.excerpt("אמר שהמחשב תקול", "מחשב") if piece.is_match] == ["שהמחשב"]
