"""A real browser in front of a real server, for every test below."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as django_settings
from playwright.sync_api import Browser, Page, sync_playwright

from mainspring.accounts.models import Person
from world import session_of

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

# Playwright's own loop runs in this thread; the tests talk to the database from it all the same.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

Sit = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def sit_down(chromium: Browser, live_server: Any, settings: LazySettings) -> Iterator[Sit]:
    """`sit_down(world.tess)`: a page of a browser in which Tess is signed in; without a person, a stranger's.

    Further words go to the browser: `width=390`, `language="he"`, `theme="dark"`. A page that breaks our own rules
    (a refused script or style, an error in a script) fails its test.
    """
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    faults: list[str] = []
    contexts = []

    def sit(person: Person | None = None, *, width: int = 1440, height: int = 900, **look: str) -> Page:
        context = chromium.new_context(base_url=live_server.url, viewport={"width": width, "height": height})
        contexts.append(context)
        cookies = {
            "theme": look.get("theme", "light"),
            django_settings.LANGUAGE_COOKIE_NAME: look.get("language", "en"),
        }
        cookies |= {django_settings.SESSION_COOKIE_NAME: session_of(person)} if person else {}
        context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" and _ours(said.text) else None)
        return page

    yield sit
    for context in contexts:
        context.close()
    assert faults == []


def _ours(text: str) -> bool:
    return "Failed to load resource" not in text
