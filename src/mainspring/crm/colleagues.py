"""The customers' doors to their own people: who of a business sees all of it, and who is invited to the portal."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from mainspring.accounts.doors import CustomerRequest, customer
from mainspring.crm.being import INVITED, why_not_invited
from mainspring.crm.models import Account, Business, Contact, Joining, Sight
from mainspring.ui.pages import portal_page, refuse, see_other, toast

SHOWN = 200


@customer()
def colleagues(request: CustomerRequest) -> HttpResponse:
    """Every business for which he decides, with its people."""
    businesses = list(Business.objects.decided_by(request.user).order_by("name"))
    has_account = Exists(Account.objects.filter(contact=OuterRef("pk"), person__is_active=True))
    people = Contact.objects.standing().filter(business__in=businesses).annotate(has_account=has_account)
    sights = Sight.objects.filter(business__in=businesses).values_list("business", "contact", "decides")
    return portal_page(
        request,
        "crm/portal_colleagues.html",
        businesses=businesses,
        people=list(people.order_by("name", "id")[:SHOWN]),
        sees={(business, contact): decides for business, contact, decides in sights},
    )


@customer(methods=("POST",))
def set_sights(request: CustomerRequest, pk: int) -> HttpResponse:
    """Who of his business sees all of it. Of those who decide the desk alone takes it."""
    found = get_object_or_404(Business.objects.decided_by(request.user), pk=pk)
    me, chosen = Contact.objects.who_is(request.user), set(request.POST.getlist("sees"))
    with transaction.atomic():
        deciding = Sight.objects.filter(business=found, decides=True).values("contact")
        for one in Contact.objects.standing().filter(business=found).exclude(pk__in=deciding):
            act = one.let_see if str(one.pk) in chosen else one.let_see_no_more
            act(found, by=me)
    toast(request, _("Saved."))
    return see_other(request, reverse("portal_colleagues"))


@customer(methods=("POST",))
def invite(request: CustomerRequest, pk: int) -> HttpResponse:
    """A colleague gets the link to an account of his own."""
    his = Business.objects.decided_by(request.user)
    found = get_object_or_404(Contact.objects.standing().filter(business__in=his), pk=pk)
    if why_not := why_not_invited(found):
        return refuse(request, why_not, status=409)
    elif not INVITED.allows(request.user.pk):
        return refuse(request, status=429)
    Joining.invite(found, by=Contact.objects.who_is(request.user))
    toast(request, _("The invitation is on its way to %(address)s.") % {"address": found.email})
    return see_other(request, reverse("portal_colleagues"))
