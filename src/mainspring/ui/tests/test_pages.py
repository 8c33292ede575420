"""How views answer, what goes with every answer, and what a refusal says."""

import re
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils.translation import gettext_lazy
from jinja2 import Environment

import mainspring
from mainspring.ui import errors, pages, patterns
from mainspring.ui.engine import attrs, environment
from mainspring.ui.middleware import policy, security_headers
from world import AsPerson, World

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
TEMPLATES = sorted(Path(mainspring.__file__).parent.glob("*/templates/**/*.html"))


def asked(path: str = "/psa/", **headers: str) -> HttpRequest:
    request = RequestFactory().get(path, headers=headers)
    request.session = {}  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    return request


def test_a_redirect_is_one_for_browsers_and_an_order_for_htmx() -> None:
    plain = pages.see_other(asked(), "/psa/tickets/")
    assert (plain.status_code, plain.headers["Location"]) == (303, "/psa/tickets/")
    told = pages.see_other(asked(**HTMX), "/psa/tickets/")
    assert (told.status_code, told.headers["HX-Redirect"]) == (200, "/psa/tickets/")


def test_a_fragment_brings_what_there_is_to_say() -> None:
    request = asked(**HTMX)
    pages.toast(request, "Taken from the shelf <2>", undo_url="/psa/undo/7")
    drawn = pages.said(request).content.decode()
    assert 'hx-swap-oob="beforeend:#toasts"' in drawn
    assert "Taken from the shelf &lt;2&gt;" in drawn
    assert 'action="/psa/undo/7"' in drawn
    assert pages.said(asked(**HTMX)).content == b""


def test_a_refusal_is_a_page_or_a_toast_with_the_same_status() -> None:
    page = pages.refuse(asked(), "The shelf is empty.", status=422)
    assert page.status_code == 422
    assert b"<h1" in page.content
    toast = pages.refuse(asked(**HTMX), "The shelf is empty.", status=422)
    assert toast.status_code == 422
    assert toast.headers["HX-Retarget"] == "#toasts"
    assert b"<h1" not in toast.content


@pytest.mark.parametrize(
    ("view", "status"),
    [(errors.bad_request, 400), (errors.forbidden, 403), (errors.not_found, 404), (errors.forged, 403)],
)
def test_a_refusal_needs_no_database(view: Callable[[HttpRequest], HttpResponse], status: int) -> None:
    assert view(asked()).status_code == status


def test_a_broken_server_answers_without_database_and_session() -> None:
    answer = errors.server_error(RequestFactory().get("/psa/"))
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()


def test_every_answer_carries_the_rules_and_a_view_may_loosen_its_own() -> None:
    strict = security_headers(lambda request: HttpResponse())(asked())
    assert strict.headers["Content-Security-Policy"] == policy()
    assert "unsafe" not in policy()
    assert strict.headers["Cache-Control"] == "no-store"
    own = policy(frame_ancestors="'self'")
    loose = HttpResponse(headers={"Content-Security-Policy": own, "Cache-Control": "private, max-age=60"})
    answered = security_headers(lambda request: loose)(asked())
    assert answered.headers["Content-Security-Policy"] == own
    assert answered.headers["Cache-Control"] == "private, max-age=60"


def test_a_wrong_method_is_refused_in_words_and_names_the_right_ones(client: Client) -> None:
    answer = client.get("/switch")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert b"<h1" in answer.content


def test_language_and_look_are_switched_and_never_lead_elsewhere(client: Client) -> None:
    answer = client.post("/switch", {"language": "he", "theme": "dark", "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "he"
    assert answer.cookies["theme"].value == "dark"
    odd = client.post("/switch", {"language": "xx", "theme": "<b>"})
    assert not odd.cookies


def test_the_shops_colour_is_a_stylesheet_and_nothing_but_a_colour(world: World, client: Client) -> None:
    assert client.get("/brand.css").content == b":root{--accent-brand:#2f6f5e}"
    world.shop.colour = "}*{x:y"
    world.shop.save()
    assert client.get("/brand.css").content == b""


def test_the_frame_costs_no_query_but_the_session_and_the_person(
    world: World, client: Client, settings: pytest.FixtureRequest, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    settings.PATTERNS = True  # type: ignore[attr-defined]
    client.force_login(world.ada)
    client.get("/psa/patterns/door")
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        assert client.get("/psa/patterns/door").status_code == 200


def test_patterns_are_not_shown_in_production(client: Client) -> None:
    assert client.get("/psa/patterns").status_code == 404


def test_attributes_are_escaped_even_when_a_translation_or_an_amount_is_markup() -> None:
    drawn = environment().from_string(
        '{{ {"title": _("Say") ~ "\\"", "hx_post": "/a", "hidden": True, "x": None}|attrs }}'
    )
    assert drawn.render() == ' title="Say&#34;" hx-post="/a" hidden'
    assert attrs({"placeholder": gettext_lazy("Name")}) == ' placeholder="Name"'


def test_a_field_says_what_is_wrong_where_it_is_wrong() -> None:
    form = patterns.CustomerForm({"email": "sara@"})
    template = environment(loader=None).from_string("{{ widget(form.email) }}")
    assert 'aria-invalid="true"' in template.render(form=form)
    assert 'aria-describedby="id_email_helptext id_email_error"' in template.render(form=form)
    assert "is-invalid" in template.render(form=form)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_page_has_inline_scripts_or_styles(path: Path) -> None:
    """The browser would refuse them. Mails are not pages: their style must be inline."""
    text = path.read_text()
    if path.parent.name != "outbox":
        assert "style=" not in text
        assert "<style" not in text
        assert not re.search(r"\son[a-z]+=", text)
        assert "<script>" not in text
        assert "hx-on" not in text
        assert "js:" not in text


@pytest.mark.django_db
def test_a_page_with_a_form_compiles_no_template_twice(world: World, as_person: AsPerson) -> None:
    client = as_person(world.fay)
    client.get("/psa/tickets/new")
    with patch.object(Environment, "compile", side_effect=AssertionError("compiled again")):
        assert client.get("/psa/tickets/new").status_code == 200
