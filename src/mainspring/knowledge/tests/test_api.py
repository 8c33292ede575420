"""The API: the staff reads and writes by its permissions, a customer's program reads the help."""

from typing import Any

import pytest

from api_world import Caller, caller
from mainspring.core.text import Translated
from mainspring.knowledge.models import Article, Audience
from mainspring.knowledge.tests.shelf import published, topic_of, written
from world import World


def sent(world: World, **more: Any) -> dict[str, Any]:
    words = {"topicId": topic_of(by=world.max).pk, "title": {"en": "Spill"}, "body": {"en": "**Off**."}}
    return words | more


def test_an_article_is_written_changed_published_and_taken_back(world: World) -> None:
    tess = caller(world.tess)
    made = tess.post("/articles", sent(world)).json()
    assert made["publishedAt"] is None and made["url"] == "" and made["title"] == {"en": "Spill", "he": ""}
    place = f"/articles/{made['id']}"
    changed = tess.patch(place, {"title": {"en": "Spill", "he": "נשפך"}, "body": {"en": "Off", "he": "לכבות"}})
    assert changed.json()["title"]["he"] == "נשפך"
    assert tess.post(f"{place}/publish").json()["url"].endswith("/help/spill")
    assert tess.post(f"{place}/withdraw").json()["publishedAt"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": {}},
        {"title": {"he": "נשפך"}},
        {"body": {"en": " "}},
        {"audience": "nobody"},
        {"topicId": 999_999},
        {"title": {"fr": "x"}},
        {"title": {"en": "a\u0000"}},
        {"slug": "mine"},
    ],
)
def test_what_is_wrong_is_422(world: World, wrong: dict[str, Any]) -> None:
    assert caller(world.tess).post("/articles", sent(world, **wrong)).status_code == 422
    assert not Article.objects.exists()


def test_a_change_leaves_no_language_half(world: World) -> None:
    article = written("Spill", by=world.tess)
    assert caller(world.tess).patch(f"/articles/{article.pk}", {"title": {"he": "נשפך"}}).status_code == 422


def test_who_may_not_write_gets_no_drafts(world: World) -> None:
    draft, shown = written("Draft", by=world.tess), published("Ours", by=world.tess, audience=Audience.STAFF)
    bill = caller(world.bill)
    assert [one["id"] for one in bill.get("/articles").json()["items"]] == [shown.pk]
    assert bill.get(f"/articles/{draft.pk}").status_code == 404
    assert len(caller(world.tess).get("/articles?audience=everybody").json()["items"]) == 1


def test_a_customers_program_reads_in_his_language(world: World) -> None:
    article = published("Spill", "**Off**.", by=world.tess)
    article.amend(by=world.tess, title=Translated(en="Spill", he="נשפך"), body=Translated(en="**Off**.", he="לכבות"))
    carol: Caller = caller(world.carol)
    read = carol.get(f"/my/articles/{article.pk}", Accept_Language="en").json()
    assert read["html"] == "<p><strong>Off</strong>.</p>" and read["url"].endswith("/help/spill")
    assert carol.get("/my/articles", Accept_Language="he").json()["items"][0]["title"] == "נשפך"
    assert carol.get("/my/articles?q=nothing").json()["items"] == []
