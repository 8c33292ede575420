"""The API's doors into tickets: the list, a ticket, its conversation, people, files and story."""

from typing import IO, Annotated, Any, Literal, cast

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import File, Form, Query
from ninja.files import UploadedFile
from pydantic import Field

from mainspring.accounts.models import Person
from mainspring.api.conditions import must_match
from mainspring.api.doors import Asked, Door
from mainspring.api.fetching import locked, named, the_one
from mainspring.api.paging import USUAL, Cursor, Limit, Page, Sort, Walk
from mainspring.api.problems import Problem, wrong
from mainspring.api.shapes import (
    Address,
    Change,
    Given,
    GivenMoment,
    Id,
    Moment,
    Named,
    PathId,
    Shape,
    filled,
    left_out,
    upto,
)
from mainspring.crm.models import Business, Contact, Device
from mainspring.events.models import Event, reference
from mainspring.files.models import StoredFile
from mainspring.files.serving import serve
from mainspring.tickets import permissions
from mainspring.tickets.listing import TicketList
from mainspring.tickets.models import Attachment, Message, Participant, Priority, Status, Ticket
from mainspring.tickets.slots import intake_parts

door = Door("tickets", "Tickets")
doors = [door]

SORTS = {
    "updatedAt": "updated_at",
    "openedAt": "opened_at",
    "number": "number",
    "priority": "priority",
    "dueAt": "due_at",
}
KindName = Literal[
    "new", "open", "waiting_customer", "customer_replied", "in_progress", "waiting_third_party", "resolved", "closed"
]
PriorityName = Literal["low", "medium", "high", "urgent"]
ChannelName = Literal["phone", "counter", "mail", "desk"]
Number = Annotated[int, Field(ge=1, le=2**63 - 1, description="The ticket's number.", examples=[1042])]
Some = Annotated[int, Field(ge=1, le=2**63 - 1)]


class StatusShape(Shape):
    """A status: people speak of its name, rules of its kind."""

    id: int
    kind: KindName
    name: str

    @classmethod
    def of(cls, status: Status) -> "StatusShape":
        return cls.model_validate({"id": status.pk, "kind": status.kind, "name": str(status.name)})


class TicketShape(Shape):
    """A ticket as the staff sees it."""

    id: int
    number: int = Field(examples=[1042])
    subject: str = Field(examples=["Printer prints blank pages"])
    description: str
    status: StatusShape
    priority: PriorityName
    channel: str
    is_open: bool = Field(description="Neither resolved nor closed.")
    contact: Named | None
    business: Named | None
    submitter_name: str = Field(description="The contact's name.")
    submitter_email: str
    submitted_company_name: str
    device: Named | None
    device_condition: str
    accessories: str
    assignee: Named | None
    last_line: str = Field(description="The first words of the last message.")
    due_at: Moment | None
    opened_at: Moment
    updated_at: Moment
    resolved_at: Moment | None
    closed_at: Moment | None
    declined_at: Moment | None = Field(description="The customer declined the repair.")

    @classmethod
    def of(cls, ticket: Ticket) -> "TicketShape":
        contact, business = ticket.contact, ticket.business
        return cls.model_construct(
            status=StatusShape.of(ticket.status),
            priority=Priority(ticket.priority).name.lower(),
            contact=Named.of(contact),
            business=Named.of(business),
            submitter_name=contact.name if contact else "",
            submitter_email=contact.email if contact else "",
            submitted_company_name=business.name if business else "",
            device=Named.of(ticket.device),
            assignee=Named.of(ticket.assignee),
            **{name: getattr(ticket, name) for name in _PLAIN},
        )


_PLAIN = (
    "id", "number", "subject", "description", "channel", "is_open", "device_condition", "accessories", "last_line",
    "due_at", "opened_at", "updated_at", "resolved_at", "closed_at", "declined_at",
)  # fmt: skip


