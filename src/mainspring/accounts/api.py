"""The API's doors into accounts: signing in, one's own tokens, the people."""

from datetime import timedelta
from typing import Annotated, Literal

from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from mainspring.accounts import bearers, permissions
from mainspring.accounts.factors import Factors
from mainspring.accounts.limits import codes
from mainspring.accounts.models import AccessToken, ApiSession, EntryRules, Person, Role
from mainspring.accounts.tokens import ACCESS_FOR, holder_named
from mainspring.api.conditions import must_match
from mainspring.api.doors import Asked, Door
from mainspring.api.grants import EVERYTHING, Grant
from mainspring.api.limits import demand
from mainspring.api.paging import USUAL, Cursor, Limit, Page, Sort, Walk
from mainspring.api.problems import Problem, wrong
from mainspring.api.shapes import Change, Given, Moment, PathId, Shape, filled, left_out, upto
from mainspring.core import limits
from mainspring.events.origin import client_address

__all__ = ["bearers", "doors"]

door = Door("accounts", "Settings")
doors = [door]

TRIES = limits.Limit("api-password", 5, 300)
"""Passwords and codes that may be tried for one address in five minutes."""
TRIES_FROM = limits.Limit("api-password-from", 30, 60)
REFRESHES = limits.Limit("api-refresh", 60, 60)

RoleName = Literal["owner", "manager", "technician", "front_desk", "billing"]
Email = Annotated[
    str, Field(max_length=254, pattern=r"^[^@\s\x00]+@[^@\s\x00]+$", examples=["tess@mainstreet.example"])
]


class SignInGiven(Given):
    """Either mail address and password (and `code`, when a second factor is on), or a personal token."""

    email: Annotated[str, upto(254)] = Field("", examples=["tess@mainstreet.example"])
    password: Annotated[str, upto(200)] = Field("", examples=["mainspring demo"])
    code: Annotated[str, upto(20)] = Field("", description="Of the authenticator app, when it is on.")
    personal_token: Annotated[str, upto(200)] = Field("", description="Instead of the password.")


class RefreshGiven(Given):
    refresh_token: Annotated[str, filled(200)] = Field(examples=["msr_5f2c…"])


class SignedIn(Shape):
    """A short-lived token, and the one that renews it: each refresh token is good once."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 (the kind, no secret)
    expires_in: int = Field(description="Seconds.")
    refresh_token: str


class PersonShape(Shape):
    id: int
    name: str
    email: str
    role: RoleName
    phone: str
    language: str
    time_zone: str
    is_active: bool
    joined_at: Moment


class Me(Shape):
    """Whose token this is, and what it lets through."""

    holder: str = Field(examples=["person:3"])
    name: str
    kind: Literal["staff", "customer"]
    role: str
    scopes: list[str]
    permissions: list[str] = Field(description="What its holder may at this moment.")


class PersonGiven(Given):
    name: Annotated[str, filled(120)]
    email: Email
    role: RoleName = "technician"


class PersonChange(Change):
    name: Annotated[str, filled(120)] = left_out()
    email: Email = left_out()
    role: RoleName = left_out()
    phone: Annotated[str, upto(40)] = left_out()
    language: Literal["en", "he"] = left_out()
    time_zone: Annotated[str, Field(max_length=60, examples=["Asia/Jerusalem"])] = left_out()


class TokenShape(Shape):
    """A personal access token without its text, which nobody can read again."""

    id: int
    name: str
    holder: str
    holder_name: str
    starts_with: str
    scopes: list[str]
    made_at: Moment
    expires_at: Moment | None
    last_used_at: Moment | None
    revoked_at: Moment | None

    @classmethod
    def of(cls, token: AccessToken) -> "TokenShape":
        return cls.model_validate({**{name: getattr(token, name) for name in _TOKEN}, "starts_with": token.public})


_TOKEN = ("id", "name", "holder", "holder_name", "scopes", "made_at", "expires_at", "last_used_at", "revoked_at")


@door.post("/auth/token", SignedIn, open=True, status=200, tag="Sign in")
def sign_in(request: HttpRequest, given: SignInGiven) -> SignedIn:
    """Sign in for a short time.

    The access token is good for ten minutes, the refresh token for 30 days and once. Five tries in five minutes.
    """
    demand(TRIES_FROM, client_address(request))
    if given.personal_token:
        token = AccessToken.objects.good(given.personal_token)
        grant = bearers.by_personal_token(given.personal_token) if token else None
        if token is None or grant is None:
            raise _refused()
        return _signed_in(*ApiSession.objects.begin(grant.caller, scopes=token.scopes, token=token))
    person = _by_password(request, given)
    return _signed_in(*ApiSession.objects.begin(person, scopes=[EVERYTHING]))


@door.post("/auth/refresh", SignedIn, open=True, status=200, tag="Sign in")
def refresh_sign_in(request: HttpRequest, given: RefreshGiven) -> SignedIn:
    """Renew a sign-in.

    Send the refresh token, get the next one. A refresh token that is used twice ends the whole sign-in.
    """
    demand(REFRESHES, client_address(request))
    renewed = ApiSession.renew(given.refresh_token)
    if renewed is None or holder_named(renewed[0].holder) is None:
        raise _refused()
    return _signed_in(*renewed)


@door.post("/auth/sign-out", None, open=True, tag="Sign in")
def sign_out(request: HttpRequest, given: RefreshGiven) -> None:
    """End a sign-in.

    Its access token is dead at once. A token that is no good any more is answered the same.
    """
    demand(REFRESHES, client_address(request))
    renewed = ApiSession.renew(given.refresh_token)
    if renewed is not None:
        ApiSession.objects.filter(pk=renewed[0].pk).end()


@door.get("/me", Me, may=permissions.ME, tag="Sign in")
def me(request: Asked) -> Me:
    """Whose token this is and what it may."""
    return _me(request.grant)


@door.get("/my/me", Me, customers=True, tag="For customers")
def my_me(request: Asked) -> Me:
    """Whose token this is and what it may, for a customer's token."""
    return _me(request.grant)


