"""What a page offers is what its reader may do: no button of it and no link leads to a refusal."""

from html.parser import HTMLParser

import pytest
from django.conf import LazySettings
from django.urls import Resolver404, resolve

from scene import build_scene
from test_everything_is_told import pages_of, sitting
from world import World

pytestmark = [pytest.mark.matrix, pytest.mark.django_db]

LEADS = ("href", "action", "formaction", "hx-get", "hx-post")


class Offers(HTMLParser):
    """Where the links, buttons and forms of a page lead."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.paths |= {(value or "").partition("?")[0].partition("#")[0] for name, value in attrs if name in LEADS}


@pytest.mark.parametrize("who", ["max", "tess", "fay", "bill"])
def test_nobody_is_offered_what_he_may_not(world: World, settings: LazySettings, who: str) -> None:
    settings.TEST_PAYMENTS = True
    scene, person = build_scene(world), getattr(world, who)
    client, refused, count = sitting(person), set[str](), 0
    for address, text in pages_of(client, scene, portal=False):
        count += 1
        offers = Offers()
        offers.feed(text)
        for path in offers.paths:
            try:
                view = resolve(path)
            except Resolver404:
                continue
            permission = getattr(view.func, "permission", None)
            if permission is not None and not person.may(permission):
                refused.add(f"{view.url_name} on {resolve(address.partition('?')[0]).url_name}: {permission.name}")
    assert sorted(refused) == []
    assert count > 20
