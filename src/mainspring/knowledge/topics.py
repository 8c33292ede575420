"""The staff's doors into the topics: their names in each language, their pictures, their order."""

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.knowledge import permissions
from mainspring.knowledge.forms import TopicForm
from mainspring.knowledge.models import Topic
from mainspring.ui.pages import form_page, page, refuse, see_other, toast


@staff(permissions.WRITE)
def topics(request: StaffRequest) -> HttpResponse:
    return page(request, "knowledge/topics.html", topics=list(Topic.objects.annotate(article_count=Count("articles"))))


@staff(permissions.WRITE, methods=("GET", "POST"))
def add_topic(request: StaffRequest) -> HttpResponse:
    return _form(request, None)


@staff(permissions.WRITE, methods=("GET", "POST"))
def edit_topic(request: StaffRequest, pk: int) -> HttpResponse:
    return _form(request, get_object_or_404(Topic, pk=pk))


@staff(permissions.WRITE, methods=("POST",))
def remove_topic(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Topic, pk=pk)
    if found.articles.exists():
        return refuse(request, _("Articles stand under it. Give them another topic first."), status=409)
    name = str(found)
    found.remove(by=request.user)
    toast(request, _("%(name)s is gone.") % {"name": name})
    return see_other(request, reverse("topics"))


def _form(request: StaffRequest, found: Topic | None) -> HttpResponse:
    form = TopicForm(request.POST or None, instance=found)
    name = str(found) if found else ""
    return form_page(
        request,
        "knowledge/topic_form.html",
        form,
        keep=lambda: form.keep(by=request.user),
        to=reverse("topics"),
        found=found,
        name=name,
    )
