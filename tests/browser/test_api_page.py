"""The page of the API: an operation is tried from it, under our strict policy, with a token that stays in the tab."""

import json
from typing import Any

import pytest

from api_world import caller
from world import build_world

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_operation_is_tried_from_the_page(sit_down: Any) -> None:
    world = build_world()
    page = sit_down(width=1280)
    page.goto("/api/#me")
    page.fill("#token", caller(world.tess).bearer)
    page.click("#me .attempt button")
    page.wait_for_selector("#me .attempt-answer pre:has-text('Tess Amir')")
    assert "200" in page.inner_text("#me .attempt-answer p")
    page.reload()
    assert page.input_value("#token").startswith("msp_")


def test_a_ticket_is_opened_from_the_page(sit_down: Any) -> None:
    world = build_world()
    page = sit_down(width=390)
    page.goto("/api/#open_ticket")
    page.fill("#token", caller(world.fay).bearer)
    page.fill("#open_ticket-body", json.dumps({"subject": "It hums", "contactId": world.carol.pk}))
    page.click("#open_ticket .attempt button")
    page.wait_for_selector("#open_ticket .attempt-answer pre:has-text('It hums')")
    assert "201" in page.inner_text("#open_ticket .attempt-answer p")
