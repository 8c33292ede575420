"""The customers' doors to what we have of them."""

from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts.doors import CustomerRequest, customer
from mainspring.core.limits import Limit
from mainspring.crm.models import Contact
from mainspring.privacy.handing import hand_out
from mainspring.privacy.models import Consent, Export
from mainspring.ui.pages import portal_page, refuse, see_other, toast

ASKED = Limit("own-data", 5, 24 * 3600)
SHOWN = 20


@customer(methods=("GET", "POST"))
def own_data(request: CustomerRequest) -> HttpResponse:
    """What he agreed to, and all his data as a file: asked for here, and fetched here."""
    contacts = list(Contact.objects.of_account(request.user).order_by("id"))
    if request.method == "POST" and not ASKED.allows(request.user.pk):
        return refuse(request, status=429)
    elif request.method == "POST":
        for contact in contacts:
            Export.objects.ask(contact, by=contact)
        toast(request, _("The file is being made; it appears here when it is ready."))
        return see_other(request, reverse("portal_data"))
    return portal_page(
        request,
        "privacy/portal_data.html",
        exports=list(Export.objects.good().filter(contact__in=contacts).order_by("-id")[:SHOWN]),
        consents=list(Consent.objects.filter(contact__in=contacts).order_by("-id")[:SHOWN]),
    )


@customer(methods=("POST",))
def own_file(request: CustomerRequest, pk: int) -> HttpResponseBase:
    contacts = Contact.objects.of_account(request.user)
    found = Export.objects.good().filter(contact__in=contacts, pk=pk).exclude(name="").select_related("contact").first()
    if found is None or not found.path.exists():
        raise Http404
    return hand_out(found, by=found.contact)
