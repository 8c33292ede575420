"""How programs come in: personal access tokens, and short-lived sign-ins that are renewed by a rotating token."""

import hmac
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import jwt
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mainspring.accounts.events import API_SIGNED_IN, REFRESH_REUSED, TOKEN_MADE, TOKEN_REVOKED
from mainspring.core.asked import whole
from mainspring.core.sealing import seal, unseal
from mainspring.core.tokens import digest_of
from mainspring.events.models import Actor, record

TOKEN_SIGN, REFRESH_SIGN = "msp", "msr"
ACCESS_FOR = timedelta(minutes=10)
REFRESH_FOR = timedelta(days=30)
KEY_FOR = timedelta(days=30)
USED_EVERY = timedelta(minutes=1)

holders: "dict[str, Callable[[int], Any]]" = {}
"""Who may hold a token, by the kind in his `actor_key`: gives him while he may come in, None otherwise."""


def holder_named(key: str) -> Any:
    """Whoever `person:3` is, if he may come in now."""
    kind, _colon, pk = key.partition(":")
    number = whole(pk)
    return holders[kind](number) if kind in holders and number is not None else None


def _made(sign: str) -> tuple[str, str, str]:
    """A new secret: the public part by which it is looked up, the whole that is shown once, and its digest."""
    public = f"{sign}_{secrets.token_hex(6)}"
    whole = f"{public}_{secrets.token_urlsafe(32)}"
    return public, whole, digest_of(whole)


def _public_part(whole: str) -> str:
    return "_".join(whole.split("_", 2)[:2])[:40]


class Secret(models.Model):
    """A bearer secret, kept as a hash. Looked up by its public part and compared in constant time."""

    public = models.CharField(max_length=40, unique=True)
    digest = models.CharField(max_length=64)

    class Meta:
        abstract = True

    def is_of(self, whole: str) -> bool:
        return hmac.compare_digest(self.digest, digest_of(whole))


class AccessTokenQuerySet(models.QuerySet["AccessToken"]):
    def live(self) -> "AccessTokenQuerySet":
        """Neither revoked nor expired."""
        return self.filter(revoked_at=None).filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))

    def of(self, holder: str) -> "AccessTokenQuerySet":
        return self.filter(holder=holder).order_by("-id")

    @transaction.atomic
    def make(
        self, *, holder: Any, name: str, scopes: Iterable[str], expires_at: datetime | None, by: Actor
    ) -> "tuple[AccessToken, str]":
        """A new token, and its text: shown this once, kept nowhere."""
        public, whole, digest = _made(TOKEN_SIGN)
        token = self.create(
            public=public,
            digest=digest,
            holder=holder.actor_key,
            holder_name=holder.actor_name,
            name=name,
            scopes=sorted(scopes),
            expires_at=expires_at,
            made_by=by.actor_name,
        )
        told = {"name": name, "holder": holder.actor_name, "scopes": ", ".join(token.scopes)}
        record(TOKEN_MADE, token, by=by, stream=holder.actor_key, data=told)
        return token, whole

    def good(self, whole: str) -> "AccessToken | None":
        """The live token of this text."""
        token = self.live().filter(public=_public_part(whole)).first()
        return token if token is not None and token.is_of(whole) else None


class AccessToken(Secret):
    """A personal access token: named, scoped, with an end; never wider than its holder at the time of the call."""

    holder = models.CharField(max_length=60, help_text="Whose it is, e.g. person:3.")
    holder_name = models.CharField(max_length=150)
    name = models.CharField(_("name"), max_length=80)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField(_("good until"), null=True)
    last_used_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True)

    objects = AccessTokenQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["holder", "-id"], name="access_tokens_of_holder")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > timezone.now())

    @property
    def is_everything(self) -> bool:
        return "*" in self.scopes

    @transaction.atomic
    def revoke(self, *, by: Actor | None) -> None:
        """Dead from now on, and with it what was signed in by it."""
        if self.revoked_at is None:
            self.revoked_at = timezone.now()
            self.save(update_fields=["revoked_at"])
            ApiSession.objects.filter(token=self).end()
            record(TOKEN_REVOKED, self, by=by, stream=self.holder, data={"name": self.name, "holder": self.holder_name})

    def note_use(self) -> None:
        """Say that it was used; once a minute is enough."""
        now = timezone.now()
        if self.last_used_at is None or now - self.last_used_at > USED_EVERY:
            AccessToken.objects.filter(pk=self.pk).update(last_used_at=now)


