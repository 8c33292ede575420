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