class FileShape(Shape):
    id: int
    name: str
    type: str = Field(description="What its content is, whatever it was called.")
    size: int
    is_internal: bool
    added_by: str
    added_at: Moment
    note_id: int | None = Field(description="The note it came with.")

    @classmethod
    def of(cls, kept: Attachment) -> "FileShape":
        return cls(
            id=kept.pk,
            name=kept.name,
            type=kept.file.type,
            size=kept.file.size,
            is_internal=kept.is_internal,
            added_by=kept.added_by,
            added_at=kept.added_at,
            note_id=kept.message_id,
        )


class NoteShape(Shape):
    """One message of the conversation. An internal one is read by the staff, and by nobody else, ever."""

    id: int
    is_internal: bool
    text: str
    direction: Literal["in", "out"]
    channel: str
    author_name: str
    is_mailed: bool
    is_question: bool
    is_on_invoice: bool
    is_unverified: bool = Field(description="From somebody who does not belong to the ticket.")
    written_at: Moment
    files: list[FileShape]

    @classmethod
    def of(cls, message: Message, files: list[Attachment]) -> "NoteShape":
        columns = {name: getattr(message, name) for name in cls.model_fields if name != "files"}
        return cls(files=[FileShape.of(kept) for kept in files], **columns)


class SeatShape(Shape):
    """A further contact of a ticket, in a role of his own there."""

    id: int
    contact: Named
    role: str
    gets_mail: bool


class EventShape(Shape):
    """One thing that happened."""

    id: int
    kind: str = Field(examples=["ticket.status_changed"])
    says: str
    actor: str = Field(examples=["person:3"])
    actor_name: str
    at: Moment


class TicketGiven(Given):
    """A new ticket, of a contact we know (`contactId`), or of one who is found or added by name and mail address."""

    subject: Annotated[str, filled(200)] = Field(examples=["Printer prints blank pages"])
    description: Annotated[str, upto(20_000)] = ""
    contact_id: Id | None = None
    submitter_name: Annotated[str, upto(120)] = Field("", examples=["Carol Mizrahi"])
    submitter_email: Address = ""
    submitter_phone: Annotated[str, upto(40)] = ""
    submitted_company_name: Annotated[str, upto(160)] = Field("", examples=["Acme Printing"])
    device_id: Id | None = None
    device_condition: Annotated[str, upto(300)] = ""
    accessories: Annotated[str, upto(300)] = ""
    priority: PriorityName = "medium"
    channel: ChannelName = "desk"
    assignee_id: Id | None = None
    due_at: GivenMoment | None = None
    diagnostic: Literal["rule", "none"] | Id = Field(
        "rule", description="The diagnostic fee: by the rule of its kind of device, none, or a service's id."
    )


class TicketChange(Change):
    subject: Annotated[str, filled(200)] = left_out()
    description: Annotated[str, upto(20_000)] = left_out()
    priority: PriorityName = left_out()
    device_id: Id | None = left_out()
    device_condition: Annotated[str, upto(300)] = left_out()
    accessories: Annotated[str, upto(300)] = left_out()
    assignee_id: Id | None = left_out()
    due_at: GivenMoment | None = left_out()
    status_id: Id = left_out()


class StatusGiven(Given):
    """By its id, or by its kind: then the first status of that kind."""

    status_id: Id | None = None
    kind: KindName | None = None


class AssigneeGiven(Given):
    person_id: Id | None = Field(description="null: nobody.")


class NoteGiven(Given):
    """A note to the customer, or with `isInternal` for the staff alone."""

    text: Annotated[str, filled(50_000)] = Field(examples=["The fuser is worn; we replace it today."])
    is_internal: bool = False
    is_mailed: bool = Field(True, description="The customer gets it by mail.")
    is_question: bool = Field(False, description="It asks something: the ticket waits for the customer.")
    is_on_invoice: bool = True


class SeatGiven(Given):
    contact_id: Id
    role: Annotated[str, upto(80)] = ""
    gets_mail: bool = True


