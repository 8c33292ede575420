"""Sending by SMTP, when all goes well and when it doesn't."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.core.mail import send_mail
from django.utils import timezone

from mainspring.events.models import Event
from mainspring.outbox.models import Enclosure, OutgoingMail
from mainspring.outbox.models.mail import BACK_OFF
from mainspring.outbox.seals import Seal
from mainspring.outbox.tasks import send
from smtp_double import SmtpDouble, smtp_double
from world import World


@pytest.fixture
def smtp(settings: Any) -> Iterator[SmtpDouble]:
    with smtp_double() as double:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", double.port, 5
        yield double


def post(key: str = "a", **more: Any) -> OutgoingMail:
    values = {"to": [("Carol", "carol@acme.example")], "subject": "שלום", "text": "Hi", "html": "<p>Hi</p>", **more}
    mail = OutgoingMail.objects.post(key=key, kind="note", seal=Seal("ticket:1", "contact:1"), **values)
    assert mail is not None
    return mail


def sent(mail: OutgoingMail) -> OutgoingMail:
    OutgoingMail.objects.filter(pk=mail.pk, state="waiting").update(not_before=timezone.now())
    send.func(mail.pk)
    mail.refresh_from_db()
    return mail


def arrived(smtp: SmtpDouble) -> EmailMessage:
    message = message_from_bytes(smtp.taken[-1], policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_mail_arrives_whole(world: World, smtp: SmtpDouble) -> None:
    invite = Enclosure("invite.ics", "text/calendar", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", method="REQUEST")
    paper = Enclosure("חשבונית.pdf", "application/pdf", b"%PDF-1.7")
    logo = Enclosure("logo.png", "image/png", b"\x89PNG", content_id="logo@mainspring")
    mail = sent(post(enclosures=[invite, paper, logo], reply_to="desk+x@mainstreet.example"))
    message = arrived(smtp)
    assert mail.state == "sent"
    assert message["Message-ID"] == mail.message_id
    assert (message["Subject"], message["Reply-To"]) == ("שלום", "desk+x@mainstreet.example")
    assert message["From"] == "Main Street Repairs <desk@mainstreet.example>"
    parts = {part.get_content_type(): part for part in message.walk()}
    assert parts["text/calendar"].get_param("method") == "REQUEST"
    assert parts["application/pdf"].get_filename() == "חשבונית.pdf"
    assert parts["image/png"]["Content-ID"] == "<logo@mainspring>"
    assert parts["text/html"].get_content().strip() == "<p>Hi</p>"
    assert Event.objects.filter(kind="mail.sent", stream="ticket:1").exists()


def test_a_refusal_for_good_is_visible_and_not_tried_again(world: World, smtp: SmtpDouble) -> None:
    smtp.refuse_recipient = "550 5.1.1 No such user"
    mail = sent(post())
    assert (mail.state, "No such user" in mail.error) == ("failed", True)
    smtp.refuse_recipient = ""
    assert mail.send_again(by=world.max)
    assert sent(mail).state == "sent"


def test_a_refusal_for_now_is_tried_again_until_the_waits_are_used_up(world: World, smtp: SmtpDouble) -> None:
    smtp.refuse_recipient = "451 4.3.0 Try later"
    mail = sent(post())
    assert (mail.state, mail.attempts) == ("waiting", 1)
    assert mail.not_before > timezone.now()
    for _turn in BACK_OFF:
        assert mail.state == "waiting"
        sent(mail)
    assert mail.state == "failed"


def test_a_server_that_hangs_up_after_the_data_gets_the_same_message_id_again(world: World, smtp: SmtpDouble) -> None:
    smtp.answers = ["drop"]
    mail = sent(post())
    assert mail.state == "waiting"
    assert sent(mail).state == "sent"
    assert smtp.message_ids == [mail.message_id] * 2


def test_a_later_mail_waits_for_the_one_that_could_not_leave(world: World, smtp: SmtpDouble) -> None:
    smtp.answers = ["451 later"]
    first, second = post("a"), post("b")
    sent(first)
    assert sent(second).state == "waiting"
    assert sent(first).state == "sent"
    assert sent(second).state == "sent"
    assert smtp.message_ids == [first.message_id, second.message_id]


def test_nothing_is_lost_when_the_server_is_away(world: World, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert sent(post()).state == "waiting"


def test_the_embedded_default_shows_every_mail(world: World, settings: Any) -> None:
    settings.EMAIL_BACKEND = "mainspring.outbox.backends.ShownBackend"
    assert sent(post()).state == "sent"
    assert OutgoingMail.objects.count() == 1
    send_mail("Your password", "Set it here", None, ["tess@mainstreet.example"])
    shown = OutgoingMail.objects.latest("id")
    assert (shown.subject, shown.state, shown.address) == ("Your password", "sent", "tess@mainstreet.example")
