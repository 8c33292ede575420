"""The staff's doors to the health of the installation."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.core.health import findings
from mainspring.events.models import TaskRow, record
from mainspring.health import permissions
from mainspring.health.events import TASK_REPLAYED
from mainspring.health.forms import AlarmForm
from mainspring.health.models import Alarm
from mainspring.ui.pages import form_page, page, see_other, toast

DEAD_SHOWN = 50


@staff(permissions.SEE)
def health(request: StaffRequest) -> HttpResponse:
    """What `mainspring check` says, and the tasks that failed for good."""
    return page(request, "health/health.html", findings=findings(), dead=list(TaskRow.objects.dead()[:DEAD_SHOWN]))


@staff(permissions.ALARM, methods=("GET", "POST"))
def alarm(request: StaffRequest) -> HttpResponse:
    form = AlarmForm(request.POST if request.method == "POST" else None, alarm=Alarm.get())
    return form_page(
        request,
        "health/alarm.html",
        form,
        keep=lambda: Alarm.get().change(
            by=request.user,
            mails=form.cleaned_data["mails"],
            people=list(form.cleaned_data["people"]),
            url=form.cleaned_data["url"],
        ),
        to=reverse("health"),
    )


@staff(permissions.SEE, methods=("POST",))
def replay_task(request: StaffRequest, pk: int) -> HttpResponse:
    task = get_object_or_404(TaskRow.objects.dead(), pk=pk)
    with transaction.atomic():
        task.replay()
        record(TASK_REPLAYED, task, by=request.user, data={"name": task.name})
    toast(request, _("It runs again."))
    return see_other(request, reverse("health"))