@door.get("/tickets", Page[TicketShape], may=permissions.VIEW)
def tickets(
    request: Asked,
    q: Annotated[
        str,
        Field(
            max_length=300,
            pattern=r"^[^\x00]*$",
            description="Words as in the desk's list: `blank pages from:acme is:open`.",
        ),
    ] = "",
    status: KindName | None = None,
    is_open: bool | None = Query(None, alias="isOpen"),
    priority: PriorityName | None = None,
    assignee: Annotated[
        str, Field(pattern="^(me|none|[1-9][0-9]{0,17})?$", description="A person's id, `me` or `none`.")
    ] = "",
    contact: Some | None = None,
    business: Some | None = None,
    device: Some | None = None,
    updated_since: GivenMoment | None = Query(None, alias="updatedSince"),
    limit: Limit = USUAL,
    cursor: Cursor = "",
    sort: Sort = "-updatedAt",
) -> Page[TicketShape]:
    """Tickets, the latest changed first.

    `updatedSince` with `sort=updatedAt` follows what changes.
    """
    found = TicketList(request.user, q, "-updated", "").tickets() if q.strip() else _visible(request)
    by: dict[str, Any] = {
        "status__kind": status,
        "is_open": is_open,
        "priority": Priority[priority.upper()] if priority else None,
        "contact": contact,
        "business": business,
        "device": device,
        "updated_at__gte": updated_since,
    }
    found = found.filter(**{name: value for name, value in by.items() if value is not None})
    if assignee == "none":
        found = found.filter(assignee=None)
    elif assignee:
        found = found.filter(assignee=request.user.pk if assignee == "me" else int(assignee))
    return Walk(SORTS, sort, cursor, limit).page(found.with_people(), TicketShape.of)


@door.post("/tickets", TicketShape, may=permissions.OPEN)
def open_ticket(request: Asked, given: TicketGiven) -> TicketShape:
    """Open a ticket. What follows is as on the desk: number, confirmation, diagnostic fee with its invoice."""
    contact = _submitter(request, given)
    device = named(Device.objects.select_related("kind"), given.device_id, "deviceId")
    ticket = Ticket.objects.open(
        given.subject,
        by=request.user,
        contact=contact,
        device=device,
        assignee=named(Person.objects.working(), given.assignee_id, "assigneeId"),
        priority=Priority[given.priority.upper()],
        **given.model_dump(include={"description", "channel", "device_condition", "accessories", "due_at"}),
    )
    told = QueryDict(mutable=True)
    told["diagnostic"] = "" if given.diagnostic == "none" else str(given.diagnostic)
    for part in intake_parts.fill(request.user):
        part.take(ticket, told, request.user)
    return TicketShape.of(_ticket(request, ticket.number))


@door.get("/tickets/{number}", TicketShape, may=permissions.VIEW)
def ticket(request: Asked, number: Number) -> TicketShape:
    """A ticket."""
    return TicketShape.of(_ticket(request, number))


@door.patch("/tickets/{number}", TicketShape, may=permissions.EDIT)
def change_ticket(request: Asked, number: Number, given: TicketChange) -> TicketShape:
    """Change a ticket: only what is sent. A status that is done, or was, asks for the permission to close."""
    found = _locked(request, number)
    must_match(request, TicketShape.of(found))
    changes = given.given
    if "device_id" in changes:
        changes["device"] = named(Device.objects.select_related("kind"), changes.pop("device_id"), "deviceId")
    if "priority" in changes:
        changes["priority"] = Priority[changes["priority"].upper()]
    if "assignee_id" in changes:
        found.assign(named(Person.objects.working(), changes.pop("assignee_id"), "assigneeId"), by=request.user)
    if "due_at" in changes:
        found.move_due(changes.pop("due_at"), by=request.user)
    if "status_id" in changes:
        _become(request, found, named(Status.objects.all(), changes.pop("status_id"), "statusId"))
    found.amend(by=request.user, **changes)
    return TicketShape.of(_ticket(request, number))


