"""An article from the first key to the reader's thanks: written, lost and found, published, searched for."""

import re

import pytest
from playwright.sync_api import expect

from browser.axe import axe
from browser.conftest import Sit
from mainspring.core.text import Translated
from mainspring.knowledge.models import Article, Topic, Verdict
from world import World, build_world

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "Switch it **off**.\n\n## Then\n1. Unplug it."


@pytest.fixture
def shop() -> World:
    world = build_world()
    Topic.add(by=world.max, name=Translated(en="First aid", he="עזרה ראשונה"), icon="tool")
    return world


def test_from_the_first_key_to_the_readers_thanks(shop: World, sit_down: Sit) -> None:
    page = sit_down(shop.tess)
    page.goto("/psa/knowledge/write")
    page.get_by_label("Title (English)").fill("What to do after a spill")
    page.get_by_label("Text (English)").press_sequentially(TEXT.replace("\n", "\r"))
    expect(page.locator("#preview h2")).to_have_text("Then")
    expect(page.locator("#preview ol li")).to_have_text("Unplug it.")
    page.reload()
    expect(page.get_by_label("Text (English)")).to_have_value(TEXT)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("The draft is kept")
    page.goto("/psa/knowledge/write")
    expect(page.get_by_label("Text (English)")).to_have_value("")
    page.goto(f"/psa/knowledge/{Article.objects.get().pk}/")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status")).to_contain_text("Everybody can read it now.")

    reader = sit_down(width=390)
    reader.goto("/help/")
    reader.get_by_role("searchbox").press_sequentially("my laptp spil", delay=20)
    expect(reader).to_have_url(re.compile(r"q=my"))
    reader.get_by_role("link", name="What to do after a spill").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("What to do after a spill")
    assert axe(reader) == []
    reader.get_by_role("button", name="Yes").click()
    expect(reader.locator("#verdict")).to_contain_text("Thank you for telling us")
    assert [one.helped for one in Verdict.objects.all()] == [True]


def test_taking_it_back_can_be_undone_at_once(shop: World, sit_down: Sit) -> None:
    words = Translated(en="Spill")
    article = Article.add(by=shop.tess, topic=Topic.objects.get(), title=words, body=words)
    article.publish(by=shop.tess)
    page = sit_down(shop.tess)
    page.goto(f"/psa/knowledge/{article.pk}/")
    page.locator("summary[aria-label=More]").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator(".notice")).to_contain_text("A draft")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="See it")).to_be_visible()
    page.locator("summary[aria-label=More]").click()
    page.get_by_role("button", name="Delete the article").click()
    page.get_by_role("button", name="Yes, do it").click()
    expect(page.get_by_role("status")).to_contain_text("Spill is gone.")
    assert not Article.objects.exists()