class SessionQuerySet(models.QuerySet["ApiSession"]):
    def live(self) -> "SessionQuerySet":
        return self.filter(ended_at=None, expires_at__gt=timezone.now())

    def end(self) -> int:
        return self.filter(ended_at=None).update(ended_at=timezone.now())

    @transaction.atomic
    def begin(
        self, holder: Any, *, scopes: Iterable[str], token: AccessToken | None = None
    ) -> "tuple[ApiSession, str]":
        """A sign-in, and the first token that renews it."""
        session = self.create(
            holder=holder.actor_key, scopes=sorted(scopes), token=token, expires_at=timezone.now() + REFRESH_FOR
        )
        record(API_SIGNED_IN, session, by=holder, stream=holder.actor_key)
        return session, session.next_refresh()


class ApiSession(models.Model):
    """A program's sign-in: a family of refresh tokens, of which only the latest is good."""

    holder = models.CharField(max_length=60)
    scopes = models.JSONField(default=list)
    token = models.ForeignKey(AccessToken, models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["holder"], name="api_sessions_of_holder")]

    def __str__(self) -> str:
        return f"{self.holder}, {self.begun_at:%Y-%m-%d %H:%M}"

    def access(self) -> str:
        """A signed token for the next minutes."""
        key = SigningKey.current()
        now = timezone.now()
        claims = {"sub": self.holder, "sid": self.pk, "iat": now, "exp": now + ACCESS_FOR, "aud": "api"}
        return jwt.encode(claims, key.secret, algorithm="HS256", headers={"kid": key.kid})

    def next_refresh(self) -> str:
        public, whole, digest = _made(REFRESH_SIGN)
        RefreshToken.objects.create(public=public, digest=digest, session=self)
        return whole

    @classmethod
    def good(cls, access: str) -> "ApiSession | None":
        """The live session of a signed token; None for one that is forged, over or ended."""
        try:
            kid = str(jwt.get_unverified_header(access).get("kid", ""))[:40]
            key = SigningKey.objects.filter(kid=kid).first()
            if key is None:
                return None
            claims = jwt.decode(
                access,
                key.secret,
                algorithms=["HS256"],
                audience="api",
                options={"require": ["exp", "iat", "sub", "sid"]},
            )
        except (jwt.InvalidTokenError, ValueError):
            return None
        return cls.objects.live().select_related("token").filter(pk=int(claims["sid"]), holder=claims["sub"]).first()

    @classmethod
    @transaction.atomic
    def renew(cls, refresh: str) -> "tuple[ApiSession, str] | None":
        """The session and its next refresh token. One that was used before ends the session: somebody stole it."""
        found = RefreshToken.objects.select_related("session").filter(public=_public_part(refresh)).first()
        if found is None or not found.is_of(refresh):
            return None
        session = found.session
        if not RefreshToken.objects.filter(pk=found.pk, used_at=None).update(used_at=timezone.now()):
            if ApiSession.objects.filter(pk=session.pk).end():
                record(REFRESH_REUSED, session, by=None, stream=session.holder)
            return None
        if session.ended_at is not None or session.expires_at <= timezone.now() or not session.token_is_live:
            return None
        return session, session.next_refresh()

    @property
    def token_is_live(self) -> bool:
        """What was signed in by a personal token ends with it."""
        return self.token is None or self.token.is_live


class RefreshToken(Secret):
    """A token that renews a sign-in once. Used a second time, it was stolen, and the sign-in ends."""

    session = models.ForeignKey(ApiSession, models.CASCADE, related_name="refreshes")
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.public


class SigningKey(models.Model):
    """A key that signs access tokens, sealed. The newest signs; older ones are good as long as what they signed."""

    kid = models.CharField(max_length=40, unique=True)
    sealed = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.kid

    @property
    def secret(self) -> str:
        return unseal(bytes(self.sealed), context=f"signing key {self.kid}")

    @classmethod
    def current(cls) -> "SigningKey":
        return cls.objects.order_by("-made_at", "-pk").first() or cls.make()

    @classmethod
    def make(cls) -> "SigningKey":
        kid = secrets.token_hex(8)
        return cls.objects.create(kid=kid, sealed=seal(secrets.token_urlsafe(48), context=f"signing key {kid}"))

    @classmethod
    @transaction.atomic
    def rotate(cls, *, after: timedelta = KEY_FOR) -> None:
        """A new key when the newest has signed long enough; keys that nothing good can be signed by any more go."""
        now = timezone.now()
        newest = cls.current()
        if newest.made_at <= now - after:
            cls.make()
            cls.objects.filter(made_at__lt=newest.made_at - ACCESS_FOR).delete()


def end_all_of(holder: str, *, by: Actor | None) -> None:
    """Everything by which programs come in as this one is dead: he left, or has a new password."""
    for token in AccessToken.objects.live().of(holder):
        token.revoke(by=by)
    ApiSession.objects.filter(holder=holder).end()
