"""The customer's door: rating a ticket, by its link and in the portal alike."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.surveys.models import MOST, Rating, TooLate
from mainspring.tickets.visits import Visit
from mainspring.ui.forms import Form
from mainspring.ui.pages import refuse, see_other, toast


class RatingForm(Form):
    stars = forms.IntegerField(label=gettext_lazy("How was it?"), min_value=1, max_value=MOST)
    comment = forms.CharField(
        label=gettext_lazy("What was good, what wasn't?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


def rate(request: HttpRequest, visit: Visit) -> HttpResponse:
    form = RatingForm(request.POST)
    if not form.is_valid():
        return refuse(request, _("Choose one to five stars."), status=422)
    try:
        Rating.give(visit.ticket, by=visit.contact, **form.cleaned_data)
    except TooLate:
        return refuse(request, _("The rating stands: it can be changed for a day."), status=409)
    toast(request, _("Thank you for telling us."))
    return see_other(request, visit.address("ticket"))
