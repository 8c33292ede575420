"""Bounces are tied to the right address; what only sounds like one is not."""

import json
from pathlib import Path

import pytest

from mainspring.inbox.parsing import ParsedMail

MAILS = Path(__file__).parent / "mails"
EXPECTED = json.loads((MAILS / "bounces" / "expected.json").read_text(encoding="utf-8"))
OTHERS = sorted(path.stem for path in (MAILS / "not_bounces").glob("*.eml"))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_bounce_names_the_address_and_whether_it_is_final(name: str) -> None:
    mail = ParsedMail.read((MAILS / "bounces" / f"{name}.eml").read_bytes())
    assert mail.bounce is not None
    assert list(mail.bounce.addresses) == EXPECTED[name]["addresses"]
    assert mail.bounce.permanent == EXPECTED[name]["permanent"]
    assert not mail.may_be_answered_automatically


@pytest.mark.parametrize("name", ["postfix", "exim", "qmail", "gmail", "yahoo", "sendmail", "ses"])
def test_a_bounce_names_the_message_that_did_not_arrive(name: str) -> None:
    mail = ParsedMail.read((MAILS / "bounces" / f"{name}.eml").read_bytes())
    assert mail.bounce is not None
    assert mail.bounce.original_message_id == "<out-42@shop.example>"


@pytest.mark.parametrize("name", OTHERS)
def test_what_only_sounds_like_a_bounce_is_none(name: str) -> None:
    assert ParsedMail.read((MAILS / "not_bounces" / f"{name}.eml").read_bytes()).bounce is None


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (vacation)",
        "X-Auto-Response-Suppress: All",
        "Precedence: auto_reply",
        "X-Autoreply: yes",
        "X-Autorespond: away",
        "Subject: Automatic reply: laptop",
        "Subject: =?utf-8?B?16rXqdeV15HXlCDXkNeV15jXldee15jXmdeq?=: laptop",
        "Subject: Abwesenheitsnotiz: laptop",
        "Subject: Réponse automatique : laptop",
        "Subject: Re: Out of Office",
    ],
)
def test_an_automatic_answer_is_recognised(header: str) -> None:
    mail = ParsedMail.read(f"From: a@b.example\n{header}\n\nI am away\n".encode())
    assert mail.auto_reply
    assert mail.auto_reply_reason
    assert not mail.may_be_answered_automatically


@pytest.mark.parametrize(
    "header", ["Auto-Submitted: no", "Subject: My office is out of paper", "X-Autoreply: no", "Precedence: normal"]
)
def test_a_person_is_not_taken_for_a_machine(header: str) -> None:
    mail = ParsedMail.read(f"From: a@b.example\n{header}\n\nHello\n".encode())
    assert not mail.auto_reply
    assert mail.may_be_answered_automatically


@pytest.mark.parametrize("header", ["List-Id: <a.b>", "Precedence: bulk", "Return-Path: <>", "X-Mainspring-Loop: shop"])
def test_lists_machines_and_our_own_mail_get_no_automatic_answer(header: str) -> None:
    assert not ParsedMail.read(f"From: a@b.example\n{header}\n\nHello\n".encode()).may_be_answered_automatically
