"""What the vault does by the clock."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django_tasks import task

from mainspring.core.keyring import NoKey
from mainspring.events.tasks import LONG, every
from mainspring.vault.models import Credential, Share, VaultRules
from mainspring.vault.models.credential import PUT_BACK_WITHIN
from mainspring.vault.rotation import rotate, wrap_all


@every(hours=24)
@task()
def tidy_vault() -> None:
    """Wipe what was removed a week ago, what a closed ticket left long enough, and the links that are over."""
    now, days = timezone.now(), VaultRules.get().wipe_days
    gone = Q(removed_at__lt=now - PUT_BACK_WITHIN)
    if days:
        gone |= Q(ticket__is_open=False, ticket__closed_at__lt=now - timedelta(days=days))
    for credential in Credential.objects.filter(gone, wiped_at=None).defer("facts", "secrets", "file").iterator():
        credential.wipe()
    for share in Share.objects.filter(expires_at__lt=now).exclude(key_id=""):
        share.run_out()


@every(hours=24)
@task(priority=LONG)
def wrap_what_is_left() -> None:
    """What an older master key still wraps comes under the current one."""
    try:
        wrap_all()
    except NoKey:
        return  # The health page says so.


@task(priority=LONG)
def rotate_keys() -> None:
    """A new master key, asked for on the page."""
    rotate()
