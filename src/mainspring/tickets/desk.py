"""The staff's doors into tickets: intake, the ticket page and its verbs."""

from itertools import chain
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.accounts.models import Person
from mainspring.core.asked import clean, row_key, whole
from mainspring.crm.models import Contact
from mainspring.files.models import StoredFile
from mainspring.files.serving import serve, serve_thumbnail
from mainspring.tickets import permissions
from mainspring.tickets.forms import (
    AmendForm,
    ContactForm,
    CustomerPagesForm,
    DueForm,
    NoteForm,
    ReachForm,
    SeatForm,
)
from mainspring.tickets.intake import Intake
from mainspring.tickets.models import (
    Attachment,
    CustomerPages,
    Draft,
    Message,
    PageLink,
    Participant,
    Priority,
    Status,
    Ticket,
)
from mainspring.tickets.reading import TicketPage, caller_card, callers, ticket_by_number, ticket_of_page
from mainspring.tickets.timeline import Timeline
from mainspring.ui.pages import fragment, is_fragment, page, refuse, see_other, toast
from mainspring.ui.slots import finders

SEALED = ("passcode",)
"""What no draft may hold."""


def find(request: StaffRequest, number: int) -> Ticket:
    """The ticket, if this person may know of it; 404 otherwise."""
    return _the_one(ticket_by_number(number) if request.user.may(permissions.VIEW) else [])


def _the_one(found: list[Ticket]) -> Ticket:
    if not found:
        raise Http404
    return found[0]


def back_to(ticket: Ticket, tab: str = "") -> str:
    return reverse("ticket", args=[ticket.number]) + (f"?tab={tab}" if tab else "")


@staff(permissions.OPEN, methods=("GET", "POST"))
def new(request: StaffRequest) -> HttpResponse:
    intake = _intake(request)
    duplicates: list[Contact] = []
    if intake.posted is not None and intake.is_valid():
        duplicates = intake.caller.duplicates()
        ticket = intake.opened_before() if duplicates else intake.open()
        if ticket is not None:
            toast(request, _("Ticket #%(number)s is open.") % {"number": ticket.number})
            return see_other(request, back_to(ticket))
    status = 200 if intake.posted is None else 422
    card = caller_card(intake.caller_key)
    return page(request, "tickets/new.html", intake=intake, duplicates=duplicates, card=card, status=status)


def _intake(request: StaffRequest) -> Intake:
    """The form as posted; else as it was left before it was sent, or with the caller that a link names (`contact`)."""
    named = whole(request.GET.get("contact"))
    place = f"intake:{named}" if named else "intake"
    if request.method == "POST":
        return Intake(request.POST, by=request.user, place=request.POST.get("place", "intake")[:80])
    kept = Draft.objects.filter(person=request.user, place=place).first()
    return Intake(None, by=request.user, begun=kept.content if kept else {"contact": named or ""}, place=place)


@staff(permissions.OPEN, methods=("POST",))
def intake_says(request: StaffRequest) -> HttpResponse:
    """What saving the form, as it is now, will send and charge."""
    return fragment(request, "tickets/intake_says.html", says=Intake(request.POST, by=request.user).says())


@staff(permissions.VIEW)
def caller_options(request: StaffRequest) -> HttpResponse:
    words = clean(request.GET.get("q") or request.GET.get("also_name"), 100)
    return fragment(request, "tickets/caller_options.html", callers=callers(words), words=words)


@staff(permissions.VIEW)
def caller(request: StaffRequest, pk: int) -> HttpResponse:
    card = caller_card(str(pk))
    if card is None:
        raise Http404
    return fragment(request, "tickets/caller_card.html", card=card)


@staff(permissions.VIEW)
def ticket(request: StaffRequest, number: int) -> HttpResponse:
    found = _the_one(ticket_of_page(number, request.user.pk))
    return page(request, "tickets/ticket.html", shown=TicketPage(found, request.user, request.GET), ticket=found)


@staff(permissions.VIEW)
def timeline(request: StaffRequest, number: int) -> HttpResponse:
    """Another choice of the story, or its next page, for the tab that is open."""
    found = get_object_or_404(Ticket.objects.visible_to(request.user), number=number)
    story = Timeline(found, request.user, request.GET)
    if not is_fragment(request):
        return see_other(request, reverse("ticket", args=[found.number]) + story.address())
    response = fragment(request, "tickets/story.html", story=story, ticket=found)
    if story.before is None:
        response.headers["HX-Replace-Url"] = reverse("ticket", args=[found.number]) + story.address()
    return response