@door.post("/tickets/{number}/status", TicketShape, may=permissions.EDIT, status=200)
def change_status(request: Asked, number: Number, given: StatusGiven) -> TicketShape:
    """Move a ticket to another status. A done one resolves or closes it, an open one reopens it."""
    found = _locked(request, number)
    if given.status_id is not None:
        status = named(Status.objects.all(), given.status_id, "statusId")
    elif given.kind is not None:
        status = Status.first_of(given.kind)
    else:
        raise wrong("statusId", _("Name a status, or a kind."))
    _become(request, found, status)
    return TicketShape.of(_ticket(request, number))


@door.post("/tickets/{number}/assign", TicketShape, may=permissions.EDIT, status=200)
def assign(request: Asked, number: Number, given: AssigneeGiven) -> TicketShape:
    """Give a ticket to somebody, or to nobody."""
    found = _locked(request, number)
    found.assign(named(Person.objects.working(), given.person_id, "personId"), by=request.user)
    return TicketShape.of(found)


@door.post("/tickets/{number}/resolve", TicketShape, may=permissions.CLOSE, status=200)
def resolve(request: Asked, number: Number) -> TicketShape:
    """The work is done. The final invoice is issued in the same moment."""
    _locked(request, number).resolve(by=request.user)
    return TicketShape.of(_ticket(request, number))


@door.post("/tickets/{number}/close", TicketShape, may=permissions.CLOSE, status=200)
def close(request: Asked, number: Number) -> TicketShape:
    """Nothing is left to do. A ticket that was not resolved before is billed now."""
    _locked(request, number).close(by=request.user)
    return TicketShape.of(_ticket(request, number))


@door.post("/tickets/{number}/reopen", TicketShape, may=permissions.CLOSE, status=200)
def reopen(request: Asked, number: Number) -> TicketShape:
    """Work goes on. What was billed stays billed."""
    _locked(request, number).reopen(by=request.user)
    return TicketShape.of(_ticket(request, number))


@door.post("/tickets/{number}/decline", TicketShape, may=permissions.EDIT, status=200)
def decline_repair(request: Asked, number: Number) -> TicketShape:
    """The customer does not want the repair: the fee stands and nothing else is billed."""
    _locked(request, number).decline_repair(by=request.user)
    return TicketShape.of(_ticket(request, number))


@door.post("/tickets/{number}/resume", TicketShape, may=permissions.EDIT, status=200)
def resume_repair(request: Asked, number: Number) -> TicketShape:
    """The repair goes on after all."""
    _locked(request, number).resume_repair(by=request.user)
    return TicketShape.of(_ticket(request, number))


@door.get("/tickets/{number}/notes", Page[NoteShape], may=permissions.VIEW, tag="Notes")
def notes(
    request: Asked,
    number: Number,
    is_internal: bool | None = Query(None, alias="isInternal"),
    limit: Limit = USUAL,
    cursor: Cursor = "",
    sort: Sort = "id",
) -> Page[NoteShape]:
    """The conversation, internal notes included."""
    found = Message.objects.filter(ticket=_ticket(request, number)).standing()
    if is_internal is not None:
        found = found.filter(kind=Message.Kind.INTERNAL if is_internal else Message.Kind.GENERAL)
    page = Walk({"id": "id"}, sort, cursor, limit).page(found, lambda message: message)
    return Page(items=with_files(page.items, NoteShape.of), next=page.next)


@door.post("/tickets/{number}/notes", NoteShape, may=permissions.REPLY, tag="Notes")
def write_note(request: Asked, number: Number, given: NoteGiven) -> NoteShape:
    """Write to the customer, or with `isInternal` for the staff alone."""
    found = _locked(request, number)
    if given.is_internal:
        message = found.write_internally(given.text, by=request.user)
    else:
        message = found.write(
            given.text,
            by=request.user,
            mailed=given.is_mailed,
            question=given.is_question,
            on_invoice=given.is_on_invoice,
        )
    return NoteShape.of(message, [])


