"""The desk: the list, writing, publishing, topics; what comes from outside and is wrong."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mainspring.core.text import Translated
from mainspring.knowledge.listing import ArticleList
from mainspring.knowledge.models import Article, Audience, Topic, Verdict
from mainspring.knowledge.tests.shelf import published, topic_of, written
from mainspring.ui.slots import finders
from world import AsPerson, World

LIST = "/psa/knowledge/"


def typed(topic: Topic, **more: str) -> dict[str, str]:
    words = {"topic": str(topic.pk), "audience": "everybody", "title_en": "Spill", "body_en": "Switch it off."}
    return words | more


def statements(client: Client, path: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len([one for one in caught.captured_queries if "SAVEPOINT" not in one["sql"]])


def test_from_the_first_topic_to_what_everybody_reads(world: World, as_person: AsPerson) -> None:
    desk = as_person(world.tess)
    assert "Nothing written yet" in desk.get(LIST).text
    assert desk.get("/psa/knowledge/write").headers["Location"] == "/psa/knowledge/topics/add"
    named = {"name_en": "Printers", "icon": "printer", "order": "1"}
    assert desk.post("/psa/knowledge/topics/add", named).status_code == 303
    sent = desk.post("/psa/knowledge/write", typed(Topic.objects.get()))
    article = Article.objects.get()
    assert sent.headers["Location"] == f"{LIST}{article.pk}/" and not article.is_published
    assert Client().get(f"/help/{article.slug}").status_code == 404
    desk.post(f"{LIST}{article.pk}/publish")
    assert "Switch it off." in Client().get(f"/help/{article.slug}").text
    desk.post(f"{LIST}{article.pk}/withdraw")
    assert Client().get(f"/help/{article.slug}").status_code == 404
    desk.post(f"{LIST}{article.pk}/remove")
    assert not Article.objects.exists() and desk.get(f"{LIST}{article.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title_en": "", "body_en": ""}, "title_en"),
        ({"title_en": ""}, "title_en"),
        ({"body_en": ""}, "body_en"),
        ({"title_he": "נשפך"}, "body_he"),
        ({"title_en": "x" * 141}, "title_en"),
        ({"body_en": "x" * 30_001}, "body_en"),
        ({"audience": "nobody"}, "audience"),
        ({"topic": "999999"}, "topic"),
        ({"title_en": "a\x00b"}, "title_en"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    world: World, as_person: AsPerson, wrong: dict[str, str], field: str
) -> None:
    answer = as_person(world.tess).post("/psa/knowledge/write", typed(topic_of(by=world.tess)) | wrong)
    assert answer.status_code == 422 and f'id="id_{field}_error"' in answer.text
    assert not Article.objects.exists()


def test_one_language_is_enough_whichever_it_is(world: World, as_person: AsPerson) -> None:
    hebrew = {"title_en": "", "body_en": "", "title_he": "נשפך", "body_he": "לכבות"}
    sent = as_person(world.tess).post("/psa/knowledge/write", typed(topic_of(by=world.tess), **hebrew))
    assert sent.status_code == 303 and Article.objects.get().languages == ["he"]


def test_saving_it_as_it_is_changes_nothing(world: World, as_person: AsPerson) -> None:
    article = written("Spill", "One.\nTwo.", by=world.tess)
    same = typed(article.topic, body_en="One.\r\nTwo.", seen=article.changed_at.isoformat())
    assert as_person(world.max).post(f"{LIST}{article.pk}/edit", same).status_code == 303
    assert Article.objects.get(pk=article.pk).changed_by == world.tess


def test_who_saves_second_is_told_and_loses_nothing(world: World, as_person: AsPerson) -> None:
    article = written("Spill", by=world.tess)
    seen = article.changed_at.isoformat()
    article.amend(by=world.max, body=Translated(en="Max wrote this."))
    desk, mine = as_person(world.tess), typed(article.topic, body_en="Tess wrote that.", seen=seen)
    refused = desk.post(f"{LIST}{article.pk}/edit", mine)
    assert refused.status_code == 422 and "Max Stern changed it meanwhile" in refused.text
    assert "Tess wrote that." in refused.text
    fresh = Article.objects.get(pk=article.pk)
    assert str(fresh.body) == "Max wrote this." and f'value="{fresh.changed_at.isoformat()}"' in refused.text
    assert desk.post(f"{LIST}{article.pk}/edit", mine | {"seen": fresh.changed_at.isoformat()}).status_code == 303
    assert str(Article.objects.get(pk=article.pk).body) == "Tess wrote that."


def test_the_preview_shows_what_its_readers_will_see_and_keeps_nothing(world: World, as_person: AsPerson) -> None:
    words = {"title_en": "<b>Spill</b>", "body_en": "## First\n<script>alert(1)</script>", "body_he": "שלום"}
    drawn = as_person(world.tess).post("/psa/knowledge/preview", words).text
    assert "<h2>First</h2>" in drawn and "שלום" in drawn
    assert "<script>" not in drawn and "<b>" not in drawn and not Article.objects.exists()


def test_the_list_is_narrowed_by_words_topic_and_state(world: World, as_person: AsPerson) -> None:
    desk = as_person(world.tess)
    published("Blank pages", by=world.tess)
    published("Channels", "kumquat", by=world.tess, topic="Network", audience=Audience.STAFF)
    written("Backups", by=world.tess)
    network = Topic.objects.get(name__en="Network")
    for query, titles in (
        ("", {"Blank pages", "Channels", "Backups"}),
        ("?q=kumq", {"Channels"}),
        (f"?topic={network.pk}", {"Channels"}),
        ("?show=public", {"Blank pages"}),
        ("?show=staff", {"Channels"}),
        ("?show=drafts", {"Backups"}),
        ("?show=odd&topic=x&sort=y&after=[1]", {"Blank pages", "Channels", "Backups"}),
        ("?q=%00&topic=99999999999999999999", {"Blank pages", "Channels", "Backups"}),
    ):
        page = desk.get(LIST + query).text
        assert {one for one in ("Blank pages", "Channels", "Backups") if f">{one}<" in page} == titles, query


def test_who_may_not_write_reads_what_is_published(world: World, as_person: AsPerson) -> None:
    desk = as_person(world.bill)
    draft = written("Kumquat", by=world.tess)
    internal = published("Internal", by=world.tess, audience=Audience.STAFF)
    for query in ("", "?show=drafts", "?q=kumquat"):
        page = desk.get(LIST + query).text
        assert ">Kumquat<" not in page and "New article" not in page
    assert desk.get(f"{LIST}{draft.pk}/").status_code == 404
    shown = desk.get(f"{LIST}{internal.pk}/").text
    assert "Only the staff reads this" in shown and "/edit" not in shown


def test_pages_of_fifty_walk_all(world: World, as_person: AsPerson) -> None:
    desk = as_person(world.tess)
    for n in range(53):
        written(f"Article {n:02}", by=world.tess)
    page = ArticleList("", "", "", "written", "").page(world.tess)
    rest = desk.get(LIST + page.next).text
    assert len(page.articles) == 50 and rest.count('<td class="wide">') == 3 and "Article 52" in rest


def test_the_pages_take_as_many_statements_for_one_as_for_many(world: World, as_person: AsPerson) -> None:
    desk = as_person(world.tess)

    def more(count: int) -> None:
        for n in range(count):
            article = published(f"Blank {n}", by=(world.tess, world.max)[n % 2], topic=f"Topic {n % 4}")
            Verdict.give(article, reader=f"reader {n}", helped=True)

    more(2)
    first = Article.objects.latest("pk")
    paths = [LIST, f"{LIST}?q=blank", f"{LIST}{first.pk}/", "/psa/knowledge/topics/", "/help/", "/help/?q=blank"]
    paths += [f"/help/{first.slug}", f"/help/topics/{first.topic.slug}", "/"]
    desk.get(LIST)
    few = {path: statements(desk, path) for path in paths}
    more(30)
    many = {path: statements(desk, path) for path in paths}
    looked_up = few.pop("/help/?q=blank"), many.pop("/help/?q=blank")
    assert few == many and max(many.values()) <= 12, many
    assert looked_up[1] <= looked_up[0] <= 15, "where much fits, nothing is looked for mistyped"


def test_ctrl_k_finds_what_the_person_may_see(world: World) -> None:
    written("Kumquat draft", by=world.tess)
    published("Kumquat internal", by=world.tess, audience=Audience.STAFF)

    def labels(person: object) -> set[str]:
        return {str(found.label) for several in finders.fill(person, "kumqat") for found in several}  # type: ignore[arg-type]

    assert labels(world.tess) == {"Kumquat draft", "Kumquat internal"}
    assert labels(world.bill) == {"Kumquat internal"}


def test_a_topic_is_changed_and_taken_away_once_it_is_empty(world: World, as_person: AsPerson) -> None:
    desk, article = as_person(world.max), written("Spill", by=world.tess)
    place = f"/psa/knowledge/topics/{article.topic_id}"
    assert desk.post(f"{place}/edit", {"name_en": "", "icon": "book", "order": "1"}).status_code == 422
    assert desk.post(f"{place}/edit", {"name_en": "Paper", "icon": "evil", "order": "1"}).status_code == 422
    assert desk.post(f"{place}/edit", {"name_en": "Paper", "icon": "book", "order": "1"}).status_code == 303
    assert str(Topic.objects.get()) == "Paper"
    assert desk.post(f"{place}/remove").status_code == 409
    article.remove(by=world.max)
    assert desk.post(f"{place}/remove").status_code == 303 and not Topic.objects.exists()
