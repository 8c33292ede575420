"""Views of the list that people keep: their words, order and columns under a name."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.models import Person
from mainspring.core.prepared import prepared
from mainspring.events.amended import Amended
from mainspring.events.models import Actor, record
from mainspring.tickets.events import VIEW_CHANGED, VIEW_REMOVED, VIEW_SAVED


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def of(self, person: int) -> "SavedViewQuerySet":
        """His own in his order, then those that others share. Each says `is_first`: whether his list opens with it."""
        mine = Q(person=person)
        first = FirstView.objects.filter(person=person, view=OuterRef("pk"))
        shown = self.filter(mine | Q(is_shared=True)).annotate(is_first=Exists(first), is_mine=models.Case(
            models.When(mine, then=True), default=False, output_field=models.BooleanField())
        )  # fmt: skip
        return shown.order_by("-is_mine", "place", "id")


class SavedView(Amended):
    """A way to look at the tickets that somebody saved, for himself or for everybody."""

    changed_event = VIEW_CHANGED
    is_first: bool
    is_mine: bool
    """Said by `SavedViewQuerySet.of`."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    name = models.CharField(_("name"), max_length=60)
    line = models.CharField(_("filter"), max_length=500, blank=True)
    sort = models.CharField(_("order"), max_length=20)
    columns = models.CharField(
        _("columns"), max_length=300, blank=True, help_text="Keys with commas; empty: the usual."
    )
    is_shared = models.BooleanField(_("everybody sees it"), default=False)
    place = models.PositiveSmallIntegerField(default=0, editable=False)

    objects: ClassVar[SavedViewQuerySet] = SavedViewQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [models.UniqueConstraint(name="a_persons_views_have_different_names", fields=["person", "name"])]

    def __str__(self) -> str:
        return self.name

    @classmethod
    @transaction.atomic
    def keep(cls, name: str, *, by: Person, **columns: Any) -> "SavedView":
        """Save a view; one of his own of this name is put in its place."""
        view = cls.objects.filter(person=by, name=name).first()
        if view is None:
            last = cls.objects.filter(person=by).aggregate(last=models.Max("place"))["last"]
            view = cls.objects.create(person=by, name=name, place=0 if last is None else last + 1, **columns)
            record(VIEW_SAVED, view, by=by, data={"name": name})
        else:
            view.amend(by=by, **columns)
        return view

    @transaction.atomic
    def move(self, up: bool, *, by: Actor) -> None:
        """One place up or down among the views of its owner."""
        views = list(SavedView.objects.filter(person=self.person_id).order_by("place", "id"))
        at = views.index(self)
        to = max(0, min(len(views) - 1, at + (-1 if up else 1)))
        if to != at:
            views.insert(to, views.pop(at))
            for place, view in enumerate(views):
                view.place = place
            SavedView.objects.bulk_update(views, ["place"])
            record(VIEW_CHANGED, self, by=by, data={"name": self.name, "changes": {"place": [at, to]}})

    @transaction.atomic
    def remove(self, *, by: Actor) -> None:
        record(VIEW_REMOVED, self, by=by, data={"name": self.name})
        self.delete()

    @transaction.atomic
    def open_first(self, is_wanted: bool, *, by: Person) -> None:
        """The list of this person opens with this view; or with all open tickets again."""
        FirstView.objects.filter(person=by).delete()
        if is_wanted:
            FirstView.objects.create(person=by, view=self)


class FirstView(models.Model):
    """The view with which somebody's list opens."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", primary_key=True)
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.view)


@prepared
def views_of(person: int) -> SavedViewQuerySet:
    """The views that stand beside his list."""
    return SavedView.objects.of(person)