@door.post("/tickets/{number}/notes/{pk}/take-back", NoteShape, may=permissions.REPLY, tag="Notes", status=200)
def take_back_note(request: Asked, number: Number, pk: PathId) -> NoteShape:
    """Take one's own note back within ten seconds, before it is mailed."""
    found = _ticket(request, number)
    message = the_one(found.messages.standing(), pk=pk, person=request.user)
    if not message.take_back(by=request.user):
        raise Problem(409, _("Too late to take it back: it is on its way."))
    return NoteShape.of(message, [])


@door.get("/tickets/{number}/contacts", Page[SeatShape], may=permissions.VIEW)
def seats(request: Asked, number: Number, limit: Limit = USUAL, cursor: Cursor = "") -> Page[SeatShape]:
    """Further contacts of a ticket, each in his role."""
    found = Participant.objects.filter(ticket=_ticket(request, number)).select_related("contact")
    return Walk({"id": "id"}, "id", cursor, limit).page(found, _seat)


@door.post("/tickets/{number}/contacts", SeatShape, may=permissions.EDIT)
def join_contact(request: Asked, number: Number, given: SeatGiven) -> SeatShape:
    """Add a contact to a ticket. He gets its mails, unless told otherwise."""
    contact = named(Contact.objects.standing(), given.contact_id, "contactId")
    assert contact is not None
    found = _locked(request, number)
    return _seat(found.join(contact, by=request.user, role=given.role, gets_mail=given.gets_mail))


@door.delete("/tickets/{number}/contacts/{pk}", may=permissions.EDIT)
def part_with_contact(request: Asked, number: Number, pk: PathId) -> None:
    """Take a contact off a ticket."""
    found = _locked(request, number)
    found.part_with(the_one(Participant.objects.select_related("contact"), ticket=found, pk=pk), by=request.user)


@door.get("/tickets/{number}/files", Page[FileShape], may=permissions.VIEW, tag="Files")
def files(request: Asked, number: Number, limit: Limit = USUAL, cursor: Cursor = "") -> Page[FileShape]:
    """The files of a ticket."""
    found = Attachment.objects.filter(ticket=_ticket(request, number), removed_at=None).select_related("file")
    return Walk({"id": "id"}, "id", cursor, limit).page(found, FileShape.of)


@door.post("/tickets/{number}/files", FileShape, may=permissions.REPLY, tag="Files")
def attach(
    request: Asked,
    number: Number,
    file: UploadedFile = File(...),
    is_internal: bool = Form(False, alias="isInternal"),
) -> FileShape:
    """Attach a file of at most 25 MB. With `isInternal` only the staff sees it."""
    found = _locked(request, number)
    return FileShape.of(found.attach(keep(file, request.user.actor_key), by=request.user, internal=is_internal))


@door.get("/tickets/{number}/files/{pk}", None, may=permissions.VIEW, tag="Files", status=200, binary="*/*")
def download(request: Asked, number: Number, pk: PathId) -> HttpResponseBase:
    """The content of a file. It is sent as a download, whatever it is."""
    kept = Attachment.objects.filter(ticket=_ticket(request, number), removed_at=None).select_related("file")
    return serve(the_one(kept, pk=pk).file, inline=False, request=request)


@door.delete("/tickets/{number}/files/{pk}", may=permissions.EDIT, tag="Files")
def detach(request: Asked, number: Number, pk: PathId) -> None:
    """Take a file off a ticket."""
    found = _locked(request, number)
    found.detach(the_one(found.attachments.filter(removed_at=None), pk=pk), by=request.user)


@door.post("/tickets/{number}/files/{pk}/put-back", FileShape, may=permissions.EDIT, tag="Files", status=200)
def put_back_file(request: Asked, number: Number, pk: PathId) -> FileShape:
    """Undo the removal of a file."""
    found = _locked(request, number)
    kept = the_one(found.attachments.select_related("file"), pk=pk)
    found.put_back(kept, by=request.user)
    return FileShape.of(kept)


