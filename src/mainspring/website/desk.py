"""The staff's doors into the public site's settings."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mainspring.accounts.doors import StaffRequest, staff
from mainspring.ui.pages import page, refuse, see_other, toast
from mainspring.website import permissions
from mainspring.website.forms import PhotoForm, SiteForm
from mainspring.website.models import MOST_PHOTOS, Photo, Site


@staff(permissions.SETTINGS, methods=("GET", "POST"))
def site_settings(request: StaffRequest) -> HttpResponse:
    form = SiteForm(request.POST or None, instance=Site.get())
    if request.method == "POST" and form.is_valid():
        Site.change(by=request.user, **form.columns)
        toast(request, _("Saved."))
        return see_other(request, reverse("site_settings"))
    return _settings(request, form, PhotoForm())


@staff(permissions.SETTINGS, methods=("POST",))
def add_photo(request: StaffRequest) -> HttpResponse:
    form = PhotoForm(request.POST, request.FILES)
    if Photo.objects.count() >= MOST_PHOTOS:
        return refuse(request, _("Six photos are enough: take one away first."), status=409)
    elif not form.is_valid():
        return _settings(request, SiteForm(instance=Site.get()), form)
    Photo.add(form.cleaned_data["picture"], says=form.translated_says(get_language() or "en"), by=request.user)
    toast(request, _("Saved."))
    return see_other(request, reverse("site_settings"))


@staff(permissions.SETTINGS, methods=("POST",))
def remove_photo(request: StaffRequest, pk: int) -> HttpResponse:
    get_object_or_404(Photo, pk=pk).remove(by=request.user)
    toast(request, _("The photo is off the site."))
    return see_other(request, reverse("site_settings"))


def _settings(request: StaffRequest, form: SiteForm, photo: PhotoForm) -> HttpResponse:
    status = 422 if form.errors or photo.errors else 200
    photos = list(Photo.objects.select_related("file"))
    return page(request, "website/settings.html", form=form, photo=photo, photos=photos, status=status)
