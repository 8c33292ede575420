"""The staff's doors into the people."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.accounts import permissions
from mainspring.accounts.doors import StaffRequest, fresh, staff
from mainspring.accounts.models import Person, Role
from mainspring.ui.forms import Form, ModelForm, language_field, zone_field
from mainspring.ui.pages import page, refuse, see_other, toast


class MeForm(ModelForm):
    """What everybody changes of himself."""

    language = language_field()
    time_zone = zone_field()

    class Meta:
        model = Person
        fields = ["name", "phone", "language", "time_zone", "colour"]
        widgets = {"colour": forms.ColorInput}


class PersonForm(MeForm):
    class Meta(MeForm.Meta):
        fields = ["name", "email", "role", "phone", "language", "time_zone", "colour"]

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class InviteForm(Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("Mail address"))
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices, initial=Role.TECHNICIAN)
    password = forms.CharField(
        label=gettext_lazy("First password"),
        required=False,
        widget=forms.PasswordInput,
        help_text=gettext_lazy("Leave it empty: a mail brings the link to set one."),
    )

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if Person.objects.filter(email=email).exists():
            raise forms.ValidationError(_("Somebody has this mail address already."))
        return email

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if password:
            validate_password(password)
        return password


@staff(permissions.PEOPLE)
def people(request: StaffRequest) -> HttpResponse:
    return page(request, "accounts/people.html", people=list(Person.objects.staff().order_by("-is_active", "name")))


@staff(permissions.PEOPLE, methods=("GET", "POST"))
def invite(request: StaffRequest) -> HttpResponse:
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        invited = Person.objects.invite(
            email=given["email"],
            name=given["name"],
            role=given["role"],
            by=request.user,
            password=given["password"] or None,
        )
        toast(request, _("%(name)s may sign in now.") % {"name": invited.name})
        return see_other(request, reverse("people"))
    status = 422 if request.method == "POST" else 200
    return page(request, "accounts/form.html", form=form, heading=_("Invite somebody"), status=status)


@staff(permissions.PEOPLE, methods=("GET", "POST"))
@fresh()
def person(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Person.objects.staff(), pk=pk)
    form = PersonForm(request.POST or None, instance=Person.objects.get(pk=found.pk))
    if request.method == "POST" and form.is_valid():
        if found.pk == request.user.pk and form.cleaned_data["role"] != found.role:
            return refuse(request, _("Nobody changes his own role; ask another owner."), status=422)
        found.become(by=request.user, **form.cleaned_data)
        toast(request, _("Saved."))
        return see_other(request, reverse("people"))
    status = 422 if request.method == "POST" else 200
    return page(request, "accounts/form.html", form=form, heading=found.name, person=found, status=status)


@staff(permissions.PEOPLE, methods=("POST",))
def leave(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Person.objects.staff(), pk=pk)
    if found.pk == request.user.pk:
        return refuse(request, _("Nobody ends his own access; ask another owner."), status=422)
    found.leave(by=request.user)
    toast(request, _("%(name)s may no longer sign in.") % {"name": found.name})
    return see_other(request, reverse("people"))


@staff(permissions.ME, methods=("GET", "POST"))
def me(request: StaffRequest) -> HttpResponse:
    """One's own page: name, language, time zone, colour, and the way to how one signs in."""
    form = MeForm(request.POST or None, instance=Person.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        request.user.become(by=request.user, **form.cleaned_data)
        toast(request, _("Saved."))
        return see_other(request, reverse("me"))
    return page(request, "accounts/me.html", form=form, status=422 if form.errors else 200)
