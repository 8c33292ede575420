"""The help pages of the public site: what is published for everybody, and nothing else."""

import secrets
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from mainspring.core.asked import clean
from mainspring.core.limits import Limit
from mainspring.core.shop import Shop
from mainspring.events.origin import client_address
from mainspring.knowledge.looking_up import look_up
from mainspring.knowledge.models import Article, Topic, Verdict
from mainspring.knowledge.prose import prose
from mainspring.ui.pages import fragment, is_fragment, page, refuse, see_other

SAID = Limit("help-verdict", 30, 3600)
READER = "reader"
A_YEAR = 60 * 60 * 24 * 365
OF_A_TOPIC = 6
RELATED = 5


@require_safe
def help_pages(request: HttpRequest) -> HttpResponse:
    """Every topic with its first articles; with `?q=` what the words find."""
    words = clean(request.GET.get("q"), 100)
    found = look_up(words) if words else []
    if is_fragment(request):
        return fragment(request, "knowledge/_found.html", words=words, found=found, topics=_topics())
    return _page(request, "knowledge/help.html", words=words, found=found, topics=_topics())


@require_safe
def help_topic(request: HttpRequest, slug: str) -> HttpResponse:
    topic = get_object_or_404(Topic.objects.public(), slug=_address(slug))
    articles = list(topic.articles.all().public().in_order())
    return _page(request, "knowledge/help_topic.html", topic=topic, articles=articles)


@require_safe
def help_article(request: HttpRequest, slug: str) -> HttpResponse:
    found = _the(slug)
    others = Article.objects.public().filter(topic=found.topic_id).exclude(pk=found.pk).in_order()
    return _page(
        request,
        "knowledge/help_article.html",
        article=found,
        text=prose(found.body.into(found.language)),
        others=list(others[:RELATED]),
        said="",
    )


@require_POST
def give_verdict(request: HttpRequest, slug: str) -> HttpResponse:
    """Whether it helped, once a browser: it draws a name by lot with its first answer."""
    found = _the(slug)
    said = request.POST.get("helped", "")
    if not SAID.allows(client_address(request)):
        return refuse(request, status=429)
    elif said not in ("yes", "no"):
        return refuse(request, status=422)
    reader = _reader(request)
    Verdict.give(found, reader=reader, helped=said == "yes")
    if is_fragment(request):
        answer = fragment(request, "knowledge/_verdict.html", article=found, said=said)
    else:
        answer = see_other(request, request.path.removesuffix("/verdict"))
    answer.set_cookie(
        READER, reader, max_age=A_YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return answer


def _the(slug: str) -> Article:
    """The same 404 for what is missing, a draft, or the staff's."""
    return get_object_or_404(Article.objects.public().select_related("topic"), slug=_address(slug))


def _address(slug: str) -> str:
    return slug.replace("\x00", "")


def _reader(request: HttpRequest) -> str:
    known = request.COOKIES.get(READER, "")
    return known if len(known) == 22 and known.isascii() and known.isprintable() else secrets.token_urlsafe(16)


def _topics() -> list[tuple[Topic, list[Article], int]]:
    """Each topic that has something, with its first articles and how many there are."""
    of: dict[int, list[Article]] = {}
    for one in Article.objects.public().in_order().defer("body"):
        of.setdefault(one.topic_id, []).append(one)
    topics = Topic.objects.filter(pk__in=of)
    return [(topic, of[topic.pk][:OF_A_TOPIC], len(of[topic.pk])) for topic in topics]


def _page(request: HttpRequest, template: str, **more: Any) -> HttpResponse:
    with timezone.override(Shop.get().time_zone):
        return page(request, template, **more)