@door.get("/tokens", Page[TokenShape], may=permissions.ME, tag="Sign in")
def tokens(
    request: Asked, limit: Limit = USUAL, cursor: Cursor = "", holder: Literal["me", "all"] = "me"
) -> Page[TokenShape]:
    """Personal access tokens: one's own, or everybody's for who manages people.

    Tokens are made on the desk, where the password is asked for: no token makes another one.
    """
    found = AccessToken.objects.all()
    if holder == "me":
        found = found.filter(holder=request.user.actor_key)
    elif not request.user.may(permissions.PEOPLE):
        raise Problem(403, _("Only who manages people sees everybody's tokens."), name="missing-permission")
    return Walk({"id": "id"}, "-id", cursor, limit).page(found, TokenShape.of)


@door.delete("/tokens/{pk}", may=permissions.ME, tag="Sign in")
def revoke_token(request: Asked, pk: PathId) -> None:
    """Revoke a token. It is dead at once."""
    found = AccessToken.objects.filter(pk=pk)
    if not request.user.may(permissions.PEOPLE):
        found = found.filter(holder=request.user.actor_key)
    token = found.first()
    if token is None:
        raise Problem(404)
    token.revoke(by=request.user)


@door.get("/people", Page[PersonShape], may=permissions.PEOPLE)
def people(
    request: Asked,
    limit: Limit = USUAL,
    cursor: Cursor = "",
    sort: Sort = "name",
    is_active: bool | None = Query(None, alias="isActive"),
) -> Page[PersonShape]:
    """The staff."""
    found = Person.objects.staff() if is_active is None else Person.objects.staff().filter(is_active=is_active)
    return Walk({"name": "name", "id": "id"}, sort, cursor, limit).page(found, PersonShape.model_validate)


@door.post("/people", PersonShape, may=permissions.PEOPLE)
def invite_person(request: Asked, given: PersonGiven) -> PersonShape:
    """Invite somebody to the staff. A mail brings the link to a first password."""
    if Person.objects.filter(email__iexact=given.email).exists():
        raise wrong("email", _("Somebody has this mail address already."))
    invited = Person.objects.invite(email=given.email, name=given.name, role=given.role, by=request.user)
    return PersonShape.model_validate(invited)


