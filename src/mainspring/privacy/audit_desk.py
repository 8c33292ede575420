"""The staff's doors into the audit trail: search, export, its state and where its checkpoints go."""

import json
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Max
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts.doors import StaffRequest, fresh, staff
from mainspring.accounts.models import Person
from mainspring.accounts.permissions import AUDIT
from mainspring.core.asked import row_key
from mainspring.core.shop import Shop
from mainspring.crm.models import Contact
from mainspring.events.checkpoints import our_fingerprint
from mainspring.events.kinds import KINDS
from mainspring.events.models import Checkpoint, Event, EventLink, record
from mainspring.privacy import permissions
from mainspring.privacy.events import TRAIL_BROKEN, TRAIL_EXPORTED
from mainspring.privacy.forms import CheckpointForm
from mainspring.privacy.keeping import last_reading
from mainspring.privacy.models import Keeping
from mainspring.privacy.tasks import read_the_trail
from mainspring.privacy.trail import Trail
from mainspring.ui.pages import form_page, page, refuse, see_other, toast
from mainspring.ui.spreadsheets import Spreadsheet


@staff(AUDIT)
def audit(request: StaffRequest) -> HttpResponse:
    """Who did what, when, from where; the latest first."""
    wanted = Trail.read(request.GET)
    events, older = wanted.page()
    customer = Contact.objects.filter(pk=row_key(wanted["customer"])).first()
    return page(
        request,
        "privacy/audit.html",
        wanted=wanted,
        events=events,
        older=older,
        customer=customer,
        people=list(Person.objects.staff().order_by("name")),
        kinds=sorted(KINDS),
    )


@staff(AUDIT, methods=("POST",))
def export_audit(request: StaffRequest) -> HttpResponseBase:
    """What was looked for, whole, as CSV or as a line of JSON an event. That it was taken is an event, too."""
    wanted, form = Trail.read(request.POST), request.POST.get("format", "")
    if form not in ("csv", "jsonl"):
        return refuse(request, _("It is exported as CSV or as lines of JSON."), status=422)
    with transaction.atomic():
        record(TRAIL_EXPORTED, Shop.get(), by=request.user, data={"format": form, "asked": wanted.asked})
    if form == "csv":
        return Spreadsheet("audit-trail", [str(title) for title in _head()], map(_cells, wanted.rows()))
    answer = StreamingHttpResponse(_lines(wanted), content_type="application/jsonl; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="audit-trail.jsonl"'
    return answer


@staff(permissions.KEEPING, methods=("GET", "POST"))
@fresh()
def audit_settings(request: StaffRequest) -> HttpResponse:
    """How the trail stands, and where its checkpoints go."""
    keeping = Keeping.get()
    form = CheckpointForm(request.POST or None, instance=Keeping.get())
    reading = last_reading()
    return form_page(
        request,
        "privacy/audit_settings.html",
        form,
        keep=lambda: keeping.amend(by=request.user, **form.cleaned_data),
        to=reverse("audit_settings"),
        reading=reading,
        is_broken=reading is not None and reading.kind == TRAIL_BROKEN.name,
        sealed=EventLink.objects.aggregate(last=Max("id"))["last"] or 0,
        checkpoint=Checkpoint.objects.order_by("-place").first(),
        fingerprint=our_fingerprint(),
    )


@staff(permissions.KEEPING, methods=("POST",))
def read_audit(request: StaffRequest) -> HttpResponse:
    """Read the whole trail now, in the background."""
    read_the_trail.enqueue()
    toast(request, _("The trail is being read; look again in a minute."))
    return see_other(request, reverse("audit_settings"))


@staff(permissions.KEEPING)
def audit_checkpoint(request: StaffRequest) -> HttpResponse:
    """The last checkpoint, as a file to keep elsewhere."""
    last = Checkpoint.objects.order_by("-place").first()
    if last is None:
        raise Http404
    answer = HttpResponse(last.document, content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{last.name}"'
    return answer


def _head() -> list[str]:
    return [
        _("Number"), _("When"), _("Who"), _("Who, by number"), _("Kind"), _("What"), _("Story"), _("To what"),
        _("Before and after"), _("From where"),
    ]  # fmt: skip


def _cells(event: Event) -> tuple[object, ...]:
    changes = event.data.get("changes") or {}
    return (
        event.pk, event.at, event.actor_name, event.actor, event.kind, str(event), event.stream, event.subject,
        "; ".join(f"{name}: {pair[0]} → {pair[1]}" for name, pair in changes.items()), event.origin,
    )  # fmt: skip


def _lines(wanted: Trail) -> Iterator[str]:
    for event in wanted.rows():
        told = {
            name: getattr(event, name) for name in ("id", "kind", "subject", "stream", "actor", "actor_name", "origin")
        }
        yield json.dumps({**told, "at": event.at.isoformat(), "data": event.data}, ensure_ascii=False) + "\n"
