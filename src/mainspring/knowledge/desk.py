"""The staff's doors into the articles: the list, reading, writing with a preview, publishing."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.events.models import Event, EventQuerySet, reference
from mainspring.knowledge import permissions
from mainspring.knowledge.forms import LONGEST_TEXT, ArticleForm
from mainspring.knowledge.listing import ArticleList
from mainspring.knowledge.models import Article, Topic, Verdict, Verdicts
from mainspring.knowledge.prose import prose
from mainspring.ui.pages import form_page, fragment, is_fragment, page, see_other, toast

HISTORY = 20


@staff(permissions.VIEW)
def articles(request: StaffRequest) -> HttpResponse:
    wanted = ArticleList.read(request.GET)
    show, template = (fragment, "knowledge/_rows.html") if is_fragment(request) else (page, "knowledge/articles.html")
    return show(
        request,
        template,
        wanted=wanted,
        found=wanted.page(request.user),
        topics=list(Topic.objects.all()),
        may_write=request.user.may(permissions.WRITE),
    )


@staff(permissions.VIEW)
def article(request: StaffRequest, pk: int) -> HttpResponse:
    """The article as its readers see it, in the language asked for; its state, and what happened to it."""
    found = _the(request, pk)
    asked = request.GET.get("language", "")
    language = asked if asked in found.languages else found.language
    return page(
        request,
        "knowledge/article.html",
        article=found,
        language=language,
        languages=[(code, get_language_info(code)["name_local"]) for code in found.languages],
        title=found.title.into(language),
        text=prose(found.body.into(language)),
        verdicts=Verdict.of([found]).get(found.pk, Verdicts()),
        history=_history(found)[:HISTORY],
        may_write=request.user.may(permissions.WRITE),
    )


@staff(permissions.WRITE, methods=("GET", "POST"))
def add_article(request: StaffRequest) -> HttpResponse:
    """A new draft. The first one of all needs a topic to stand under."""
    if not Topic.objects.exists():
        toast(request, _("First a topic: articles stand under one."))
        return see_other(request, reverse("add_topic"))
    form = ArticleForm(request.POST or None, initial={"topic": request.GET.get("topic")})
    return form_page(
        request,
        "knowledge/article_form.html",
        form,
        keep=lambda: form.add(by=request.user),
        to=lambda added: reverse("article", args=[added.pk]),
        said=_("The draft is kept. Publish it when it is ready."),
        article=None,
    )


@staff(permissions.WRITE, methods=("GET", "POST"))
def edit_article(request: StaffRequest, pk: int) -> HttpResponse:
    found = _the(request, pk)
    form = ArticleForm(request.POST or None, instance=found)
    return form_page(
        request,
        "knowledge/article_form.html",
        form,
        keep=lambda: form.amend(by=request.user),
        to=reverse("article", args=[pk]),
        article=Article.objects.get(pk=pk),
    )


@staff(permissions.WRITE, methods=("POST",))
def preview_article(request: StaffRequest) -> HttpResponse:
    """What is typed so far, as its readers will see it."""
    shown = [
        (code, request.POST.get(f"title_{code}", "")[:140], prose(request.POST.get(f"body_{code}", "")[:LONGEST_TEXT]))
        for code, _language in settings.LANGUAGES
    ]
    return fragment(request, "knowledge/_preview.html", shown=[one for one in shown if one[1] or one[2]])


@staff(permissions.WRITE, methods=("POST",))
def publish_article(request: StaffRequest, pk: int) -> HttpResponse:
    found = _the(request, pk)
    found.publish(by=request.user)
    said = _("Everybody can read it now.") if found.is_public else _("The staff can read it now; nobody else can.")
    toast(request, said, reverse("withdraw_article", args=[pk]))
    return see_other(request, reverse("article", args=[pk]))


@staff(permissions.WRITE, methods=("POST",))
def withdraw_article(request: StaffRequest, pk: int) -> HttpResponse:
    _the(request, pk).withdraw(by=request.user)
    toast(request, _("It is a draft again."), reverse("publish_article", args=[pk]))
    return see_other(request, reverse("article", args=[pk]))


@staff(permissions.WRITE, methods=("POST",))
def remove_article(request: StaffRequest, pk: int) -> HttpResponse:
    found = _the(request, pk)
    name = str(found)
    found.remove(by=request.user)
    toast(request, _("%(name)s is gone.") % {"name": name})
    return see_other(request, reverse("articles"))


def _the(request: StaffRequest, pk: int) -> Article:
    return get_object_or_404(
        Article.objects.visible_to(request.user).select_related("topic", "written_by", "changed_by"), pk=pk
    )


def _history(found: Article) -> EventQuerySet:
    """What happened to it, the latest first, without what each reader said."""
    said = ("article.helped", "article.failed")
    return Event.objects.of_stream(reference(found)).exclude(kind__in=said).latest_first()
