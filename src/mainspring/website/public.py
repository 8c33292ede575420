"""The public site: the page of the shop, booking, asking for a ticket's link, and what search engines read."""

from itertools import chain
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe
from markupsafe import escape

from mainspring.core.limits import Limit
from mainspring.core.links import link
from mainspring.core.shop import Shop
from mainspring.events.origin import client_address
from mainspring.files.serving import serve
from mainspring.ui.pages import page, refuse, see_other
from mainspring.ui.slots import site_addresses, site_parts
from mainspring.ui.words import locale
from mainspring.website.booking import book as book_repair
from mainspring.website.forms import DAY_NAMES, BookForm, CheckForm
from mainspring.website.models import DAYS, Photo, Site
from mainspring.website.running import mail_link

BOOKED = Limit("site-book", 5, 3600)
BOOKED_FOR = Limit("site-book-address", 3, 3600)
CHECKED = Limit("site-check", 10, 3600)
PRIVATE = ("/psa/", "/portal/", "/api/", "/t/", "/pay/", "/hooks/")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who we are, what we do for how much, when and where."""
    site, shop = Site.get(), Shop.get()
    if not site.is_on:
        return see_other(request, link("portal_sign_in"))
    services = list(site.services.in_use().select_related("category", "tax")) if site.pk and _is_kept(site) else []
    return _page(
        request,
        "website/home.html",
        site,
        services=services,
        photos=list(Photo.objects.select_related("file")),
        days=[(DAY_NAMES[day], start, end) for day, start, end in in_order(site.opening())],
        map_address=site.map_address(shop),
        parts=site_parts.fill(),
        data=structured(shop, site),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest) -> HttpResponse:
    """A form for a repair. What a program fills in is answered like the rest, and thrown away."""
    site = Site.get()
    if not (site.is_on and site.takes_bookings):
        raise Http404
    form = BookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        is_program = bool(given.pop("website"))
        if not (BOOKED.allows(client_address(request)) and BOOKED_FOR.allows(given["email"].lower())):
            return refuse(request, status=429)
        elif not is_program:
            book_repair(**given, language=get_language() or settings.LANGUAGE_CODE)
        return see_other(request, reverse("site_booked"))
    return _page(request, "website/book.html", site, form=form, status=422 if form.errors else 200)


@require_safe
def booked(request: HttpRequest) -> HttpResponse:
    return _page(request, "website/booked.html", Site.get())


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Mails the link of a ticket to its reader. The page itself never says whether there is such a ticket."""
    form = CheckForm(request.POST or None)
    if request.method == "POST" and not CHECKED.allows(client_address(request)):
        return refuse(request, status=429)
    elif request.method == "POST" and form.is_valid():
        mail_link.enqueue(form.cleaned_data["number"], form.cleaned_data["email"])
        return see_other(request, reverse("site_checked"))
    return _page(request, "website/check.html", Site.get(), form=form, status=422 if form.errors else 200)


@require_safe
def checked(request: HttpRequest) -> HttpResponse:
    return _page(request, "website/checked.html", Site.get())


@require_safe
def photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    return serve(get_object_or_404(Photo.objects.select_related("file"), pk=pk).file, request=request)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines read the site; what is a customer's or the staff's they leave alone."""
    closed = [] if settings.DOMAIN else [f"Disallow: {path}" for path in PRIVATE]
    lines = ["User-agent: *", *(closed or ["Allow: /"]), f"Sitemap: {link('site_map')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    own = [link(route) for route in ("home", "site_book", "site_check")] if Site.get().is_on else []
    pages = [*own, *chain.from_iterable(site_addresses.fill())]
    return HttpResponse(
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        + "".join(f"<url><loc>{escape(address)}</loc></url>" for address in pages)
        + "</urlset>\n",
        content_type="application/xml; charset=utf-8",
    )


def structured(shop: Shop, site: Site) -> dict[str, Any]:
    """The shop for search engines (https://schema.org/LocalBusiness), without what is not known."""
    place = {
        "@type": "PostalAddress",
        "streetAddress": shop.street,
        "postalCode": shop.postcode,
        "addressLocality": shop.city,
        "addressCountry": shop.country,
    }
    hours = [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": f"https://schema.org/{day.capitalize()}",
            "opens": start,
            "closes": end,
        }
        for day, start, end in site.opening()
    ]
    said = {
        "@context": "https://schema.org",
        "@type": "LocalBusiness",
        "name": shop.name,
        "url": link("home"),
        "telephone": shop.phone,
        "email": shop.email,
        "logo": link("logo") if shop.logo else "",
        "description": str(site.intro or ""),
        "address": {name: value for name, value in place.items() if value},
        "openingHoursSpecification": hours,
    }
    return {name: value for name, value in said.items() if value}


def in_order(days: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """The week as the reader's calendar begins it."""
    first = locale().first_week_day
    return sorted(days, key=lambda row: (DAYS.index(row[0]) - first) % len(DAYS))


def _is_kept(site: Site) -> bool:
    return not site._state.adding


def _page(request: HttpRequest, template: str, site: Site, *, status: int = 200, **more: Any) -> HttpResponse:
    with timezone.override(Shop.get().time_zone):
        return page(request, template, site=site, status=status, **more)
