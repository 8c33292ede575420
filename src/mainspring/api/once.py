"""Once, however often it is asked: the answer under an Idempotency-Key is kept with what it did, or neither."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from mainspring.api.models import Answered
from mainspring.api.problems import Problem

KEPT = ("Content-Type", "ETag", "Location")


class Refused(Exception):
    """Takes back what a refused request had begun."""


def whole(act: Callable[[], HttpResponse]) -> HttpResponse:
    """All of it or nothing: what a refused request did before it was refused is taken back."""
    answer = HttpResponse(status=500)
    try:
        with transaction.atomic():
            answer = act()
            if answer.status_code >= 400:
                raise Refused
    except Refused:
        pass
    return answer


def once(request: HttpRequest, holder: str, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Do it, or answer as the first time. A second request waits until the first has ended.

    The key's row, what was done and the answer are one transaction: a crash leaves none of them, and the repeated
    request does it then. A server's fault (5xx) is not kept.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return whole(act)
    elif len(key) > 200 or not key.isascii() or not key.isprintable():
        raise Problem(400, _("An Idempotency-Key is 1 to 200 plain letters."), name="bad-idempotency-key")
    mark = fingerprint(request)
    try:
        with transaction.atomic():
            row = Answered.objects.create(holder=holder, key=key, fingerprint=mark)
            answer = whole(act)
            if answer.status_code >= 500:
                raise Refused
            row.status, row.body = answer.status_code, answer.content
            row.headers = {name: answer.headers[name] for name in KEPT if name in answer.headers}
            row.save(update_fields=["status", "headers", "body"])
    except Refused:
        return answer
    except IntegrityError:
        known = Answered.objects.filter(holder=holder, key=key).first()
        if known is None:
            raise
        return again(known, mark)
    return answer


def again(known: Answered, mark: str) -> HttpResponse:
    """The answer of the first time; 422 when the same key comes with another request."""
    if known.fingerprint != mark:
        raise Problem(
            422,
            _("This Idempotency-Key was used for another request."),
            name="idempotency-key-reused",
            mend=_("A key belongs to one request: make a new one for each act, and repeat it only for a retry."),
        )
    answer = HttpResponse(bytes(known.body), status=known.status)
    for name, value in known.headers.items():
        answer.headers[name] = value
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


def fingerprint(request: HttpRequest) -> str:
    """Of what was asked. The body of an upload is not read twice: its files count by their names and contents."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.FILES:
        uploads: Any = sorted(request.FILES.items())
        for field, upload in uploads:
            digest.update(f"{field}\0{upload.name}\0".encode())
            for chunk in upload.chunks():
                digest.update(chunk)
            upload.seek(0)
        digest.update(repr(sorted(request.POST.items())).encode())
    else:
        digest.update(request.body)
    return digest.hexdigest()
