"""What accounts do in the background.

Keys are mailed and failures noted by a task, for known and unknown addresses alike: the answer takes the same steps.
"""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django_tasks import task

from mainspring.accounts import letters
from mainspring.accounts.events import PERSON_SIGN_IN_FAILED
from mainspring.accounts.models import MailedKey, Person, Sitting
from mainspring.core.models import Tries
from mainspring.events.models import record
from mainspring.events.origin import acting_from
from mainspring.events.tasks import every

KEPT = timedelta(days=2)


@task()
def mail_password_link(email: str) -> None:
    person = Person.objects.filter(email=email.lower(), is_active=True).first()
    if person is not None:
        letters.send(letters.PASSWORD_RESET, person)


@task()
@transaction.atomic
def mail_sign_in_key(email: str, handle: str) -> None:
    """The code works in the browser that keeps the handle, the link in any. Run twice, there is one key."""
    person = Person.objects.filter(email=email.lower(), is_active=True).first()
    if person is not None and not MailedKey.objects.filter(handle=handle).exists():
        _key, code, token = MailedKey.objects.make("sign_in", person.email, person=person, handle=handle)
        way = person.link("mailed_link", token)
        letters.post(letters.SIGN_IN_KEY, person, {"code": code, "link": way}, key=handle)


@task()
@transaction.atomic
def note_failed_sign_in(email: str, origin: str) -> None:
    """Only for addresses of ours."""
    person = Person.objects.filter(email=email.lower()).first()
    if person is not None:
        with acting_from(origin):
            record(PERSON_SIGN_IN_FAILED, person, by=None, data={"name": person.name})


@every(hours=1)
@task()
def forget_tries() -> None:
    """Spells that are over, keys that are past, sessions that ran out."""
    now = timezone.now()
    Tries.objects.over().delete()
    MailedKey.objects.filter(expires_at__lt=now - KEPT).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    gone = ~Exists(Session.objects.filter(session_key=OuterRef("session_key")))
    Sitting.objects.filter(gone).delete()
