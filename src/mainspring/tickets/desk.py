"""The staff's doors into tickets: the list, intake, the ticket page and its verbs."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.accounts.models import Person
from mainspring.crm.models import Contact
from mainspring.files.models import StoredFile
from mainspring.files.serving import serve, serve_thumbnail
from mainspring.tickets import permissions
from mainspring.tickets.forms import AmendForm, ContactForm, DueForm, NoteForm
from mainspring.tickets.intake import Intake
from mainspring.tickets.listing import TicketList, counted_views
from mainspring.tickets.models import Attachment, Draft, Message, Participant, Priority, Status, Ticket
from mainspring.tickets.reading import TicketPage, caller_card, callers
from mainspring.ui.pages import fragment, is_fragment, page, refuse, see_other, toast


def find(request: StaffRequest, number: int) -> Ticket:
    """The ticket, if this person may know of it; 404 otherwise."""
    return get_object_or_404(Ticket.objects.visible_to(request.user).with_people(), number=number)


def back_to(ticket: Ticket, tab: str = "") -> str:
    return reverse("ticket", args=[ticket.number]) + (f"?tab={tab}" if tab else "")


@staff(permissions.VIEW)
def tickets(request: StaffRequest) -> HttpResponse:
    wanted = TicketList.read(request.GET, request.user)
    show = fragment if is_fragment(request) else page
    return show(
        request,
        "tickets/rows.html" if is_fragment(request) else "tickets/list.html",
        wanted=wanted,
        found=wanted.rows(),
        views=counted_views(request.user),
        statuses={status.pk: status for status in Status.objects.all()},
    )


@staff(permissions.OPEN, methods=("GET", "POST"))
def new(request: StaffRequest) -> HttpResponse:
    intake = Intake(request.POST if request.method == "POST" else None, by=request.user)
    duplicates: list[Contact] = []
    if intake.posted is not None and intake.is_valid():
        duplicates = intake.caller.duplicates()
        ticket = None if duplicates else intake.open()
        if ticket is not None:
            Draft.objects.filter(person=request.user, place="intake").delete()
            toast(request, _("Ticket #%(number)s is open.") % {"number": ticket.number})
            return see_other(request, back_to(ticket))
    status = 200 if intake.posted is None else 422
    known = intake.caller["contact"].value() or request.GET.get("contact", "")
    card = caller_card(str(known))
    return page(request, "tickets/new.html", intake=intake, duplicates=duplicates, card=card, status=status)


@staff(permissions.VIEW)
def caller_options(request: StaffRequest) -> HttpResponse:
    words = request.GET.get("q", "")[:100]
    return fragment(request, "tickets/caller_options.html", callers=callers(words), words=words)


@staff(permissions.VIEW)
def caller(request: StaffRequest, pk: int) -> HttpResponse:
    card = caller_card(str(pk))
    if card is None:
        raise Http404
    return fragment(request, "tickets/caller_card.html", card=card)


@staff(permissions.VIEW)
def ticket(request: StaffRequest, number: int) -> HttpResponse:
    shown = TicketPage(find(request, number), request.user, request.GET.get("tab", ""))
    return page(request, "tickets/ticket.html", shown=shown, ticket=shown.ticket)


@staff(permissions.REPLY, methods=("POST",))
def note(request: StaffRequest, number: int) -> HttpResponse:
    found = find(request, number)
    form = NoteForm(request.POST, request.FILES)
    if not form.is_valid():
        return refuse(request, form.first_error(), status=422)
    files = form.stored_files(by=request.user)
    given = form.cleaned_data
    if given["kind"] == Message.Kind.INTERNAL:
        message = found.write_internally(given["text"], by=request.user, files=files)
        said = _("The internal note is saved.")
    else:
        message = found.write(
            given["text"],
            by=request.user,
            mailed=not given["not_mailed"],
            question=given["is_question"],
            on_invoice=given["is_on_invoice"],
            files=files,
        )
        said = _("Sent to %(name)s.") % {"name": found.contact} if message.is_mailed else _("The note is saved.")
    Draft.objects.filter(person=request.user, place=f"ticket:{found.pk}:note").delete()
    toast(request, said, undo_url=reverse("take_back_note", args=[found.number, message.pk]))
    return see_other(request, back_to(found))


@staff(permissions.REPLY, methods=("POST",))
def take_back_note(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    found = find(request, number)
    message = get_object_or_404(found.messages.standing(), pk=pk, person=request.user)
    if message.take_back(by=request.user):
        Draft.objects.update_or_create(
            person=request.user,
            place=f"ticket:{found.pk}:note",
            defaults={"content": {"text": message.text, "kind": message.kind}},
        )
        toast(request, _("Taken back. The text is in the box again."))
    else:
        toast(request, _("Too late to take it back: it is on its way."))
    return see_other(request, back_to(found))


@staff(permissions.EDIT, methods=("POST",))
def change_status(request: StaffRequest, number: int) -> HttpResponse:
    found = find(request, number)
    status = get_object_or_404(Status, pk=_whole(request.POST.get("status")))
    if (status.is_done or found.is_done) and not request.user.may(permissions.CLOSE):
        return refuse(request, _("Your role can't resolve, close or reopen tickets."), status=403)
    found.become(status, by=request.user)
    toast(request, _("#%(number)s: %(status)s.") % {"number": found.number, "status": found.status})
    return see_other(request, back_to(found))


@staff(permissions.EDIT, methods=("POST",))
def assign(request: StaffRequest, number: int) -> HttpResponse:
    found = find(request, number)
    wanted = request.POST.get("person", "")
    person = get_object_or_404(Person.objects.working(), pk=_whole(wanted)) if wanted else None
    found.assign(person, by=request.user)
    return see_other(request, back_to(found))


@staff(permissions.EDIT, methods=("POST",))
def change_priority(request: StaffRequest, number: int) -> HttpResponse:
    found = find(request, number)
    wanted = _whole(request.POST.get("priority"))
    if wanted not in Priority.values:
        return refuse(request, _("There is no such priority."), status=422)
    found.amend(priority=wanted, by=request.user)
    return see_other(request, back_to(found))


@staff(permissions.EDIT, methods=("POST",))
def change_due(request: StaffRequest, number: int) -> HttpResponse:
    found = find(request, number)
    form = DueForm(request.POST)
    if not form.is_valid():
        return refuse(request, form.first_error(), status=422)
    found.move_due(form.cleaned_data["due_at"], by=request.user)
    return see_other(request, back_to(found))


@staff(permissions.EDIT, methods=("GET", "POST"))
def amend(request: StaffRequest, number: int) -> HttpResponse:
    found = find(request, number)
    form = AmendForm(request.POST or None, initial=AmendForm.of(found), ticket=found)
    if request.method == "POST" and form.is_valid():
        found.amend(by=request.user, **form.cleaned_data)
        toast(request, _("Saved."))
        return see_other(request, back_to(found))
    status = 422 if request.method == "POST" else 200
    return page(request, "tickets/amend.html", form=form, ticket=found, status=status)


@staff(permissions.CLOSE, methods=("POST",))
def resolve(request: StaffRequest, number: int) -> HttpResponse:
    found = find(request, number)
    found.resolve(by=request.user)
    toast(request, _("#%(number)s is resolved.") % {"number": found.number})
    return see_other(request, back_to(found))


@staff(permissions.CLOSE, methods=("POST",))
def close(request: StaffRequest, number: int) -> HttpResponse:
    found = find(request, number)
    found.close(by=request.user)
    toast(request, _("#%(number)s is closed.") % {"number": found.number})
    return see_other(request, back_to(found))


@staff(permissions.CLOSE, methods=("POST",))
def reopen(request: StaffRequest, number: int) -> HttpResponse:
    found = find(request, number)
    found.reopen(by=request.user)
    return see_other(request, back_to(found))


@staff(permissions.EDIT, methods=("POST",))
def decline_repair(request: StaffRequest, number: int) -> HttpResponse:
    found = find(request, number)
    found.decline_repair(by=request.user)
    toast(
        request,
        _("Declined: the fee stands, nothing else is billed."),
        undo_url=reverse("resume_repair", args=[found.number]),
    )
    return see_other(request, back_to(found))


@staff(permissions.EDIT, methods=("POST",))
def resume_repair(request: StaffRequest, number: int) -> HttpResponse:
    found = find(request, number)
    found.resume_repair(by=request.user)
    return see_other(request, back_to(found))


@staff(permissions.EDIT, methods=("POST",))
def join_contact(request: StaffRequest, number: int) -> HttpResponse:
    found = find(request, number)
    form = ContactForm(request.POST)
    if not form.is_valid():
        return refuse(request, form.first_error(), status=422)
    contact = form.contact(business=found.business, by=request.user)
    found.join(contact, by=request.user, role=form.cleaned_data["role"], gets_mail=form.cleaned_data["gets_mail"])
    return see_other(request, back_to(found, "contacts"))


@staff(permissions.EDIT, methods=("POST",))
def part_with_contact(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    found = find(request, number)
    found.part_with(get_object_or_404(Participant, ticket=found, pk=pk), by=request.user)
    return see_other(request, back_to(found, "contacts"))


@staff(permissions.PASSCODE, methods=("POST",))
def show_passcode(request: StaffRequest, number: int) -> HttpResponse:
    found = find(request, number)
    if not hasattr(found, "passcode"):
        raise Http404
    return fragment(request, "tickets/passcode.html", code=found.show_passcode(by=request.user))


@staff(permissions.REPLY, methods=("POST",))
def attach(request: StaffRequest, number: int) -> HttpResponse:
    found = find(request, number)
    refused = []
    for upload in request.FILES.getlist("files"):
        try:
            kept = StoredFile.keep(
                upload, name=upload.name or "", declared_type=upload.content_type or "", by=request.user.actor_key
            )
        except ValidationError as error:
            refused += error.messages
        else:
            found.attach(kept, by=request.user, internal=request.POST.get("internal") == "1")
    if refused:
        return refuse(request, " ".join(refused), status=422)
    return see_other(request, back_to(found, "attachments"))


@staff(permissions.EDIT, methods=("POST",))
def detach(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    found = find(request, number)
    found.detach(get_object_or_404(found.attachments.filter(removed_at=None), pk=pk), by=request.user)
    return see_other(request, back_to(found, "attachments"))


@staff(permissions.VIEW)
def attachment(request: StaffRequest, number: int, pk: int) -> HttpResponseBase:
    found = get_object_or_404(Ticket.objects.visible_to(request.user), number=number)
    kept = get_object_or_404(Attachment.objects.select_related("file"), ticket=found, pk=pk)
    return serve(kept.file, inline="download" not in request.GET)


@staff(permissions.VIEW)
def thumbnail(request: StaffRequest, number: int, pk: int) -> HttpResponseBase:
    found = get_object_or_404(Ticket.objects.visible_to(request.user), number=number)
    kept = get_object_or_404(Attachment.objects.select_related("file"), ticket=found, pk=pk)
    return serve_thumbnail(kept.file)


@staff(permissions.VIEW, methods=("POST",))
def keep_draft(request: StaffRequest) -> HttpResponse:
    """What is typed, kept on the server too; an empty one is forgotten."""
    place = request.POST.get("place", "")[:80]
    content: dict[str, Any] = {
        key: value[:50_000] for key, value in request.POST.items() if key not in ("place", "csrfmiddlewaretoken")
    }
    mine = Draft.objects.filter(person=request.user, place=place)
    if not place:
        return refuse(request, _("A draft needs a place."), status=422)
    elif any(value.strip() for value in content.values()):
        Draft.objects.update_or_create(person=request.user, place=place, defaults={"content": content})
    else:
        mine.delete()
    return JsonResponse({"kept": True})


@staff(permissions.VIEW)
def palette(request: StaffRequest) -> HttpResponse:
    """What Ctrl/⌘-K offers for the words typed so far: tickets, callers, pages."""
    words = request.GET.get("q", "")[:100].strip()
    found = Ticket.objects.visible_to(request.user).matching(words) if words else Ticket.objects.none()
    return fragment(
        request,
        "tickets/palette.html",
        tickets=list(found.select_related("status").order_by("-updated_at")[:8]),
        callers=callers(words),
        words=words,
    )


def _whole(text: str | None) -> int:
    """A whole number from a form; 0, which no row has, for anything else."""
    return int(text) if text and text.isdigit() and len(text) < 18 else 0


def home(request: HttpRequest) -> HttpResponse:
    """The bare address leads to the desk."""
    return see_other(request, reverse("dashboard"))
