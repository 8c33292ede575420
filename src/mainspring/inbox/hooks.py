"""Calls of mail providers, read by django-anymail: mail that came to them for us, and what became of ours."""

import hashlib
import logging
from typing import Any, cast

from anymail.exceptions import AnymailConfigurationError, AnymailWebhookValidationFailure
from anymail.signals import AnymailInboundEvent, AnymailTrackingEvent
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mainspring.inbox.bouncing import reported
from mainspring.inbox.models import HookCall, Source
from mainspring.inbox.models.received import receive

log = logging.getLogger(__name__)

LARGEST = 60 * 1024 * 1024


@csrf_exempt
@require_POST
def mail_hook(request: HttpRequest, provider: str, way: str) -> HttpResponse:
    """A provider's call. What is unsigned, or was taken before, gets 401 and always the same words: no hints.

    A mail is committed before the answer. When that fails the answer is a 5xx and the provider comes again.
    """
    adapter = _adapter(request, provider, way)
    body = _body(request) if adapter else None
    if adapter is None or body is None:
        return _refused()
    signature = hashlib.sha256(provider.encode() + b"\0" + body).hexdigest()
    if HookCall.objects.filter(signature=signature).exists():
        return _refused()
    try:
        adapter.run_validators(request)
        events = _events(adapter, request, body)
    except (AnymailWebhookValidationFailure, AnymailConfigurationError):
        return _refused()
    for event in events:
        _take(event)
    HookCall.objects.get_or_create(signature=signature)
    return HttpResponse(status=200)


def _adapter(request: HttpRequest, provider: str, way: str) -> Any:
    """Anymail's view for this provider; None without a secret, or for a provider that it does not know."""
    if not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        return None
    try:
        found = resolve(f"/{provider}/{way}/", urlconf="anymail.urls")
        adapter = cast("Any", found.func).view_class()
    except (Resolver404, AnymailConfigurationError):
        return None
    adapter.setup(request)
    return adapter


def _body(request: HttpRequest) -> bytes | None:
    """The whole body, larger than other forms may be: mails carry files. None beyond the limit."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return None
    if request.content_type != "multipart/form-data":
        request._body = request.read(LARGEST + 1)
    try:
        body = request.body
    except RequestDataTooBig:
        return None
    return body if len(body) <= LARGEST else None


def _events(adapter: Any, request: HttpRequest, body: bytes) -> list[Any]:
    """What the call tells. A signed call that can't be understood is kept whole, as a mail beyond reading."""
    try:
        return list(adapter.parse_events(request))
    except (AnymailWebhookValidationFailure, AnymailConfigurationError, SuspiciousOperation):
        raise
    except Exception:
        log.exception("A call of a mail provider could not be understood; it is kept.")
        receive(b"Subject: A call of a mail provider\r\n\r\n" + body, source=Source.WEBHOOK)
        return []


def _take(event: Any) -> None:
    if isinstance(event, AnymailInboundEvent):
        receive(_raw(event.message), source=Source.WEBHOOK)
    elif isinstance(event, AnymailTrackingEvent):
        reported(event)


def _raw(message: Any) -> bytes:
    """The mail as bytes, its envelope's recipient first: a signed reply address may stand there alone."""
    recipient = " ".join(str(message.envelope_recipient or "").split())
    trace = f"Delivered-To: {recipient}\r\n".encode() if recipient else b""
    return trace + bytes(message.as_bytes())


def _refused() -> HttpResponse:
    return HttpResponse("Not accepted.", status=401, content_type="text/plain")
