"""What runs by itself: keys that sign access tokens change, old sign-ins are forgotten."""

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from mainspring.accounts.models import ApiSession, SigningKey
from mainspring.events.tasks import every

KEEP = timedelta(days=7)


@every(hours=24)
@task()
def tend_signing_keys() -> None:
    SigningKey.rotate()
    ApiSession.objects.filter(expires_at__lt=timezone.now() - KEEP).delete()
