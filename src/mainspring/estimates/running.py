"""What estimates do by the clock: remind the customer before one ends, and note its end."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django_tasks import task

from mainspring.core.shop import Shop
from mainspring.estimates import answering, sending
from mainspring.estimates.models import Estimate, Terms

MORNING = time(9)
"""When a reminder goes out, in the shop's zone."""


def plan(estimate: Estimate) -> None:
    """Put both in the queue, in the transaction that sends it. An answer meanwhile leaves them nothing to do.

    Nobody is reminded on the day it was sent.
    """
    zone = ZoneInfo(Shop.get().time_zone)
    ends = datetime.combine(estimate.valid_until + timedelta(days=1), time.min, zone)
    expire.using(run_after=ends).enqueue(estimate.pk)
    days = Terms.get().remind_days
    asked = datetime.combine(estimate.valid_until - timedelta(days=days), MORNING, zone)
    if days and asked.date() > timezone.now().astimezone(zone).date():
        remind.using(run_after=asked).enqueue(estimate.pk)


@task()
def remind(pk: int) -> None:
    sending.remind(Estimate.objects.select_related("ticket").get(pk=pk))


@task()
def expire(pk: int) -> None:
    answering.expire(Estimate.objects.select_related("ticket").get(pk=pk))
