"""The public site as the shop fills it."""

from datetime import time
from typing import Any
from urllib.parse import quote_plus

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from mainspring.core.shop import Shop
from mainspring.core.text import TranslatedField
from mainspring.events.models import Actor, record
from mainspring.files.models import StoredFile
from mainspring.website.events import SITE_CHANGED, SITE_PHOTO_ADDED, SITE_PHOTO_REMOVED
from mainspring.work.models import Service

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MOST_PHOTOS = 6


class Site(models.Model):
    """What the site says beside the shop's own data. One row."""

    is_on = models.BooleanField(_("the public site is on"), default=True)
    takes_bookings = models.BooleanField(_("customers can book a repair"), default=True)
    headline = TranslatedField(_("headline"), default=dict, blank=True)
    intro = TranslatedField(_("first sentences"), default=dict, blank=True)
    about = TranslatedField(_("about us"), default=dict, blank=True)
    map_url = models.URLField(_("link to a map"), blank=True)
    hours = models.JSONField(default=dict, blank=True, help_text="By day: from and to, like 09:00.")
    services = models.ManyToManyField(Service, blank=True, related_name="+", verbose_name=_("services shown"))

    class Meta:
        constraints = [models.CheckConstraint(name="there_is_one_site", condition=models.Q(pk=1))]

    def __str__(self) -> str:
        return "site"

    @classmethod
    def get(cls) -> "Site":
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @classmethod
    @transaction.atomic
    def change(cls, *, by: Actor, services: list[Service], **columns: Any) -> None:
        """Fill it anew; the trail keeps before and after."""
        site = cls.get()
        changed = {name: value for name, value in columns.items() if getattr(site, name) != value}
        before = {name: getattr(site, name) for name in changed}
        changes = {name: [str(before[name]), str(value)] for name, value in changed.items()}
        shown = (set(site.services.all()), set(services))
        if shown[0] != shown[1]:
            changes["services"] = [", ".join(sorted(map(str, some))) for some in shown]
        if changes:
            for name, value in changed.items():
                setattr(site, name, value)
            site.save()
            site.services.set(services)
            record(SITE_CHANGED, site, by=by, data={"changes": changes})

    def opening(self) -> list[tuple[str, str, str]]:
        """The days it is open: name, from, to; Monday first."""
        return [(day, *self.hours[day]) for day in DAYS if self.hours.get(day)]

    def map_address(self, shop: Shop) -> str:
        """Where the map is: the given link, else a search for the shop's address; empty without either."""
        place = ", ".join(filter(None, (shop.street, f"{shop.postcode} {shop.city}".strip(), shop.country)))
        if self.map_url or not shop.street:
            return self.map_url
        return f"https://www.openstreetmap.org/search?query={quote_plus(place)}"


def is_span(start: time | None, end: time | None) -> bool:
    """Whether a day's hours can be said: both or neither, in order."""
    return (start is None and end is None) or (start is not None and end is not None and start < end)


class Photo(models.Model):
    """A photo on the site; the first one stands at the top."""

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    says = TranslatedField(_("what it shows"), default=dict, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return str(self.says)

    @classmethod
    @transaction.atomic
    def add(cls, file: StoredFile, *, says: Any, by: Actor) -> "Photo":
        photo = cls.objects.create(file=file, says=says, order=cls.objects.count())
        record(SITE_PHOTO_ADDED, photo, by=by, data={"name": file.name})
        return photo

    @transaction.atomic
    def remove(self, *, by: Actor) -> None:
        record(SITE_PHOTO_REMOVED, self, by=by)
        self.delete()
