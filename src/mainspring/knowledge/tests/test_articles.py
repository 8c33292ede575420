"""Articles: their states and addresses, what is told of them, and who may see which."""

import re

import pytest
from django.db.models import ProtectedError

from api_world import account_of
from mainspring.core import search
from mainspring.core.text import Translated
from mainspring.events.models import Event
from mainspring.knowledge.models import ARTICLE, HELP, Article, Audience, Topic, Verdict, Verdicts, addresses
from mainspring.knowledge.tests.shelf import published, topic_of, written
from world import World


def kinds(article: Article) -> list[str]:
    return list(Event.objects.of_stream(f"article:{article.pk}").values_list("kind", flat=True))


def test_each_act_is_told_once(world: World) -> None:
    article = written("Spill", by=world.tess)
    article.publish(by=world.max)
    article.publish(by=world.max)
    Article.objects.get(pk=article.pk).publish(by=world.max)
    article.amend(by=world.max, title=Translated(en="Spills"), is_pinned=True)
    article.amend(by=world.max, is_pinned=True)
    article.withdraw(by=world.max)
    Article.objects.get(pk=article.pk).withdraw(by=world.max)
    article.remove(by=world.max)
    acts = ["added", "published", "changed", "withdrawn", "deleted"]
    assert list(Event.objects.filter(kind__startswith="article.").order_by("id").values_list("kind", flat=True)) == [
        f"article.{act}" for act in acts
    ]


def test_the_trail_keeps_each_language_before_and_after(world: World) -> None:
    article = written("Spill", by=world.tess)
    article.amend(by=world.max, title=Translated(en="Spill", he="נשפך"))
    told = Event.objects.get(kind="article.changed")
    assert told.data["changes"] == {"title_he": ["", "נשפך"]}
    assert (article.written_by, article.changed_by) == (world.tess, world.max)


def test_an_address_is_made_once_and_stays(world: World) -> None:
    one, two = (written("What to do after a spill", by=world.tess) for _ in range(2))
    assert (one.slug, two.slug) == ("what-to-do-after-a-spill", "what-to-do-after-a-spill-2")
    one.amend(by=world.tess, title=Translated(en="Water"))
    assert Article.objects.get(pk=one.pk).slug == "what-to-do-after-a-spill"
    hebrew = Article.add(by=world.tess, topic=one.topic, title=Translated(he="נשפך קפה"), body=Translated(he="לכבות"))
    assert hebrew.slug == "נשפך-קפה"
    assert written("?!", by=world.tess).slug == "untitled"


def test_two_of_one_title_at_the_same_moment_are_both_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    one = written("Spill", by=world.tess)
    monkeypatch.setattr(addresses, "free_address", lambda _row, _title: "spill")
    two = written("Spill", by=world.max)
    assert one.slug == "spill" and re.fullmatch(r"spill-[0-9a-f]{6}", two.slug)


def test_a_change_leaves_alone_what_happened_meanwhile(world: World) -> None:
    article = written("Spill", by=world.tess)
    Article.objects.get(pk=article.pk).publish(by=world.max)
    article.amend(by=world.tess, title=Translated(en="Spills"))
    assert Article.objects.get(pk=article.pk).is_public


def test_who_sees_which(world: World) -> None:
    everybody, draft = published("Everybody", by=world.tess), written("Draft", by=world.tess)
    internal = published("Internal", by=world.tess, audience=Audience.STAFF)
    carol = account_of(world.carol)
    seen = {who: set(Article.objects.visible_to(who)) for who in (world.ada, world.tess, world.fay, world.bill, carol)}
    assert seen[world.ada] == seen[world.tess] == {everybody, draft, internal}
    assert seen[world.fay] == seen[world.bill] == {everybody, internal}
    assert seen[carol] == set(Article.objects.public()) == {everybody}


def test_it_is_found_by_who_may_see_it_as_soon_as_he_may(world: World) -> None:
    def found(kind: str) -> int:
        return len(search.find("kumquat", kinds=[kind]))

    article = written("Spill", "A kumquat fell in.", by=world.tess)
    assert (found(ARTICLE), found(HELP)) == (1, 0)
    article.publish(by=world.tess)
    assert (found(ARTICLE), found(HELP)) == (1, 1)
    article.amend(by=world.tess, audience=Audience.STAFF)
    assert (found(ARTICLE), found(HELP)) == (1, 0)
    article.amend(by=world.tess, audience=Audience.EVERYBODY)
    assert found(HELP) == 1
    article.withdraw(by=world.tess)
    assert found(HELP) == 0
    article.publish(by=world.tess)
    article.remove(by=world.tess)
    assert (found(ARTICLE), found(HELP)) == (0, 0)


def test_an_index_made_anew_keeps_the_staffs_apart(world: World) -> None:
    written("Draft", "kumquat", by=world.tess)
    published("Internal", "kumquat", by=world.tess, audience=Audience.STAFF)
    everybody = published("Everybody", "kumquat", by=world.tess)
    search.reindex()
    assert [hit.id for hit in search.find("kumquat", kinds=[HELP])] == [everybody.pk]
    assert len(search.find("kumquat", kinds=[ARTICLE])) == 3


def test_a_topic_with_articles_stays(world: World) -> None:
    article = written("Spill", by=world.tess)
    with pytest.raises(ProtectedError):
        article.topic.remove(by=world.max)
    article.remove(by=world.max)
    Topic.objects.get(pk=article.topic_id).remove(by=world.max)
    assert not Topic.objects.exists()


def test_a_topic_is_public_when_it_has_something_for_everybody(world: World) -> None:
    topic_of("Empty", by=world.max)
    written("Draft", by=world.tess, topic="Drafts")
    published("Internal", by=world.tess, topic="Ours", audience=Audience.STAFF)
    published("One", by=world.tess)
    published("Two", by=world.tess)
    assert [str(topic) for topic in Topic.objects.public()] == ["Printers"]


def test_a_topic_with_an_internal_and_a_draft_for_everybody_is_not_public(world: World) -> None:
    published("Internal", by=world.tess, topic="Ours", audience=Audience.STAFF)
    written("Draft", by=world.tess, topic="Ours")
    assert not Topic.objects.public().exists()


def test_a_reader_counts_once_and_may_change_his_mind(world: World) -> None:
    article = published("Spill", by=world.tess)
    for reader, helped in (("a", True), ("a", True), ("b", True), ("b", False), ("c", True)):
        Verdict.give(article, reader=reader, helped=helped)
    assert Verdict.of([article]) == {article.pk: Verdicts(yes=2, no=1)}
    assert kinds(article).count("article.helped") == 3 and kinds(article).count("article.failed") == 1


def test_it_reads_in_the_readers_language_else_in_one_it_has(world: World) -> None:
    article = written("Spill", by=world.tess)
    article.amend(by=world.tess, title=Translated(he="נשפך"), body=Translated(he="**לכבות** מיד"))
    assert (article.language, article.languages, article.told) == ("he", ["he"], "לכבות מיד")
