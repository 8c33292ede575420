"""The API's doors to the webhooks: set up, tried, and what was sent."""

from typing import Annotated, Literal

from pydantic import Field

from mainspring.api.conditions import must_match
from mainspring.api.doors import Asked, Door
from mainspring.api.fetching import locked, the_one
from mainspring.api.paging import USUAL, Cursor, Limit, Page, Walk
from mainspring.api.problems import wrong
from mainspring.api.shapes import Change, Given, Moment, PathId, Shape, filled, left_out
from mainspring.core.outgoing import NoAddress, read_address
from mainspring.webhooks import permissions
from mainspring.webhooks.models import Delivery, Hook, Try
from mainspring.webhooks.public import NAMES
from mainspring.webhooks.sending import replay, test

door = Door("webhooks", "Webhooks")
doors = [door]

KindName = Literal[NAMES]  # type: ignore[valid-type]
Url = Annotated[str, filled(500), Field(examples=["https://hooks.example.com/mainspring"])]
Kinds = Annotated[list[KindName], Field(min_length=1, max_length=len(NAMES), examples=[["ticket.opened"]])]


class HookShape(Shape):
    """An address that is told of some kinds of events."""

    id: int
    url: str
    kinds: list[str]
    is_on: bool
    failing_since: Moment | None
    made_at: Moment


class HookWithSecretShape(HookShape):
    """With the secret that signs, shown this once."""

    secret: str


class DeliveryShape(Shape):
    """One thing that one hook is told."""

    id: int
    key: str = Field(description="The `id` of the message, the same at every try.")
    kind: str
    state: Literal["waiting", "delivered", "given_up"]
    tries: int
    made_at: Moment
    next_at: Moment | None
    delivered_at: Moment | None

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryShape":
        columns = {name: getattr(delivery, name) for name in cls.model_fields}
        return cls.model_validate({**columns, "key": str(delivery.key)})


class TryShape(Shape):
    """How one try went."""

    id: int
    at: Moment
    took_ms: int
    status: int | None
    answer: str
    error: str


class HookGiven(Given):
    url: Url
    kinds: Kinds


class HookChange(Change):
    url: Url = left_out()
    kinds: Kinds = left_out()
    is_on: bool = left_out()


@door.get("/webhooks", Page[HookShape], may=permissions.MANAGE)
def webhooks(request: Asked, limit: Limit = USUAL, cursor: Cursor = "") -> Page[HookShape]:
    """Webhooks."""
    found = Hook.objects.standing()
    return Walk({"id": "id"}, "id", cursor, limit).page(found, HookShape.model_validate)


@door.post("/webhooks", HookWithSecretShape, may=permissions.MANAGE)
def add_webhook(request: Asked, given: HookGiven) -> HookWithSecretShape:
    """Add a webhook. Its secret is answered this once.

    Every message has the header `Mainspring-Signature: t=…,v1=…`: HMAC-SHA256 in hex over the time, a full stop and the
    body. Refuse what is older than five minutes.
    """
    hook, secret = Hook.objects.add(url=_address(given.url), kinds=list(dict.fromkeys(given.kinds)), by=request.user)
    return _with_secret(hook, secret)


@door.get("/webhooks/{pk}", HookShape, may=permissions.MANAGE)
def webhook(request: Asked, pk: PathId) -> HookShape:
    """A webhook."""
    return HookShape.model_validate(the_one(Hook.objects.standing(), pk=pk))


@door.patch("/webhooks/{pk}", HookShape, may=permissions.MANAGE)
def change_webhook(request: Asked, pk: PathId, given: HookChange) -> HookShape:
    """Change a webhook, or switch it on or off."""
    hook = locked(Hook.objects.standing(), pk=pk)
    must_match(request, HookShape.model_validate(hook))
    changes = given.given
    if "url" in changes:
        _address(changes["url"])
    if "kinds" in changes:
        changes["kinds"] = sorted(set(changes["kinds"]))
    hook.change(by=request.user, **changes)
    return HookShape.model_validate(hook)


@door.delete("/webhooks/{pk}", may=permissions.MANAGE)
def remove_webhook(request: Asked, pk: PathId) -> None:
    """Remove a webhook. Its secret is forgotten."""
    locked(Hook.objects.standing(), pk=pk).remove(by=request.user)


@door.post("/webhooks/{pk}/secret", HookWithSecretShape, may=permissions.MANAGE, status=200)
def change_webhook_secret(request: Asked, pk: PathId) -> HookWithSecretShape:
    """Make a new secret. The one before signs beside it for a day."""
    hook = locked(Hook.objects.standing(), pk=pk)
    return _with_secret(hook, hook.change_secret(by=request.user))


@door.post("/webhooks/{pk}/test", DeliveryShape, may=permissions.MANAGE)
def test_webhook(request: Asked, pk: PathId) -> DeliveryShape:
    """Send a test. How it went stands in its tries a moment later."""
    return DeliveryShape.of(test(the_one(Hook.objects.standing(), pk=pk), by=request.user))


@door.get("/webhooks/{pk}/deliveries", Page[DeliveryShape], may=permissions.MANAGE)
def deliveries(request: Asked, pk: PathId, limit: Limit = USUAL, cursor: Cursor = "") -> Page[DeliveryShape]:
    """What a webhook was sent, the latest first. Kept for a month."""
    found = Delivery.objects.filter(hook=the_one(Hook.objects.standing(), pk=pk))
    return Walk({"id": "id"}, "-id", cursor, limit).page(found, DeliveryShape.of)


@door.get("/webhooks/{pk}/deliveries/{delivery}/tries", Page[TryShape], may=permissions.MANAGE)
def tries(request: Asked, pk: PathId, delivery: PathId, limit: Limit = USUAL, cursor: Cursor = "") -> Page[TryShape]:
    """How the tries of one message went, the latest first."""
    found = Try.objects.filter(delivery=_delivery(pk, delivery))
    return Walk({"id": "id"}, "-id", cursor, limit).page(found, TryShape.model_validate)


@door.post("/webhooks/{pk}/deliveries/{delivery}/replay", DeliveryShape, may=permissions.MANAGE, status=200)
def replay_delivery(request: Asked, pk: PathId, delivery: PathId) -> DeliveryShape:
    """Send a message once more: the same bytes under the same key."""
    found = _delivery(pk, delivery)
    replay(found, by=request.user)
    found.refresh_from_db()
    return DeliveryShape.of(found)


def _delivery(pk: int, delivery: int) -> Delivery:
    return the_one(Delivery.objects.filter(hook=the_one(Hook.objects.standing(), pk=pk)), pk=delivery)


def _address(url: str) -> str:
    try:
        read_address(url)
    except NoAddress as error:
        raise wrong("url", str(error)) from error
    return url


def _with_secret(hook: Hook, secret: str) -> HookWithSecretShape:
    return HookWithSecretShape(secret=secret, **HookShape.model_validate(hook).model_dump())
