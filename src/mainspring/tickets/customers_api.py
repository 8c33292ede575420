"""The API's doors for a customer's own token: his tickets, what he may read of them, his answer.

Shapes of their own: what a customer must not see has no field here that could show it.
"""

from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http.response import HttpResponseBase
from ninja import File, Query
from ninja.files import UploadedFile
from pydantic import Field

from mainspring.accounts.models import Person
from mainspring.api.doors import Asked, Door
from mainspring.api.fetching import locked, named, the_one
from mainspring.api.limits import demand
from mainspring.api.paging import USUAL, Cursor, Limit, Page, Sort, Walk
from mainspring.api.problems import Problem
from mainspring.api.shapes import Given, Id, Moment, PathId, Shape, filled, upto
from mainspring.crm.models import Contact, Device
from mainspring.files.models import MOST_BYTES
from mainspring.files.serving import serve
from mainspring.tickets.api import KindName, Number, with_files
from mainspring.tickets.forms import kept_from
from mainspring.tickets.models import Attachment, Channel, Message, Ticket
from mainspring.tickets.models.ticket import TicketQuerySet
from mainspring.tickets.visits import NEW, REPLIES, UPLOADS

door = Door("tickets", "For customers")
doors = [door]


class HisStatus(Shape):
    kind: KindName
    name: str


class HisTicket(Shape):
    """A ticket as its customer sees it."""

    number: int
    subject: str
    status: HisStatus
    is_open: bool
    device: str
    due_at: Moment | None = Field(description="When we expect to be done.")
    opened_at: Moment
    resolved_at: Moment | None
    closed_at: Moment | None

    @classmethod
    def of(cls, ticket: Ticket) -> "HisTicket":
        return cls(
            number=ticket.number,
            subject=ticket.subject,
            status=HisStatus.model_validate({"kind": ticket.status.kind, "name": str(ticket.status.name)}),
            is_open=ticket.is_open,
            device=str(ticket.device or ""),
            due_at=ticket.due_at if ticket.is_open else None,
            opened_at=ticket.opened_at,
            resolved_at=ticket.resolved_at,
            closed_at=ticket.closed_at,
        )


class HisFile(Shape):
    id: int
    name: str
    type: str
    size: int
    added_at: Moment

    @classmethod
    def of(cls, kept: Attachment) -> "HisFile":
        return cls(id=kept.pk, name=kept.name, type=kept.file.type, size=kept.file.size, added_at=kept.added_at)


class HisNote(Shape):
    """A message that the customer may read: what we wrote to him, and what he wrote."""

    id: int
    text: str
    direction: Literal["in", "out"] = Field(description="`out` is from the shop.")
    author_name: str
    is_question: bool
    written_at: Moment
    files: list[HisFile]

    @classmethod
    def of(cls, message: Message, files: list[Attachment]) -> "HisNote":
        columns = {name: getattr(message, name) for name in cls.model_fields if name != "files"}
        return cls(files=[HisFile.of(kept) for kept in files], **columns)


class HisTicketGiven(Given):
    subject: Annotated[str, filled(200)] = Field(examples=["Prints blank pages"])
    description: Annotated[str, upto(20_000)] = ""
    device_id: Id | None = Field(None, description="One of his devices.")


class ReplyGiven(Given):
    text: Annotated[str, filled(50_000)] = Field(examples=["Yes, please replace it."])


def tickets_of(customer: Person) -> TicketQuerySet:
    """The tickets that the portal shows him: his, those he has a seat on, those of a business he sees all of."""
    return Ticket.objects.visible_to(customer)


def files_of(ticket: Ticket) -> "QuerySet[Attachment]":
    """The files that its customer may have: none that is internal, none of a message that he may not read."""
    read = Message.objects.filter(ticket=ticket).for_customer()
    shown = Attachment.objects.filter(ticket=ticket, is_internal=False, removed_at=None)
    return shown.filter(Q(message=None) | Q(message__in=read)).select_related("file")


