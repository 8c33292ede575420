"""The staff's doors to the backups: what there is, the plan, one now, one restored now."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mainspring.accounts.doors import StaffRequest, fresh, staff
from mainspring.backups import permissions
from mainspring.backups.forms import PlanForm
from mainspring.backups.models import Backup, Plan
from mainspring.backups.places import Unreachable
from mainspring.backups.tasks import in_words, prove
from mainspring.backups.trying import try_place
from mainspring.core.sealing import Broken
from mainspring.ui.pages import complain, fragment, page, see_other, toast

SHOWN = 60


@staff(permissions.SEE)
def backups(request: StaffRequest) -> HttpResponse:
    """The plan in a sentence, the last proof, and every backup with how it went."""
    plan = Plan.get()
    proven = Backup.objects.proven().order_by("-drilled_at").first()
    may_plan = request.user.may(permissions.PLAN)
    return page(request, "backups/list.html", plan=plan, proven=proven, may_plan=may_plan, **_news())


@staff(permissions.SEE)
def backup_news(request: StaffRequest) -> HttpResponse:
    """The list alone, for a page that is open while one is made."""
    return fragment(request, "backups/rows.html", **_news())


@staff(permissions.SEE)
def backup(request: StaffRequest, pk: int) -> HttpResponse:
    return page(request, "backups/backup.html", backup=get_object_or_404(Backup, pk=pk))


@staff(permissions.SEE, methods=("POST",))
def make_backup(request: StaffRequest) -> HttpResponse:
    Backup.objects.begin(by=request.user)
    toast(request, _("It is being made. You can go on working."))
    return see_other(request, reverse("backups"))


@staff(permissions.SEE, methods=("POST",))
def prove_backup(request: StaffRequest, pk: int) -> HttpResponse:
    """Restore it once more into an empty place, in the background."""
    prove.enqueue(get_object_or_404(Backup.objects.kept(), pk=pk).pk)
    toast(request, _("It is being restored into an empty place and compared. You can go on working."))
    return see_other(request, reverse("backup", args=[pk]))


@staff(permissions.PLAN, methods=("GET", "POST"))
@fresh()
def backup_plan(request: StaffRequest) -> HttpResponse:
    plan = Plan.get()
    form = PlanForm(request.POST if request.method == "POST" else None, instance=plan)
    if request.method == "POST" and form.is_valid():
        Plan.get().change(by=request.user, secret=form.cleaned_data["secret"], **form.columns)
        if form.found_key:
            toast(request, _("Saved. The server showed the key %(key)s: compare it.") % {"key": form.found_key})
        else:
            toast(request, _("Saved."))
        return see_other(request, reverse("backups"))
    return page(request, "backups/plan.html", form=form, status=422 if form.errors else 200)


@staff(permissions.PLAN, methods=("POST",))
def try_backup_place(request: StaffRequest) -> HttpResponse:
    """Keep a few bytes in the place, bring them back, and take them away."""
    try:
        try_place(Plan.get())
    except (Unreachable, Broken) as error:
        complain(request, in_words(error))
    else:
        toast(request, _("It works: a few bytes went there and came back the same."))
    return see_other(request, reverse("backups"))


def _news() -> dict[str, Any]:
    found = list(Backup.objects.latest_first()[:SHOWN])
    at_work = Backup.objects.at_work(timezone.now()).values_list("pk", flat=True)
    return {"found": found, "is_going": bool(at_work) or any(one.drill == Backup.Drill.RUNNING for one in found[:3])}
