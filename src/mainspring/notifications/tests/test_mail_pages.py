"""The pages of mail out: what was sent, what could not be, its settings and its words."""

from typing import Any

import pytest
from django.test import Client

from mainspring.notifications.tests.test_telling import opened, run_everything
from mainspring.outbox.letters import LETTERS
from mainspring.outbox.models import Enclosure, MailTemplate, OutgoingMail
from world import World

WORDS = "/psa/settings/mail/words/"


@pytest.fixture
def desk(world: World, as_person: Any) -> Client:
    client: Client = as_person(world.max)
    return client


def post(key: str = "a", **more: Any) -> OutgoingMail:
    values: dict[str, Any] = {"to": [("Carol", "carol@acme.example")], "subject": "Hello", "text": "Hi", **more}
    mail = OutgoingMail.objects.post(key=key, kind=values.pop("kind", "note"), **values)
    assert mail is not None
    return mail


def test_every_mail_is_shown_by_state(world: World, desk: Client) -> None:
    sent, failed = post("a"), post("b", subject="Came to nothing")
    failed.failed("550 no such user")
    page = desk.get("/psa/mail/?state=failed").text
    assert "Came to nothing" in page
    assert "550 no such user" in page
    assert f"/psa/mail/{sent.pk}/" not in page


def test_a_failed_mail_is_tried_again_or_stopped_and_a_held_one_sent_after_all(world: World, desk: Client) -> None:
    mail = post()
    mail.failed("550 no such user")
    assert f"/psa/mail/{mail.pk}/again" in desk.get(f"/psa/mail/{mail.pk}/").text
    desk.post(f"/psa/mail/{mail.pk}/again")
    mail.refresh_from_db()
    assert mail.state == "waiting"
    desk.post(f"/psa/mail/{mail.pk}/cancel")
    mail.refresh_from_db()
    assert mail.state == "cancelled"
    held = [post(f"h{n}", pace="acknowledgement") for n in range(2)][1]
    assert "Send it after all" in desk.get(f"/psa/mail/{held.pk}/").text


def test_the_html_is_shown_in_a_frame_that_can_do_nothing(world: World, desk: Client) -> None:
    html = "<html><head></head><body><img src='cid:logo@x'><img src='https://spy.example/x.png'><script>x</script>"
    mail = post(html=html, enclosures=[Enclosure("logo.png", "image/png", b"PNG", content_id="logo@x")])
    assert 'sandbox="allow-popups' in desk.get(f"/psa/mail/{mail.pk}/").text
    frame = desk.get(f"/psa/mail/{mail.pk}/frame")
    policy = frame.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert "img-src data:;" in policy
    assert "data:image/png;base64,UE5H" in frame.text
    assert "X-Frame-Options" not in frame.headers


def test_a_link_that_opens_an_account_is_shown_to_the_owner_alone(world: World, as_person: Any) -> None:
    """Case 55: whoever may see mail must not become the owner by asking for the owner's password link."""
    mail = post(kind="password_reset", text="https://desk.example/reset/secret-key", html="<p>secret-key</p>")
    for person in (world.max, world.tess, world.fay):
        client = as_person(person)
        assert "secret-key" not in client.get(f"/psa/mail/{mail.pk}/").text + client.get("/psa/mail/").text
        assert client.get(f"/psa/mail/{mail.pk}/frame").status_code == 404
    assert "secret-key" in as_person(world.ada).get(f"/psa/mail/{mail.pk}/").text


def test_the_settings_say_how_mail_leaves_and_never_a_secret(world: World, desk: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_HOST_PASSWORD = "smtp.mainstreet.example", "smtp-secret"
    page = desk.get("/psa/settings/mail/").text
    assert "smtp.mainstreet.example" in page
    assert "smtp-secret" not in page
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "postmark-secret"}
    page = desk.get("/psa/settings/mail/").text
    assert "Postmark" in page
    assert "postmark-secret" not in page


def test_a_test_mail_goes_to_oneself_each_time(world: World, desk: Client) -> None:
    for _turn in range(2):
        assert desk.post("/psa/settings/mail/test").status_code == 303
    run_everything()
    assert [mail.state for mail in OutgoingMail.objects.to_address(world.max.email)] == ["sent", "sent"]


def test_the_words_of_a_mail_are_checked_kept_and_reset(world: World, desk: Client) -> None:
    path = f"{WORDS}ticket_opened/en/"
    assert "{{ number }}" in desk.get(path).text
    wrong = desk.post(path, {"subject": "Hi {{ nobody }}", "body": "{% if %}"})
    assert wrong.status_code == 422
    assert "There is no nobody here." in wrong.text
    assert not MailTemplate.objects.exists()
    assert desk.post(path, {"subject": "We got {{ number }}", "body": "Dear {{ customer }}"}).status_code == 303
    ticket = opened(world)
    assert OutgoingMail.objects.get().subject == f"We got {ticket.number}"
    assert "your words" in desk.get(WORDS).text
    desk.post(f"{path}reset")
    opened(world)
    assert "We have your request" in OutgoingMail.objects.latest("id").subject


def test_the_preview_shows_what_is_typed_before_it_is_kept(world: World, desk: Client) -> None:
    path = f"{WORDS}note/he/"
    typed = {"subject": "# {{ number }}", "body": "שלום {{ customer }} <script>x</script>"}
    answer = desk.post(f"{path}try", typed, headers={"HX-Request": "true"})
    assert "# 1042" in answer.text
    frame = desk.get(f"{path}frame")
    assert "שלום Sara Cohen" in frame.text
    assert "<script>" not in frame.text
    assert 'dir="rtl"' in frame.text
    assert "can&#39;t be filled in" in desk.post(f"{path}try", {"subject": "", "body": "{% if %}"}).text
    assert not MailTemplate.objects.exists()


def test_every_kind_of_mail_has_its_page_in_every_language(world: World, desk: Client) -> None:
    for kind in LETTERS:
        for language in ("en", "he"):
            assert desk.get(f"{WORDS}{kind}/{language}/").status_code == 200
            assert desk.get(f"{WORDS}{kind}/{language}/frame").status_code == 200
    assert desk.get(f"{WORDS}nothing/en/").status_code == 404
    assert desk.get(f"{WORDS}note/xx/").status_code == 404


def test_only_who_may_changes_settings_and_stops_mails(world: World, as_person: Any) -> None:
    mail = post()
    for person in (world.tess, world.fay, world.bill):
        client = as_person(person)
        assert client.get(WORDS).status_code == 403
        assert client.post("/psa/settings/mail/test").status_code == 403
        assert client.post(f"/psa/mail/{mail.pk}/cancel").status_code == 403
