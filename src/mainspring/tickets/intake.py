"""Intake: from what the caller says to an open ticket, in one transaction."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.core.asked import clean, whole
from mainspring.crm.models import Business, Contact, Device, DeviceKind, contact_standing
from mainspring.tickets.models import Channel, Draft, Priority, Ticket
from mainspring.tickets.slots import device_parts, intake_parts
from mainspring.ui.forms import Form, RowField
from mainspring.ui.words import moment


class CallerForm(Form):
    """Who calls: a contact we know (`contact`), or a new one."""

    contact = RowField(contact_standing, required=False)
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    email = forms.EmailField(label=_("Mail address"), required=False)
    business = forms.CharField(label=_("Business"), max_length=160, required=False)
    title = forms.CharField(label=_("Role or title"), max_length=80, required=False)
    is_another = forms.BooleanField(required=False, widget=forms.HiddenInput)
    """Set once the offered duplicates were looked at and it is somebody else."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("contact") and not given.get("name"):
            self.add_error("name", _("Who calls? Pick a caller, or give a name."))
        elif not given.get("contact") and not (given.get("phone") or given.get("email")):
            self.add_error("phone", _("A phone number or a mail address, so that we can answer."))
        return given

    def duplicates(self) -> list[Contact]:
        """People we know already at this phone number or mail address."""
        given = self.cleaned_data
        if given.get("contact") or given.get("is_another"):
            return []
        return list(
            Contact.objects.reached_at(email=given.get("email", ""), phone=given.get("phone", "")).select_related(
                "business"
            )[:5]
        )

    def caller(self, *, by: Person) -> Contact:
        """The contact, created in place when he is new; so is the business he names."""
        given = self.cleaned_data
        if given["contact"]:
            return given["contact"]
        business = None
        if given["business"]:
            business = Business.objects.filter(name__iexact=given["business"]).first() or Business.add(
                by=by, name=given["business"]
            )
        return Contact.add(
            by=by,
            name=given["name"],
            phone=given["phone"],
            email=given["email"],
            title=given["title"],
            business=business,
        )


class DeviceForm(Form):
    """Which device: one the customer owns (`device`), a new one (`kind` …), or none."""

    device = forms.ModelChoiceField(Device.objects.all(), label=_("Device"), required=False, widget=forms.HiddenInput)
    kind = forms.ModelChoiceField(DeviceKind.objects.all(), label=_("Kind"), required=False, empty_label=_("No device"))
    maker = forms.CharField(label=_("Maker"), max_length=60, required=False)
    model = forms.CharField(label=_("Model"), max_length=80, required=False)
    serial = forms.CharField(label=_("Serial number or IMEI"), max_length=60, required=False)
    device_condition = forms.CharField(label=_("Condition"), max_length=300, required=False)
    accessories = forms.CharField(label=_("Accessories"), max_length=300, required=False)

    def the_device(self, caller: Contact, *, by: Person) -> Device | None:
        given = self.cleaned_data
        if given["device"]:
            if given["device"].owner_id != caller.pk and given["device"].business_id != caller.business_id:
                raise ValidationError(_("That device belongs to another customer."))
            return given["device"]
        elif given["kind"]:
            return Device.add(
                by=by,
                kind=given["kind"],
                maker=given["maker"],
                model=given["model"],
                serial=given["serial"],
                owner=caller,
                business=caller.business,
            )
        else:
            return None


