"""The help pages: what strangers find and read, what never reaches them, and what they say of it."""

import re
from collections.abc import Iterator
from urllib.parse import quote_plus

import pytest
from django.test import Client

from api_world import account_of, caller
from mainspring.core.text import Translated
from mainspring.events.models import Event
from mainspring.knowledge.models import Article, Audience, Verdict, Verdicts
from mainspring.knowledge.tests.shelf import published, topic_of, written
from world import AsPerson, World

KEYS = re.compile(r"[A-Za-z0-9]{64}")
SPILL = "Hold the power button until it is off.\n\n## No rice\nIt takes time away."


@pytest.fixture
def spill(world: World) -> Article:
    article = published("What to do after a spill", SPILL, by=world.tess, topic="First aid", is_pinned=True)
    title, body = Translated(article.title, he="נשפך נוזל על המחשב"), Translated(article.body, he="ללחוץ על הכפתור.")
    article.amend(by=world.tess, title=title, body=body)
    return article


def found(words: str, **headers: str) -> str:
    return Client(headers=headers or None).get("/help/", {"q": words}).text


def test_topics_articles_crumbs_and_others(spill: Article, world: World) -> None:
    published("Printer prints blank pages", by=world.tess, topic="First aid")
    index, page = Client().get("/help/").text, Client().get(f"/help/{spill.slug}").text
    assert "First aid" in index and index.index(str(spill)) < index.index("Printer prints"), "the pinned one is first"
    for words in ("<h2", "No rice", "/help/topics/first-aid", "Printer prints blank pages", "Did this help?"):
        assert words in page
    assert '<meta name="description" content="Hold the power button until it is off. It takes' in page
    assert '<link rel="canonical" href="http://' in page and f"/help/{spill.slug}" in page and "noindex" not in page
    assert "Printer prints" in Client().get("/help/topics/first-aid").text


def test_it_speaks_the_readers_language(spill: Article) -> None:
    page = Client(headers={"accept-language": "he"}).get(f"/help/{spill.slug}").text
    assert 'dir="rtl"' in page and "נשפך נוזל על המחשב" in page and "ללחוץ על הכפתור." in page
    assert "Hold the power" not in page


@pytest.mark.parametrize(
    "words",
    [
        "spill",
        "SPIL",
        "spll",
        "power button",
        "after spill what",
        "rice",
        "my laptop had a spill yesterday",
        "נשפך",
        "המחשב",
    ],
)
def test_it_is_found_mistyped_half_typed_and_in_a_sentence(spill: Article, world: World, words: str) -> None:
    published("Printer prints blank pages", "Toner.", by=world.tess)
    page = found(words)
    assert str(spill) in page and "help-results" in page


@pytest.mark.parametrize("words", ["zebra crossing", "\x00", "%", "' OR 1=1 --", "*", "x" * 500, '"'])
def test_what_fits_nothing_shows_the_topics(spill: Article, words: str) -> None:
    page = found(words)
    assert "help-results" not in page and "First aid" in page


def test_what_is_searched_for_is_no_page_of_its_own(spill: Article) -> None:
    assert "noindex" in found("spill")
    part = Client().get("/help/", {"q": "spill"}, headers={"HX-Request": "true"}).text
    assert "<html" not in part and str(spill) in part


def bare(slug: str) -> str:
    """A page without what differs by nature: the keys of its forms, and the address that was asked for."""
    return KEYS.sub("", Client().get(f"/help/{slug}").text.replace(slug, ""))


def hidden(world: World) -> list[Article]:
    """Articles that nobody outside may know of: a canary in each of their words."""
    words = {"title": Translated(en="canary title", he="קנרית"), "body": Translated(en="## canary head\ncanary text")}
    ours, theirs = topic_of("canary topic", by=world.max), topic_of("First aid", by=world.max)
    made = []
    for topic in (ours, theirs):
        for audience in Audience.values:
            made.append(Article.add(by=world.tess, topic=topic, audience=audience, **words))
        made.append(Article.add(by=world.tess, topic=topic, audience="staff", **words))
        made[-1].publish(by=world.tess)
        withdrawn = Article.add(by=world.tess, topic=topic, **words)
        withdrawn.publish(by=world.tess)
        withdrawn.withdraw(by=world.tess)
        moved = Article.add(by=world.tess, topic=topic, **words)
        moved.publish(by=world.tess)
        moved.amend(by=world.tess, audience="staff")
        made += [withdrawn, moved]
    return made


def everything(client: Client, spill: Article) -> Iterator[str]:
    yield from (client.get(path).text for path in ("/", "/help/", f"/help/{spill.slug}", "/help/topics/first-aid"))
    yield from (client.get(path).text for path in ("/sitemap.xml", "/robots.txt", "/check", "/book"))
    for words in ("canary", "canry", "קנרית", "canary text", "head", "a canary that helps after a spill"):
        # what he typed stands on the page; the links show whether it found anything
        page = client.get("/help/", {"q": words}).text
        yield page.replace(words, "").replace(quote_plus(words), "")