@door.get("/people/{pk}", PersonShape, may=permissions.PEOPLE)
def person(request: Asked, pk: PathId) -> PersonShape:
    """A member of the staff."""
    return PersonShape.model_validate(_person(pk))


@door.patch("/people/{pk}", PersonShape, may=permissions.PEOPLE)
def change_person(request: Asked, pk: PathId, given: PersonChange) -> PersonShape:
    """Change a member of the staff. Nobody changes his own role."""
    found = _person(pk, lock=True)
    must_match(request, PersonShape.model_validate(found))
    changes = given.given
    if found.pk == request.user.pk and changes.get("role", found.role) != found.role:
        raise wrong("role", _("Nobody changes his own role; ask another owner."))
    elif "email" in changes and Person.objects.filter(email__iexact=changes["email"]).exclude(pk=pk).exists():
        raise wrong("email", _("Somebody has this mail address already."))
    elif "time_zone" in changes:
        _must_be_zone(changes["time_zone"])
    found.become(by=request.user, **changes)
    return PersonShape.model_validate(found)


@door.post("/people/{pk}/leave", PersonShape, may=permissions.PEOPLE, status=200)
def person_leaves(request: Asked, pk: PathId) -> PersonShape:
    """End somebody's access: his sessions, tokens and sign-ins are dead at once. What he did stays his."""
    found = _person(pk, lock=True)
    if found.pk == request.user.pk:
        raise Problem(409, _("Nobody ends his own access; ask another owner."))
    found.leave(by=request.user)
    return PersonShape.model_validate(found)


def _person(pk: int, *, lock: bool = False) -> Person:
    people = Person.objects.staff().select_for_update() if lock else Person.objects.staff()
    found = people.filter(pk=pk).first()
    if found is None:
        raise Problem(404)
    return found


def _must_be_zone(name: str) -> None:
    try:
        Person._meta.get_field("time_zone").run_validators(name)
    except ValidationError as error:
        raise wrong("timeZone", error.messages[0]) from error


def _by_password(request: HttpRequest, given: SignInGiven) -> Person:
    """The person of this address and password; the same answer for whatever is wrong with them."""
    demand(TRIES, given.email.strip().lower()[:80])
    person = authenticate(request, email=given.email.strip(), password=given.password)
    if not isinstance(person, Person) or not person.is_active:
        raise _refused()
    factors = Factors(person)
    if factors:
        _show_code(request, factors, given.code)
    elif EntryRules.get().ask_second_factor_of(person.role):
        raise Problem(
            403,
            _("Your role wants a second factor, and you have none yet."),
            name="second-factor-missing",
            mend=_("Sign in to the desk once and set it up."),
        )
    return person


def _show_code(request: HttpRequest, factors: Factors, code: str) -> None:
    """Let the try through when it brings a right code; tries are counted with those of the pages."""
    allowance = codes(request, factors.person.email)
    wait = allowance.take() if code else 0
    if wait:
        raise Problem(429, _("Too many codes were tried."), headers=(("Retry-After", str(wait)),))
    if not code or not factors.accept(code):
        raise Problem(
            401,
            _("The code of the authenticator app is missing or wrong."),
            name="second-factor-required",
            mend=_("Send the current code as `code`."),
        )
    allowance.give_back()


def _refused() -> Problem:
    return Problem(
        401,
        _("That is no good sign-in."),
        name="sign-in-refused",
        mend=_("Check mail address, password and token. After five tries in five minutes it is closed for a while."),
    )


def _signed_in(session: ApiSession, refresh: str) -> SignedIn:
    return SignedIn(
        access_token=session.access(), expires_in=int(ACCESS_FOR / timedelta(seconds=1)), refresh_token=refresh
    )


def _me(grant: Grant) -> Me:
    from mainspring.accounts.roles import PERMISSIONS

    held = [] if grant.is_customer else [name for name, one in PERMISSIONS.items() if grant.caller.may(one)]
    return Me(
        holder=grant.holder,
        name=grant.caller.actor_name,
        kind="customer" if grant.is_customer else "staff",
        role="" if grant.is_customer else Role(grant.caller.role).value,
        scopes=sorted(grant.scopes),
        permissions=sorted(held),
    )