@door.get("/my/tickets", Page[HisTicket], customers=True)
def my_tickets(
    request: Asked,
    is_open: bool | None = Query(None, alias="isOpen"),
    limit: Limit = USUAL,
    cursor: Cursor = "",
    sort: Sort = "-number",
) -> Page[HisTicket]:
    """One's own tickets, the latest first."""
    found = tickets_of(request.customer).select_related("status", "device__kind")
    if is_open is not None:
        found = found.filter(is_open=is_open)
    return Walk({"number": "number"}, sort, cursor, limit).page(found, HisTicket.of)


@door.post("/my/tickets", HisTicket, customers=True)
def my_new_ticket(request: Asked, given: HisTicketGiven) -> HisTicket:
    """Open a ticket, as the form of the portal does. Photos are sent to it afterwards."""
    demand(NEW, request.customer.pk)
    contact = Contact.objects.who_is(request.customer)
    his = Device.objects.visible_to(request.customer).select_related("kind")
    device = named(his, given.device_id, "deviceId")
    ticket = Ticket.objects.open(
        given.subject, by=contact, contact=contact, channel=Channel.API, device=device, description=given.description
    )
    return HisTicket.of(_ticket(request, ticket.number))


@door.get("/my/tickets/{number}", HisTicket, customers=True)
def my_ticket(request: Asked, number: Number) -> HisTicket:
    """One of one's own tickets."""
    return HisTicket.of(_ticket(request, number))


@door.get("/my/tickets/{number}/notes", Page[HisNote], customers=True)
def my_notes(
    request: Asked, number: Number, limit: Limit = USUAL, cursor: Cursor = "", sort: Sort = "id"
) -> Page[HisNote]:
    """The conversation, as far as it is the customer's to read."""
    found = Message.objects.filter(ticket=_ticket(request, number)).for_customer()
    page: Any = Walk({"id": "id"}, sort, cursor, limit).page(found, lambda message: message)
    return Page(items=with_files(page.items, HisNote.of, is_internal=False), next=page.next)


@door.post("/my/tickets/{number}/notes", HisNote, customers=True)
def my_reply(request: Asked, number: Number, given: ReplyGiven) -> HisNote:
    """Answer. The status follows, and a ticket that was done opens again."""
    found = locked(tickets_of(request.customer).with_people(), number=number)
    demand(REPLIES, found.pk)
    by = Contact.objects.who_is(request.customer)
    return HisNote.of(found.customer_replied(given.text, by=by, channel=Channel.API), [])


@door.get("/my/tickets/{number}/files", Page[HisFile], customers=True)
def my_files(request: Asked, number: Number, limit: Limit = USUAL, cursor: Cursor = "") -> Page[HisFile]:
    """The files of one's own ticket."""
    return Walk({"id": "id"}, "id", cursor, limit).page(files_of(_ticket(request, number)), HisFile.of)


@door.post("/my/tickets/{number}/files", HisFile, customers=True)
def my_upload(request: Asked, number: Number, file: UploadedFile = File(...)) -> HisFile:
    """Attach a photo or document of at most 25 MB; no program. The status follows as for an answer."""
    found = locked(tickets_of(request.customer).with_people(), number=number)
    demand(UPLOADS, found.pk)
    by = Contact.objects.who_is(request.customer)
    try:
        kept = kept_from(by, file)
    except ValidationError as error:
        raise Problem(413 if (file.size or 0) > MOST_BYTES else 422, " ".join(error.messages)) from error
    return HisFile.of(found.customer_attached(kept, by=by))


@door.get("/my/tickets/{number}/files/{pk}", None, customers=True, status=200, binary="*/*")
def my_download(request: Asked, number: Number, pk: PathId) -> HttpResponseBase:
    """The content of a file. It is sent as a download, whatever it is."""
    return serve(the_one(files_of(_ticket(request, number)), pk=pk).file, inline=False, request=request)


def _ticket(request: Asked, number: int) -> Ticket:
    return the_one(tickets_of(request.customer).select_related("status", "device__kind"), number=number)