def test_no_draft_and_nothing_of_the_staffs_gets_out(spill: Article, world: World, as_person: AsPerson) -> None:
    secret = hidden(world)
    carol = as_person(account_of(world.carol))
    pages = [*everything(Client(), spill), *everything(carol, spill), *portal_pages(carol)]
    assert [page for page in pages if "canary" in page.lower() or "קנרית" in page] == []
    none = bare("none")
    for one in secret:
        assert Client().get(f"/help/{one.slug}").status_code == 404 and bare(one.slug) == none
        assert Client().post(f"/help/{one.slug}/verdict", {"helped": "yes"}).status_code == 404
        assert carol.get(f"/help/{one.slug}").status_code == 404
    assert Client().get("/help/topics/canary-topic").status_code == 404
    program = caller(world.carol)
    said = program.get("/my/articles").text + program.get("/my/articles?q=canary").text
    assert str(spill) in said and "canary" not in said and "קנרית" not in said
    assert {program.get(f"/my/articles/{one.pk}").status_code for one in secret} == {404}
    assert program.get(f"/articles/{secret[0].pk}").status_code == 403
    assert not Verdict.objects.exists()


def portal_pages(client: Client) -> Iterator[str]:
    yield from (client.get(path).text for path in ("/portal/", "/portal/devices", "/portal/profile"))


def test_the_canary_would_be_seen(spill: Article, world: World) -> None:
    secret = hidden(world)
    next(one for one in secret if one.audience == "everybody").publish(by=world.tess)
    assert [page for page in everything(Client(), spill) if "canary" in page.lower()] != []


def test_it_is_shown_where_there_is_something_and_nowhere_else(world: World, as_person: AsPerson) -> None:
    carol = as_person(account_of(world.carol))
    written("Draft", by=world.tess)
    published("Internal", by=world.tess, audience=Audience.STAFF)
    for page in (Client().get("/").text, carol.get("/portal/").text, Client().get("/sitemap.xml").text):
        assert "/help/" not in page
    assert "Nothing is written here yet" in Client().get("/help/").text
    article = published("Spill", by=world.tess)
    assert "First aid and answers" in Client().get("/").text and f"/help/{article.slug}" in Client().get("/").text
    assert "/help/" in carol.get("/portal/").text
    assert Client().get("/sitemap.xml").text.count("/help/") == 3


def test_an_address_in_hebrew_leads_there(world: World) -> None:
    topic = topic_of(by=world.max)
    article = Article.add(by=world.tess, topic=topic, title=Translated(he="נשפך קפה"), body=Translated(he="לכבות"))
    article.publish(by=world.tess)
    assert Client().get("/help/נשפך-קפה").status_code == 200
    assert "/help/%D7%A0%D7%A9%D7%A4%D7%9A" in Client().get("/sitemap.xml").text


def test_a_visitor_counts_once_and_may_change_his_mind(spill: Article) -> None:
    one, two, address = Client(), Client(), f"/help/{spill.slug}/verdict"
    for client, said in ((one, "yes"), (one, "yes"), (two, "no"), (one, "no"), (two, "yes")):
        assert client.post(address, {"helped": said}).status_code == 303
    assert Verdict.of([spill])[spill.pk] == Verdicts(yes=1, no=1)
    cookie = one.cookies["reader"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and len(cookie.value) == 22
    told = Event.objects.filter(kind="article.helped")
    assert {event.actor for event in told} == {""}


def test_a_verdict_is_answered_in_place(spill: Article) -> None:
    sent = Client().post(f"/help/{spill.slug}/verdict", {"helped": "no"}, headers={"HX-Request": "true"})
    assert "write it better" in sent.text and "<html" not in sent.text


@pytest.mark.parametrize("said", ["", "maybe", "\x00"])
def test_an_odd_verdict_is_refused(spill: Article, said: str) -> None:
    assert Client().post(f"/help/{spill.slug}/verdict", {"helped": said}).status_code == 422
    odd = Client()
    odd.cookies["reader"] = "x" * 5000
    assert odd.post(f"/help/{spill.slug}/verdict", {"helped": "yes"}).status_code == 303


def test_a_flood_of_verdicts_is_stopped(spill: Article) -> None:
    answers = [Client().post(f"/help/{spill.slug}/verdict", {"helped": "yes"}).status_code for _ in range(32)]
    assert answers == [303] * 30 + [429] * 2 and Verdict.of([spill])[spill.pk].yes == 30


def test_the_staff_sees_what_readers_said(spill: Article, world: World, as_person: AsPerson) -> None:
    Verdict.give(spill, reader="one", helped=True)
    Verdict.give(spill, reader="two", helped=False)
    page = as_person(world.tess).get("/psa/knowledge/").text
    assert "It helped" in page and "verdicts" in page