@staff(permissions.REPLY, methods=("POST",))
def note(request: StaffRequest, number: int) -> HttpResponse:
    found = find(request, number)
    form = NoteForm(request.POST, request.FILES, by=request.user)
    if not form.is_valid():
        return refuse(request, form.first_error(), status=422)
    given = form.cleaned_data
    files = given["uploads"]
    with transaction.atomic():  # one turn at writing for the note and for its draft, which is done with
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
        text = {"text": message.text, "kind": message.kind}
        Draft.keep(text, place=f"ticket:{found.pk}:note", of=request.user)
        toast(request, _("Taken back. The text is in the box again."))
    else:
        toast(request, _("Too late to take it back: it is on its way."))
    return see_other(request, back_to(found))


@staff(permissions.EDIT, methods=("POST",))
def change_status(request: StaffRequest, number: int) -> HttpResponse:
    found = find(request, number)
    status = get_object_or_404(Status, pk=row_key(request.POST.get("status")))
    if (status.is_done or found.is_done) and not request.user.may(permissions.CLOSE):
        return refuse(request, _("Your role can't resolve, close or reopen tickets."), status=403)
    found.become(status, by=request.user)
    toast(request, _("#%(number)s: %(status)s.") % {"number": found.number, "status": found.status})
    return see_other(request, back_to(found))


@staff(permissions.EDIT, methods=("POST",))
def assign(request: StaffRequest, number: int) -> HttpResponse:
    found = find(request, number)
    wanted = request.POST.get("person", "")
    person = get_object_or_404(Person.objects.working(), pk=row_key(wanted)) if wanted else None
    found.assign(person, by=request.user)
    return see_other(request, back_to(found))


@staff(permissions.EDIT, methods=("POST",))
def change_priority(request: StaffRequest, number: int) -> HttpResponse:
    found = find(request, number)
    wanted = whole(request.POST.get("priority"))
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
    if contact == found.contact:
        return refuse(request, _("%(name)s is the customer of this ticket already.") % {"name": contact}, status=409)
    found.join(contact, by=request.user, role=form.cleaned_data["role"], gets_mail=form.cleaned_data["gets_mail"])
    return see_other(request, back_to(found, "contacts"))


