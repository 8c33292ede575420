"""The session and its person, which every page asks for: as Django and allauth do, by queries that are built once."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from mainspring.accounts.models import Person
from mainspring.core.prepared import prepared


class SessionStore(db.SessionStore):
    """Sessions in Django's own table."""

    def _get_session_from_db(self) -> Session | None:
        key = self.session_key or ""
        found = _sessions(key) if key.isalnum() else []  # a browser may send anything
        if found and found[0].expire_date > timezone.now():
            return found[0]
        else:
            self._session_key = None
            return None


class PersonBackend(AuthenticationBackend):
    """Signing in as allauth has it."""

    def get_user(self, user_id: Any) -> Person | None:
        found = _people(user_id)
        return found[0] if found and self.user_can_authenticate(found[0]) else None


@prepared
def _sessions(key: str) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key)


@prepared
def _people(pk: int) -> QuerySet[Person]:
    return Person.objects.filter(pk=pk)
