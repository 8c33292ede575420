"""The tables of the stock."""

from mainspring.inventory.models.movement import AlreadyTakenBack, Movement
from mainspring.inventory.models.product import Product, ProductQuerySet
from mainspring.inventory.models.stock import NotEnoughStock
from mainspring.inventory.models.suppliers import Category, Supplier

__all__ = ["AlreadyTakenBack", "Category", "Movement", "NotEnoughStock", "Product", "ProductQuerySet", "Supplier"]
