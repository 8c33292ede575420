"""Signing in is recorded, whether it succeeds or fails; who is invited, and whose access changes, hears of it."""

from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.signals import password_reset, user_logged_in
from allauth.mfa.signals import authentication_failed
from allauth.socialaccount.signals import social_account_added
from babel.dates import format_datetime
from django.contrib.auth import signals as django_auth
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from mainspring.accounts import letters
from mainspring.accounts.entering import came_in, remember_browser
from mainspring.accounts.events import (
    ADDRESS_ASKED,
    ADDRESS_CHANGED,
    APP_ADDED,
    APP_REMOVED,
    CODE_USED,
    CODES_MADE,
    FACTORS_RESET,
    LINK_ADDED,
    LINK_REMOVED,
    PASSKEY_ADDED,
    PASSKEY_REMOVED,
    PASSWORD_CHANGED,
    PERSON_CHANGED,
    PERSON_INVITED,
    PERSON_LEFT,
    PERSON_SIGNED_IN,
    RECLAIMED,
    SECOND_STEP_FAILED,
)
from mainspring.accounts.models import Person
from mainspring.accounts.models.browsers import in_words
from mainspring.accounts.tasks import note_failed_sign_in
from mainspring.accounts.tokens import end_all_of
from mainspring.core.asked import clean
from mainspring.events.models import Event, record
from mainspring.events.origin import current_origin
from mainspring.events.reactions import after_commit, in_transaction


@receiver(django_auth.user_logged_in)
def open_sitting(sender: Any, request: HttpRequest, user: Person, **_kwargs: Any) -> None:
    came_in(request, user)


@receiver(user_logged_in)
def signed_in(sender: Any, request: HttpRequest, response: HttpResponse, user: Person, **_kwargs: Any) -> None:
    """The person is in, by whatever way. A browser that he never used before is told of by mail."""
    with transaction.atomic():
        is_first = not user.known_browsers.exists()
        is_new = remember_browser(request, response, user)
        agent = clean(request.headers.get("User-Agent"), 300)
        record(PERSON_SIGNED_IN, user, by=user, data={"browser": in_words(agent), "is_new": is_new and not is_first})


@receiver(django_auth.user_login_failed)
def sign_in_failed(sender: Any, credentials: dict[str, Any], **_kwargs: Any) -> None:
    note_failed_sign_in.enqueue(str(credentials.get("email") or credentials.get("username") or ""), current_origin())


@receiver(authentication_failed)
def second_step_failed(sender: Any, user: Person, **_kwargs: Any) -> None:
    with transaction.atomic():
        record(SECOND_STEP_FAILED, user, by=None, data={"name": user.name})


@receiver(social_account_added)
def linked(sender: Any, request: HttpRequest, sociallogin: Any, **_kwargs: Any) -> None:
    with transaction.atomic():
        provider = sociallogin.provider.app.name
        record(LINK_ADDED, sociallogin.user, by=sociallogin.user, data={"provider": provider})


@after_commit(PERSON_INVITED)
def mail_invitation(event: Event) -> None:
    """The link to a first password. Who got one by hand (the first owner, the demo's people) needs none."""
    person = _person(event)
    if person.is_active and not person.has_usable_password():
        letters.send(letters.INVITATION, person, key=f"event-{event.pk}")


@after_commit(
    PASSWORD_CHANGED, ADDRESS_ASKED, ADDRESS_CHANGED, APP_ADDED, APP_REMOVED, PASSKEY_ADDED, PASSKEY_REMOVED,
    CODES_MADE, CODE_USED, FACTORS_RESET, LINK_ADDED, LINK_REMOVED, RECLAIMED,
)  # fmt: skip
def mail_notice(event: Event) -> None:
    """Each change of how somebody comes in is told to him; of his address, to the old one."""
    _tell(event, email=str(event.data.get("old", "")))


@after_commit(PERSON_CHANGED)
def mail_changed_address(event: Event) -> None:
    """An owner gave somebody another mail address: the old one hears of it."""
    old = event.data.get("changes", {}).get("email", [""])[0]
    if old:
        _tell(event, email=old)


@after_commit(PERSON_SIGNED_IN)
def mail_new_browser(event: Event) -> None:
    if event.data.get("is_new"):
        _tell(event)


@after_commit(SECOND_STEP_FAILED)
def mail_failed_second_step(event: Event) -> None:
    """Somebody may have the password. Said once a day."""
    _tell(event, key=f"second-step-{event.at:%Y-%m-%d}")


def _tell(event: Event, *, email: str = "", key: str = "") -> None:
    person = _person(event)
    if not person.is_active:
        return
    with translation.override(person.language):
        zone = ZoneInfo(person.time_zone)
        browser = str(event.data.get("browser", ""))
        values = {
            "what": str(event),
            "when": format_datetime(event.at, "medium", tzinfo=zone, locale=person.language),
            "where": ", ".join(filter(None, (event.origin, browser))),
            "link": person.link("security"),
        }
    letters.post(letters.SECURITY_NOTICE, person, values, key=key or f"event-{event.pk}", email=email)


def _person(event: Event) -> Person:
    return Person.objects.get(pk=int(event.subject.partition(":")[2]))


@in_transaction(PERSON_LEFT, PASSWORD_CHANGED)
def programs_are_signed_out(_event: Event, person: Person) -> None:
    """Who may no longer sign in, or has a new password, has no token that is still good (RELIABILITY 55)."""
    end_all_of(person.actor_key, by=None)


@receiver(password_reset)
def programs_are_signed_out_by_reset(sender: Any, user: Person, **_kwargs: Any) -> None:
    with transaction.atomic():
        end_all_of(user.actor_key, by=None)
