"""Whether the mail server answers: asked for its greeting, with nothing to send and without a password."""

import smtplib
import threading
import time

from django.conf import settings

from mainspring.outbox.sending import in_words

SMTP = "django.core.mail.backends.smtp.EmailBackend"
SECONDS = 5.0
FRESH = 10.0
"""Seconds for which an answer is good: a server is not asked by everybody who looks."""

_lock = threading.Lock()
_known: tuple[float, tuple[str, int], str] | None = None


def fault() -> str:
    """Why the mail server does not answer, in its words or the network's; empty when it does, or is no SMTP server."""
    global _known
    if settings.EMAIL_BACKEND != SMTP:
        return ""
    place = (settings.EMAIL_HOST, settings.EMAIL_PORT)
    with _lock:
        if _known is None or _known[1] != place or time.monotonic() - _known[0] > FRESH:
            _known = (time.monotonic(), place, _asked())
        return _known[2]


def forget() -> None:
    """Ask anew the next time."""
    global _known
    _known = None


def _asked() -> str:
    kind = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
    try:
        with kind(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=SECONDS) as server:
            server.ehlo_or_helo_if_needed()
    except (OSError, smtplib.SMTPException) as error:
        return in_words(error)
    return ""
