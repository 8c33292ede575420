"""What runs by itself: old answers are forgotten."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from mainspring.api.models import Answered
from mainspring.events.tasks import every

KEEP_ANSWERS = timedelta(hours=48)


@every(hours=1)
@task()
def forget_old_answers() -> None:
    """An Idempotency-Key is good for two days."""
    Answered.objects.filter(at__lt=timezone.now() - KEEP_ANSWERS).delete()