class ProblemForm(Form):
    """What is wrong, how urgent, until when, whose job."""

    subject = forms.CharField(label=_("What is wrong?"), max_length=200)
    description = forms.CharField(
        label=_("Details"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=Priority.choices, coerce=int, initial=Priority.MEDIUM.value
    )
    due_at = forms.DateTimeField(
        label=_("Due"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    assignee = forms.ModelChoiceField(
        Person.objects.working(), label=_("Technician"), required=False, empty_label=_("Nobody yet")
    )
    channel = forms.ChoiceField(
        label=_("Came by"),
        choices=[(choice.value, choice.label) for choice in (Channel.PHONE, Channel.COUNTER, Channel.MAIL)],
        initial=Channel.PHONE.value,
        required=False,
    )

    def clean_due_at(self) -> Any:
        due = self.cleaned_data["due_at"]
        if due is not None and due < timezone.now():
            raise ValidationError(_("That is in the past."))
        return due


class ReachForm(Form):
    """Somebody new besides the caller."""

    name = forms.CharField(max_length=120)
    phone = forms.CharField(max_length=40, required=False)
    email = forms.EmailField(required=False)
    title = forms.CharField(max_length=80, required=False)


FURTHER = ("also", "also_name", "also_role", "also_reach")


@dataclass
class Intake:
    """The whole form of a call. `errors()` before `open()`."""

    posted: QueryDict | None
    by: Person
    begun: dict[str, Any] = field(default_factory=dict)
    """What it begins with: a draft, the caller that a link names."""
    place: str = "intake"
    """Where its draft is kept."""

    def __post_init__(self) -> None:
        self.caller = CallerForm(self.posted, initial=self.begun)
        self.device = DeviceForm(self.posted, initial=self.begun)
        self.problem = ProblemForm(self.posted, initial=self.begun)
        self.key = _key(self.posted.get("key") if self.posted else None) or uuid4()
        self.device_parts, self.parts = device_parts.fill(self.by), intake_parts.fill(self.by)
        self.refusals: list[str] = []

    @property
    def caller_key(self) -> str:
        """The caller chosen so far, by id."""
        return str(self.caller["contact"].value() or "")

    @property
    def further(self) -> list[dict[str, str]]:
        """The rows of further contacts as they were filled in, and empty ones to make three."""
        lists = {name: self._given(name) for name in FURTHER}
        rows = max(3, *(len(values) for values in lists.values()))
        return [{name: values[at] if at < len(values) else "" for name, values in lists.items()} for at in range(rows)]

    def _given(self, name: str) -> list[str]:
        if self.posted is not None:
            return self.posted.getlist(name)
        begun = self.begun.get(name, [])
        return [str(value) for value in begun] if isinstance(begun, list) else [str(begun)]

    @property
    def forms(self) -> list[Form]:
        return [self.caller, self.device, self.problem]

    def is_valid(self) -> bool:
        return all([form.is_valid() for form in self.forms])

    def says(self) -> list[str]:
        """What saving will send and charge, as far as the form is filled in."""
        self.is_valid()
        said = [self._says_mail()]
        due = self.problem.cleaned_data.get("due_at")
        if due:
            said.append(gettext("With it goes a calendar invite for %(due)s.") % {"due": strip_tags(moment(due))})
        for part in self.parts:
            said += part.says(self.posted or QueryDict(), self.by)
        return said

    def _says_mail(self) -> str:
        given = self.caller.cleaned_data
        contact: Contact | None = given.get("contact")
        address = contact.email if contact else given.get("email", "")
        if contact and contact.mail_paused:
            return gettext("Mail to %(address)s came back before: no confirmation is mailed.") % {
                "address": contact.email
            }
        elif address:
            return gettext("The confirmation with the status link goes to %(address)s.") % {"address": address}
        else:
            return gettext("No mail address yet: no confirmation is mailed.")

    def open(self) -> Ticket | None:
        """The ticket with all that the call brought; None, with `refusals`, when a part of it can't be."""
        try:
            with transaction.atomic():
                return self._open()
        except IntegrityError:  # The same form, sent twice: the ticket's row is the one that can't be written again.
            return self.opened_before()
        except ValidationError as error:
            self.refusals += error.messages
            return None

    def opened_before(self) -> Ticket | None:
        """The ticket of this form, when it was sent once already."""
        return Ticket.objects.filter(intake_key=self.key).first()

    def _open(self) -> Ticket:
        problem, device = self.problem.cleaned_data, self.device.cleaned_data
        caller = self.caller.caller(by=self.by)
        ticket = Ticket.objects.open(
            problem["subject"],
            by=self.by,
            contact=caller,
            device=self.device.the_device(caller, by=self.by),
            description=problem["description"],
            priority=problem["priority"],
            due_at=problem["due_at"],
            assignee=problem["assignee"],
            channel=problem["channel"] or Channel.PHONE,
            device_condition=device["device_condition"],
            accessories=device["accessories"],
            intake_key=self.key,
        )
        self._further_contacts(ticket)
        for part in (*self.device_parts, *self.parts):
            part.take(ticket, self.posted or QueryDict(), self.by)
        Draft.objects.filter(person=self.by, place=self.place).delete()
        return ticket

    def _further_contacts(self, ticket: Ticket) -> None:
        """People besides the caller: known ones by id, others by name and how they are reached."""
        for row in self.further:
            contact = self._further_contact(row, ticket)
            if contact is not None and contact.pk != ticket.contact_id:
                ticket.join(contact, by=self.by, role=row["also_role"][:80])

    def _further_contact(self, row: dict[str, str], ticket: Ticket) -> Contact | None:
        pk, name = whole(row["also"]), clean(row["also_name"], 200)
        if pk is not None:
            return Contact.objects.standing().filter(pk=pk).first()
        elif not name:
            return None
        form = ReachForm({"name": name, "title": row["also_role"], **_reached(row["also_reach"])})
        if not form.is_valid():
            raise ValidationError(f"{name}: {form.first_error()}")
        given = form.cleaned_data
        known = Contact.objects.reached_at(email=given["email"], phone=given["phone"]).first()
        return known or Contact.add(by=self.by, business=ticket.business, **given)


def _reached(text: str) -> dict[str, str]:
    """A mail address or a phone number, as one box takes both."""
    return {"email": text} if "@" in text else {"phone": text}


def _key(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
