"""What runs by itself: old answers and counts are forgotten."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from mainspring.api.models import Answered, Spent
from mainspring.events.tasks import every

KEEP_ANSWERS = timedelta(hours=48)
KEEP_COUNTS = timedelta(hours=2)


@every(hours=1)
@task()
def forget_old_answers() -> None:
    """An Idempotency-Key is good for two days."""
    now = timezone.now()
    Answered.objects.filter(at__lt=now - KEEP_ANSWERS).delete()
    Spent.objects.filter(since__lt=now - KEEP_COUNTS).delete()
