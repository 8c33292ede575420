"""Whoever takes or sees delicate things is in the audit trail, once each time.

Every GET route is asked. What it hands out that is no page is either told of, or named with the reason why not; and no
GET, page or file, shows what the vault holds: that goes by POST alone, an event a look. Backups are handed out by no
route at all.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mainspring.accounts.entering import PROVED_AT
from mainspring.events.models import Event
from mainspring.vault.contents import Contents
from mainspring.vault.models import Credential, Share
from scene import OF, Scene, build_scene
from telling import TOLD_BY_GET
from test_permissions import LINES, PERSONAL
from world import World

pytestmark = [pytest.mark.matrix, pytest.mark.django_db]

CANARY = "canary-in-the-vault"
PLAIN = {
    "ticket_numbers": "numbers of a list that is on the screen",
    "attachment": "one file of a ticket, shown on its page",
    "thumbnail": "one file of a ticket, shown on its page",
    "mail_part": "one file of a mail, shown on its page",
    "invoice_pdf": "one paper, shown on its page",
    "invoice_preview": "a paper of nobody, to see the shop's colours",
    "estimate_pdf": "one paper, shown on its page",
    "estimate_drawing": "shown with the estimate",
    "health_status": "up or not",
    "audit_checkpoint": "a hash over the trail, made to be handed out",
    "site_photo": "public",
    "site_robots": "public",
    "site_map": "public",
    "brand": "public",
    "logo": "public",
    "api_openapi": "public",
    "link_file": "the customer's own",
    "link_thumbnail": "the customer's own",
    "paper": "the customer's own",
    "portal_file": "the customer's own",
    "portal_thumbnail": "the customer's own",
    "portal_invoice_pdf": "the customer's own",
    "portal_statement_pdf": "the customer's own",
    "estimate_paper": "the customer's own",
    "estimate_signature": "the customer's own",
}
"""What else is no page, and why nobody needs to know who had it."""


@pytest.fixture
def scene(world: World) -> Scene:
    scene = build_scene(world)
    whole = Contents(user="admin", secret=CANARY, notes=CANARY)
    for home in (scene.own.ticket, world.carol, world.acme, world.printer):
        Credential.objects.keep(home, whole, kind="router", name="Router", by=world.tess)
    scene.own.credential.amend(by=world.tess, secret=CANARY)
    return scene


def visitor(scene: Scene, who: str) -> Client:
    """Somebody who may, and has proven himself a moment ago."""
    client = Client()
    if who == "customer":
        client.force_login(scene.carols)
    elif who not in ("anybody", "link"):
        client.force_login(scene.world.ada)
    session: Any = client.session
    session[PROVED_AT] = 2**40
    session.save()
    return client


def new_events(before: int) -> Counter[str]:
    return Counter(Event.objects.filter(pk__gt=before).values_list("kind", flat=True))


def latest() -> int:
    return Event.objects.order_by("-pk").values_list("pk", flat=True)[0]


def content_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def asked(scene: Scene) -> Iterator[tuple[str, Any, Counter[str]]]:
    """Every GET route with its answer, and what was written down while it was asked."""
    for name, line in LINES.items():
        if "GET" in line.methods and line.about not in PERSONAL:
            before = latest()
            answer = visitor(scene, line.who).get(reverse(name, args=OF[line.about](scene).own))
            yield name, answer, new_events(before)


def test_what_is_handed_out_by_get_is_told_once_or_named_plain(scene: Scene) -> None:
    wrong, handed, shown = list[str](), set[str](), list[str]()
    for name, answer, events in asked(scene):
        content = content_of(answer)
        if CANARY.encode() in content:
            shown.append(name)
        if answer.status_code == 200 and "text/html" not in answer.headers["Content-Type"]:
            handed.add(name)
        looks = Counter({kind: many for kind, many in events.items() if kind == TOLD_BY_GET.get(name)})
        if name in TOLD_BY_GET and looks != {TOLD_BY_GET[name]: 1}:
            wrong.append(f"{name}: {dict(events)}")
    assert shown == [], "a GET shows what the vault holds"
    assert wrong == [], "taken and not told of, or more than once"
    assert handed == set(TOLD_BY_GET) | set(PLAIN), "hands something out, and nobody has said whether it is delicate"


def opened(scene: Scene) -> tuple[tuple[Any, ...], dict[str, Any]]:
    share, code = Share.objects.make(scene.own.credential, by=scene.world.tess, reason="…", lasts=timedelta(hours=1))
    return (share.handle,), {"code": code}


SHOWN_BY_POST: dict[str, tuple[str, str, Callable[[Scene], tuple[tuple[Any, ...], dict[str, Any]]]]] = {
    "reveal_credential": (
        "OMT--",
        "credential.shown",
        lambda scene: ((scene.own.credential.pk,), {"part": "secret", "reason": "He asked"}),
    ),
    "open_share": ("link", "credential.share_opened", opened),
    "export_audit": ("OM---", "audit.exported", lambda _scene: ((), {"format": "csv"})),
    "person_file": ("OM---", "privacy.export_taken", lambda scene: (OF["person-file"](scene).own, {})),
    "portal_file_of_data": ("customer", "privacy.export_taken", lambda scene: (OF["portal-data"](scene).own, {})),
}
"""What is shown or handed out by POST, by whom, and the event that tells of it."""


@pytest.mark.parametrize("name", SHOWN_BY_POST)
def test_what_is_shown_by_post_is_told_each_time(name: str, scene: Scene) -> None:
    who, kind, ask = SHOWN_BY_POST[name]
    assert "GET" not in LINES[name].methods or name == "open_share", "GET of a share shows a button"
    for _time in range(2):
        args, body = ask(scene)
        before = latest()
        answer = visitor(scene, who).post(reverse(name, args=args), body)
        assert answer.status_code == 200, content_of(answer)[:300]
        assert content_of(answer)
        assert new_events(before)[kind] == 1