@door.get("/tickets/{number}/timeline", Page[EventShape], may=permissions.VIEW)
def timeline(
    request: Asked, number: Number, limit: Limit = USUAL, cursor: Cursor = "", sort: Sort = "-id"
) -> Page[EventShape]:
    """Everything that happened on a ticket, with who did it."""
    found = Event.objects.filter(stream=reference(_ticket(request, number)))
    return Walk({"id": "id"}, sort, cursor, limit).page(found, _event)


@door.get("/statuses", Page[StatusShape], may=permissions.VIEW, tag="Settings")
def statuses(request: Asked, limit: Limit = 100, cursor: Cursor = "") -> Page[StatusShape]:
    """The statuses, in their order."""
    return Walk({"order": "order"}, "order", cursor, limit).page(Status.objects.order_by(), StatusShape.of)


def _visible(request: Asked) -> Any:
    return Ticket.objects.visible_to(request.user)


def _ticket(request: Asked, number: int) -> Ticket:
    return the_one(_visible(request).with_people(), number=number)


def _locked(request: Asked, number: int) -> Ticket:
    return locked(_visible(request).with_people(), number=number)


def _become(request: Asked, found: Ticket, status: Status | None) -> None:
    assert status is not None
    if (status.is_done or found.is_done) and not request.user.may(permissions.CLOSE):
        raise Problem(403, _("Your role can't resolve, close or reopen tickets."), name="missing-permission")
    found.become(status, by=request.user)


def _submitter(request: Asked, given: TicketGiven) -> Contact | None:
    """The contact: the one named, one we know by mail address or phone number, or a new one. His business with him."""
    if given.contact_id is not None:
        return named(Contact.objects.standing().select_related("business"), given.contact_id, "contactId")
    name, email, phone = given.submitter_name.strip(), given.submitter_email, given.submitter_phone
    if not (name or email or phone):
        raise wrong("contactId", _("Who submits it? A contact, or a name and how he is reached."))
    known = Contact.objects.reached_at(email=email, phone=phone).select_related("business").first()
    if known is not None:
        return known
    elif not name or not (email or phone):
        missing = "submitterEmail" if name else "submitterName"
        raise wrong(missing, _("A new contact needs a name, and a mail address or phone number."))
    company = given.submitted_company_name.strip()
    business = None
    if company:
        business = Business.objects.filter(name__iexact=company).first() or Business.add(by=request.user, name=company)
    return Contact.add(by=request.user, name=name, email=email, phone=phone, business=business)


def keep(file: UploadedFile, by: str) -> StoredFile:
    """The upload, stored; 413 when it is too large."""
    try:
        return StoredFile.keep(
            cast("IO[bytes]", file.file), name=file.name or "", declared_type=file.content_type or "", by=by
        )
    except ValidationError as error:
        raise Problem(413, " ".join(error.messages)) from error


def with_files(messages: list[Message], shown: Any, **narrowed: Any) -> list[Any]:
    """The messages as shapes, each with its files; one query for the files of all."""
    found: dict[int | None, list[Attachment]] = {}
    for kept in Attachment.objects.filter(message__in=messages, removed_at=None, **narrowed).select_related("file"):
        found.setdefault(kept.message_id, []).append(kept)
    return [shown(message, found.get(message.pk, [])) for message in messages]


def _seat(seat: Participant) -> SeatShape:
    contact = Named(id=seat.contact_id, name=seat.contact.name)
    return SeatShape(id=seat.pk, contact=contact, role=seat.role, gets_mail=seat.gets_mail)


def _event(event: Event) -> EventShape:
    return EventShape(
        id=event.pk, kind=event.kind, says=str(event), actor=event.actor, actor_name=event.actor_name, at=event.at
    )
