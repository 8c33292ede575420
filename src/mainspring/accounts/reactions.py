"""Signing in is recorded, whether it succeeds or fails."""

from typing import Any

from allauth.account.signals import user_logged_in
from django.contrib.auth.signals import user_login_failed
from django.db import transaction
from django.dispatch import receiver

from mainspring.accounts.events import PERSON_SIGN_IN_FAILED, PERSON_SIGNED_IN
from mainspring.accounts.models import Person
from mainspring.events.models import record


@receiver(user_logged_in)
def signed_in(sender: Any, user: Person, **_kwargs: Any) -> None:
    with transaction.atomic():
        record(PERSON_SIGNED_IN, user, by=user)


@receiver(user_login_failed)
def sign_in_failed(sender: Any, credentials: dict[str, Any], **_kwargs: Any) -> None:
    """Only for addresses of ours: what strangers type is not kept."""
    person = Person.objects.filter(
        email__iexact=str(credentials.get("email") or credentials.get("username") or "")
    ).first()
    if person is not None:
        with transaction.atomic():
            record(PERSON_SIGN_IN_FAILED, person, by=None, data={"name": person.name})
