"""What the knowledge base puts into the frames of desk, portal and public site, and into what Ctrl/⌘-K finds."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainspring.core import search
from mainspring.core.links import link, way
from mainspring.knowledge import permissions
from mainspring.knowledge.models import ARTICLE, Article, Topic
from mainspring.ui.slots import (
    Entry,
    Found,
    Piece,
    Viewer,
    finders,
    navigation,
    portal_navigation,
    site_addresses,
    site_parts,
    site_ways,
)

SHOWN = 6
"""Articles on the first page of the public site."""


@navigation.add(order=35, permission=permissions.VIEW)
def knowledge(person: Viewer) -> Entry:
    return Entry("k", _("Knowledge"), reverse("articles"), "book")


@finders.add(order=35)
def find_articles(person: Viewer, words: str) -> list[Found]:
    if not person.may(permissions.VIEW):
        return []
    hits = search.suggest(words, kinds=[ARTICLE], limit=8)
    found = Article.objects.visible_to(person).select_related("topic").in_bulk([hit.id for hit in hits])
    return [
        Found(f"article-{one.pk}", str(one), reverse("article", args=[one.pk]), "book", str(one.topic))
        for hit in hits
        if (one := found.get(hit.id))
    ][:4]


@portal_navigation.add(order=70)
def help_in_portal(person: Viewer) -> Entry | None:
    return Entry("", _("Help"), way("help"), "book") if Article.objects.public().exists() else None


@site_ways.add(order=20)
def help_on_site() -> Entry | None:
    return Entry("", _("Help"), reverse("help"), "book") if Article.objects.public().exists() else None


@site_parts.add(order=10)
def teaser() -> Piece | None:
    """The first of what there is to read; nothing when there is nothing."""
    shown = list(Article.objects.public().in_order().select_related("topic")[:SHOWN])
    return Piece("knowledge/teaser.html", {"articles": shown}) if shown else None


@site_addresses.add(order=20)
def what_everybody_reads() -> list[str]:
    public = Article.objects.public()
    topics = Topic.objects.public().values_list("slug", flat=True)
    return [
        *([link("help")] if topics else []),
        *(link("help_topic", slug) for slug in topics),
        *(link("help_article", slug) for slug in public.order_by("pk").values_list("slug", flat=True)),
    ]
