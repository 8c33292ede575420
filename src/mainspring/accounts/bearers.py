"""What a bearer string gives: a personal token, or a signed access token."""

from mainspring.accounts.models import Person
from mainspring.accounts.tokens import TOKEN_SIGN, AccessToken, ApiSession, holder_named, holders
from mainspring.api.grants import Grant, bearers

PER_MINUTE, OF_CUSTOMERS = 600, 120
"""Requests a minute of one token."""


def person(pk: int) -> Person | None:
    return Person.objects.filter(pk=pk, is_active=True).first()


holders["person"] = person


@bearers.add(order=10)
def by_personal_token(bearer: str) -> Grant | None:
    token = AccessToken.objects.good(bearer) if bearer.startswith(f"{TOKEN_SIGN}_") else None
    if token is None:
        return None
    grant = _grant(token.holder, token.scopes, f"token:{token.pk}")
    if grant is not None:
        token.note_use()
    return grant


@bearers.add(order=20)
def by_access_token(bearer: str) -> Grant | None:
    session = ApiSession.good(bearer) if bearer.count(".") == 2 else None
    if session is None or not session.token_is_live:
        return None
    return _grant(session.holder, session.scopes, f"session:{session.pk}")


def _grant(holder: str, scopes: list[str], key: str) -> Grant | None:
    """For the holder as he is now; None when he may not come in any more."""
    caller = holder_named(holder)
    if caller is None:
        return None
    often = OF_CUSTOMERS if caller.is_customer else PER_MINUTE
    return Grant(caller, caller.is_customer, frozenset(scopes), key, often)
