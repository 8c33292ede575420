"""A ticket as its customer sees it: in his words, and only what is his to see."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mainspring.tickets.models import Attachment, Message, StatusKind
from mainspring.tickets.slots import Panel, public_panels
from mainspring.tickets.visits import Visit


@dataclass(frozen=True)
class Words:
    """What a kind of status says to the customer: how it stands, what comes next, and which step that is."""

    says: str | Promise
    next: str | Promise
    step: int


RECEIVED, AT_WORK, DONE, OVER = range(4)
STEPS = (_("Received"), _("In work"), _("Ready"), _("Completed"))
WORDS: dict[str, Words] = {
    StatusKind.NEW: Words(_("We have your request."), _("Next we look at it. You hear from us."), RECEIVED),
    StatusKind.OPEN: Words(_("We have your request."), _("Next we look at it. You hear from us."), RECEIVED),
    StatusKind.WAITING_CUSTOMER: Words(
        _("We need an answer from you."), _("As soon as you have answered, we go on."), AT_WORK
    ),
    StatusKind.CUSTOMER_REPLIED: Words(_("We have your answer."), _("We read it and go on."), AT_WORK),
    StatusKind.IN_PROGRESS: Words(_("We're working on it."), _("You hear from us when it is ready."), AT_WORK),
    StatusKind.WAITING_THIRD_PARTY: Words(
        _("We're waiting for a part."), _("As soon as it is here, we go on."), AT_WORK
    ),
    StatusKind.RESOLVED: Words(_("It's ready."), _("The work is done."), DONE),
    StatusKind.CLOSED: Words(_("It's all done. Thank you."), _("Something still wrong? Write to us below."), OVER),
}
DECLINED = Words(_("You decided against the repair."), _("You can have it back as it is."), DONE)


class CustomerView:
    """What the page shows. Each property is one query, asked when the template wants it."""

    def __init__(self, visit: Visit) -> None:
        self.visit, self.ticket = visit, visit.ticket

    @property
    def words(self) -> Words:
        return DECLINED if self.ticket.declined_at and self.ticket.is_open else WORDS[self.ticket.status.kind]

    @property
    def steps(self) -> list[tuple[str | Promise, str]]:
        """The way of every ticket, and where this one is: `done`, `now` or `later`."""
        here = self.words.step
        ends = self.ticket.status.kind == StatusKind.CLOSED
        states = ["done" if n < here or ends else "now" if n == here else "later" for n in range(len(STEPS))]
        return list(zip(STEPS, states, strict=True))

    @property
    def waits_for_answer(self) -> bool:
        return self.ticket.status.kind == StatusKind.WAITING_CUSTOMER

    @cached_property
    def panels(self) -> list[Panel]:
        """What others have to ask of him or to show: an estimate, what is to be paid, how it was."""
        return public_panels.fill(self.visit)

    @cached_property
    def attachments(self) -> list[Attachment]:
        return list(Attachment.objects.for_customer().filter(ticket=self.ticket).select_related("file").order_by("id"))

    @cached_property
    def messages(self) -> Sequence[Message]:
        """What was said to him and by him, each with its files."""
        messages = list(Message.objects.for_customer().filter(ticket=self.ticket).order_by("id"))
        for message in messages:
            message.files = [kept for kept in self.attachments if kept.message_id == message.pk]
        return messages

    @property
    def loose_files(self) -> list[Attachment]:
        """Files that came by themselves."""
        return [kept for kept in self.attachments if kept.message_id is None]
