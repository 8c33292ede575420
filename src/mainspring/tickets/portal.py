"""The customers' doors into all their tickets: the list, and a new one."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts.doors import CustomerRequest, customer
from mainspring.core.asked import whole
from mainspring.crm.models import Contact, Device
from mainspring.files.models import StoredFile
from mainspring.tickets.forms import MOST_FILES, ManyFilesField, kept_from
from mainspring.tickets.models import Channel, Ticket
from mainspring.tickets.slots import portal_panels
from mainspring.tickets.visits import NEW, too_often
from mainspring.ui.forms import Form
from mainspring.ui.pages import portal_page, see_other, toast

SHOWN = 50


class NewTicketForm(Form):
    """What a customer says of a new problem."""

    device = forms.ModelChoiceField(
        Device.objects.none(),
        label=gettext_lazy("Device"),
        required=False,
        empty_label=gettext_lazy("Another, or none"),
    )
    subject = forms.CharField(label=gettext_lazy("What is wrong?"), max_length=200)
    description = forms.CharField(
        label=gettext_lazy("Details"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto", "data-grows": True}),
    )
    uploads = ManyFilesField(label=gettext_lazy("Photos and documents"), required=False)

    def __init__(self, *args: Any, request: CustomerRequest, contact: Contact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contact = contact
        his = Device.objects.visible_to(request.user).select_related("kind")
        self.fields["device"].queryset = his  # type: ignore[attr-defined]

    def clean_uploads(self) -> list[StoredFile]:
        return [kept_from(self.contact, upload) for upload in self.cleaned_data["uploads"][:MOST_FILES]]


@customer()
def home(request: CustomerRequest) -> HttpResponse:
    """All his tickets, open ones first, a page at a time; and what others have to say (what is to be paid)."""
    found = Ticket.objects.visible_to(request.user).with_people().order_by("-is_open", "-number")
    shown = request.GET.get("show", "")
    if shown in ("open", "done"):
        found = found.filter(is_open=shown == "open")
    start = whole(request.GET.get("before")) or 0
    tickets = list(found[start : start + SHOWN + 1])
    return portal_page(
        request,
        "tickets/portal.html",
        tickets=tickets[:SHOWN],
        older=f"?show={shown}&before={start + SHOWN}" if len(tickets) > SHOWN else "",
        shown=shown,
        panels=portal_panels.fill(request.user) if not start else [],
    )


@customer(methods=("GET", "POST"))
def new(request: CustomerRequest) -> HttpResponse:
    contact = Contact.objects.who_is(request.user)
    posted = request.POST if request.method == "POST" else None
    form = NewTicketForm(
        posted, request.FILES or None, request=request, contact=contact, initial={"device": request.GET.get("device")}
    )
    if request.method == "POST" and form.is_valid():
        if not NEW.allows(request.user.pk):
            return too_often(request)
        given = dict(form.cleaned_data)
        files = given.pop("uploads")
        with transaction.atomic():
            ticket = Ticket.objects.open(by=contact, contact=contact, channel=Channel.PORTAL, **given)
            for file in files:
                ticket.attach(file, by=contact)
        toast(request, _("Thank you, we have it."))
        return see_other(request, reverse("portal_ticket", args=[ticket.number]))
    return portal_page(request, "tickets/portal_new.html", form=form, status=422 if form.errors else 200)