@staff(permissions.EDIT, methods=("POST",))
def part_with_contact(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    found = find(request, number)
    found.part_with(get_object_or_404(Participant, ticket=found, pk=pk), by=request.user)
    return see_other(request, back_to(found, "contacts"))


@staff(permissions.EDIT, methods=("GET", "POST"))
def edit_customer(request: StaffRequest, number: int) -> HttpResponse:
    found = find(request, number)
    if found.contact is None:
        raise Http404
    form = ReachForm(request.POST or None, contact=found.contact)
    if request.method == "POST" and form.is_valid():
        found.contact.amend(by=request.user, **form.reach)
        toast(request, _("Saved."))
        return see_other(request, back_to(found, "contacts"))
    return _contact_form(request, found, form, found.contact, reverse("edit_customer", args=[found.number]))


@staff(permissions.EDIT, methods=("GET", "POST"))
def edit_seat(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    found = find(request, number)
    seat = get_object_or_404(Participant.objects.select_related("contact"), ticket=found, pk=pk)
    form = SeatForm(request.POST or None, seat=seat)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            seat.contact.amend(by=request.user, **form.reach)
            given = form.cleaned_data
            found.reseat(seat, by=request.user, role=given["role"], gets_mail=given["gets_mail"])
        toast(request, _("Saved."))
        return see_other(request, back_to(found, "contacts"))
    return _contact_form(request, found, form, seat.contact, reverse("edit_seat", args=[found.number, seat.pk]))


@staff(permissions.EDIT, methods=("POST",))
def lead_by(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    found = find(request, number)
    seat = get_object_or_404(Participant.objects.select_related("contact__business"), ticket=found, pk=pk)
    found.lead_by(seat, by=request.user)
    toast(request, _("%(name)s is the customer now.") % {"name": found.contact})
    return see_other(request, back_to(found, "contacts"))


@staff(permissions.REPLY, methods=("POST",))
def attach(request: StaffRequest, number: int) -> HttpResponse:
    found = find(request, number)
    is_internal = bool(request.POST.get("internal"))
    refused = []
    for upload in request.FILES.getlist("files"):
        try:
            kept = StoredFile.keep(
                upload, name=upload.name or "", declared_type=upload.content_type or "", by=request.user.actor_key
            )
        except ValidationError as error:
            refused += error.messages
        else:
            found.attach(kept, by=request.user, internal=is_internal)
    if refused:
        return refuse(request, " ".join(refused), status=422)
    return see_other(request, back_to(found, "attachments"))


@staff(permissions.EDIT, methods=("POST",))
def detach(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    found = find(request, number)
    kept = get_object_or_404(found.attachments.filter(removed_at=None), pk=pk)
    found.detach(kept, by=request.user)
    undo = reverse("put_back", args=[found.number, kept.pk])
    toast(request, _("Removed: %(name)s.") % {"name": kept.name}, undo_url=undo)
    return see_other(request, back_to(found, "attachments"))


@staff(permissions.EDIT, methods=("POST",))
def put_back(request: StaffRequest, number: int, pk: int) -> HttpResponse:
    found = find(request, number)
    found.put_back(get_object_or_404(found.attachments, pk=pk), by=request.user)
    return see_other(request, back_to(found, "attachments"))


@staff(permissions.VIEW)
def attachment(request: StaffRequest, number: int, pk: int) -> HttpResponseBase:
    kept = _kept(request, number, pk)
    return serve(kept.file, inline="download" not in request.GET, request=request)


@staff(permissions.VIEW)
def thumbnail(request: StaffRequest, number: int, pk: int) -> HttpResponseBase:
    return serve_thumbnail(_kept(request, number, pk).file)


@staff(permissions.EDIT, methods=("POST",))
def new_link(request: StaffRequest, number: int) -> HttpResponse:
    """The links that went out open nothing any more; there is a new one for the customer."""
    found = find(request, number)
    if found.contact is None:
        return refuse(request, _("There is no customer on this ticket yet."), status=409)
    with transaction.atomic():
        PageLink.objects.end(found, by=request.user)
        PageLink.objects.for_reader(found, found.contact)
    toast(request, _("The old links open nothing any more. Here is a new one; the next mail brings it too."))
    return see_other(request, back_to(found, "overview"))


@staff(permissions.SETTINGS, methods=("GET", "POST"))
def customer_pages(request: StaffRequest) -> HttpResponse:
    form = CustomerPagesForm(request.POST or None, instance=CustomerPages.get())
    if request.method == "POST" and form.is_valid():
        CustomerPages.get().amend(by=request.user, **form.cleaned_data)
        toast(request, _("Saved."))
        return see_other(request, reverse("customer_pages"))
    return page(request, "tickets/customer_pages.html", form=form, status=422 if form.errors else 200)


@staff(permissions.VIEW, methods=("POST",))
def keep_draft(request: StaffRequest) -> HttpResponse:
    """What is typed, kept on the server too; an empty one is forgotten."""
    place = clean(request.POST.get("place"), 80)
    content: dict[str, Any] = {
        key: values[0][:50_000] if len(values) == 1 else [one[:50_000] for one in values[:50]]
        for key, values in request.POST.lists()
        if key not in ("place", "csrfmiddlewaretoken", *SEALED) and values
    }
    mine = Draft.objects.filter(person=request.user, place=place)
    if not place:
        return refuse(request, _("A draft needs a place."), status=422)
    elif any(value.strip() for value in content.values() if isinstance(value, str)):
        Draft.keep(content, place=place, of=request.user)
    else:
        mine.delete()
    return JsonResponse({"kept": True})


@staff(permissions.VIEW)
def palette(request: StaffRequest) -> HttpResponse:
    """What Ctrl/⌘-K offers for the words typed so far: things of every module, and pages."""
    words = clean(request.GET.get("q"), 100)
    found = chain.from_iterable(finders.fill(request.user, words)) if words else ()
    return fragment(request, "tickets/palette.html", found=list(found), words=words)


def _contact_form(request: StaffRequest, found: Ticket, form: ReachForm, contact: Contact, action: str) -> HttpResponse:
    show, template = (fragment, "_contact_row") if is_fragment(request) else (page, "contact_form")
    shown = {"form": form, "ticket": found, "contact": contact, "action": action, "back": back_to(found, "contacts")}
    return show(request, f"tickets/{template}.html", status=422 if request.method == "POST" else 200, **shown)


def _kept(request: StaffRequest, number: int, pk: int) -> Attachment:
    """A file that stands on a ticket this person may know of; 404 otherwise."""
    found = get_object_or_404(Ticket.objects.visible_to(request.user), number=number)
    return get_object_or_404(Attachment.objects.select_related("file"), ticket=found, pk=pk, removed_at=None)
