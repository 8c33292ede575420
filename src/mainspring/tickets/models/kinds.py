"""Fixed kinds that rules speak of; people speak of the names of statuses."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StatusKind(models.TextChoices):
    NEW = "new", _("New")
    OPEN = "open", _("Open")
    WAITING_CUSTOMER = "waiting_customer", _("Waiting for the customer")
    CUSTOMER_REPLIED = "customer_replied", _("Customer replied")
    IN_PROGRESS = "in_progress", _("In progress")
    WAITING_THIRD_PARTY = "waiting_third_party", _("Waiting for a third party")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")


class Colour(models.TextChoices):
    """The colours that a status can have, by their names in the design: each has a tone for the light and the dark."""

    BLUE = "blue", _("Blue")
    TEAL = "teal", _("Teal")
    GREEN = "green", _("Green")
    AMBER = "amber", _("Amber")
    ORANGE = "orange", _("Orange")
    RED = "red", _("Red")
    PINK = "pink", _("Pink")
    VIOLET = "violet", _("Violet")
    BROWN = "brown", _("Brown")
    GREY = "grey", _("Grey")


DONE = (StatusKind.RESOLVED, StatusKind.CLOSED)


class Priority(models.IntegerChoices):
    LOW = 1, _("Low")
    MEDIUM = 2, _("Medium")
    HIGH = 3, _("High")
    URGENT = 4, _("Urgent")


class Channel(models.TextChoices):
    PHONE = "phone", _("Phone")
    COUNTER = "counter", _("Counter")
    MAIL = "mail", _("Mail")
    DESK = "desk", _("Desk")
    LINK = "link", _("Ticket page")
    PORTAL = "portal", _("Portal")
    SITE = "site", _("Website")
    API = "api", _("Program")
