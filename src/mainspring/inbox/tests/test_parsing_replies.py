"""The reply is the customer's own words, all of them, and nothing else where that is certain."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainspring.inbox.parsing import ParsedMail
from mainspring.inbox.parsing.reply import cut_reply

MAILS = Path(__file__).parent / "mails" / "replies"
EXPECTED: dict[str, str] = json.loads((MAILS / "expected.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_reply_of_each_mail_program_is_cut_exactly(name: str) -> None:
    mail = ParsedMail.read((MAILS / f"{name}.eml").read_bytes())
    assert mail.reply == EXPECTED[name]
    assert mail.quoted


ATTRIBUTION = "On Tue, 5 May 2020 at 12:30, Shop <help@shop.example> wrote:"


def test_answers_between_and_below_quotes_are_kept() -> None:
    text = f"Hi,\n\n{ATTRIBUTION}\n> Is it on?\nYes.\n\n> Is it red?\n\nNo.\n\nDani"
    assert cut_reply(text, answers=True).reply == "Hi,\n\nYes.\n\nNo.\n\nDani"


def test_an_answer_without_words_is_empty() -> None:
    assert cut_reply(f"{ATTRIBUTION}\n> Hello\n", answers=True).reply == ""


def test_a_forwarded_message_is_what_the_customer_says() -> None:
    text = "FYI\n\n---------- Forwarded message ---------\nFrom: X <x@y.example>\nSubject: Hi\nTo: me\n\nThe content"
    assert cut_reply(text).reply == text


def test_a_forward_of_outlook_is_kept_whole() -> None:
    text = "From: X <x@y.example>\nSent: Tuesday\nTo: me\nSubject: Hi\n\nThe content"
    assert cut_reply(text, subject="FW: Hi").reply == text
    assert cut_reply(f"See below\n\n{text}", subject="WG: Hi").reply == f"See below\n\n{text}"


PROSE = [
    "On Monday your colleague wrote:\nwe are closed.\nIs that so?",
    "From: Tel Aviv\nTo: Haifa\nDate: 5 May\n\nplease ship",
    "My order 66, as the manual wrote:\npress the button\nIt fails",
    "Steps:\n> Settings > General\nthen it crashes",
    "Options\n--\nA: yes\n--\nB: no",
    "Price list\n-----\n10 USD\n=====\nTotal 10",
    "Error at 12:30 on 5/5/2020, mail a@b.example:\nconnection lost\nplease help",
    "Visit us now for assistance...\n>>> >>>  http://www.domain.example <<<\nVisit our site",
    "--\nplease call me back, why is it off?",
]


@pytest.mark.parametrize("text", PROSE)
def test_what_only_looks_like_a_quote_is_kept(text: str) -> None:
    assert cut_reply(text, answers=True).reply == text


LINES = st.sampled_from(
    [
        "Thanks!",
        "On it!",
        "I was there on 5/5/2020 at 12:30.",
        "my mail is dani@example.co.il",
        "From: the shop",
        "To: be sure",
        "Subject: to change",
        "- one",
        "* two",
        "=====",
        "Am Montag um 12:30 komme ich",
        "Le prix est de 50",
        "he said:",
        "it is as you wrote",
        "תודה רבה",
        "בתאריך 5.5 אבוא",
        "מאת דני באהבה",
        "#1042",
        "Original Message in a bottle",
        "",
    ]
) | st.text(st.characters(codec="utf-8", categories=("L", "N")), max_size=30)
OWN_LINES = st.lists(LINES, min_size=1, max_size=12)


@settings(deadline=None)
@given(OWN_LINES, st.sampled_from(sorted(EXPECTED)))
def test_no_line_of_the_customer_is_lost(own: list[str], name: str) -> None:
    text = ParsedMail.read((MAILS / f"{name}.eml").read_bytes()).quoted
    cut = cut_reply("\n".join([*own, "", text]), answers=True)
    kept = [line.strip() for line in cut.reply.split("\n")]
    said = [line.strip() for line in own if any(letter.isalnum() for letter in line)]
    assert [line for line in said if line not in kept] == []


@settings(deadline=None)
@given(st.lists(st.text(max_size=40), max_size=30))
def test_every_line_is_in_the_reply_or_in_the_quote(lines: list[str]) -> None:
    text = "\n".join(lines)
    cut = cut_reply(text)
    given_words = sorted(text.split())
    assert sorted(f"{cut.reply}\n{cut.quoted}".split()) == given_words
