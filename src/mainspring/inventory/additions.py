"""What the stock puts into others' places."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mainspring.core import search
from mainspring.inventory import permissions
from mainspring.inventory.models import Product
from mainspring.inventory.models.product import PRODUCT
from mainspring.ui.slots import Entry, Found, Viewer, finders, navigation


@navigation.add(order=30, permission=permissions.VIEW)
def stock(person: Viewer) -> Entry:
    return Entry("s", _("Stock"), reverse("products"), "packages")


@finders.add(order=30)
def find_products(person: Viewer, words: str) -> list[Found]:
    if not person.may(permissions.VIEW):
        return []
    hits = search.suggest(words, kinds=[PRODUCT], limit=4)
    found = Product.objects.in_bulk([hit.id for hit in hits])
    return [
        Found(f"product-{one.pk}", one.name, reverse("product", args=[one.pk]), "package", one.sku)
        for hit in hits
        if (one := found.get(hit.id))
    ]
