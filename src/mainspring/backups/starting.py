"""What a house needs to start besides its database and files: the secret key and the settings; never the master key."""

import os
from pathlib import Path

from django.conf import settings

SECRET_KEY, SETTINGS, DEMO = "secret_key", "settings.env", "demo-people.txt"
OURS = ("MAINSPRING_", "EMAIL_", "BACKEND_")
NAMED = frozenset(
    ["ALLOWED_HOSTS", "ANYMAIL", "BEHIND_PROXY", "CACHE_URL", "DATABASE_POOLED", "DATABASE_URL", "DEFAULT_FROM_EMAIL",
     "HSTS_SUBDOMAINS", "LOG_LEVEL", "MAIL_CHECKED_BY", "SECRET_KEY_FALLBACKS", "STRIPE_API", "TEST_PAYMENTS"]
)  # fmt: skip
"""The settings that come from the environment. A test compares them with what the settings read."""


def needed_to_start() -> dict[str, bytes]:
    """By name, what goes into an archive."""
    kept = {SECRET_KEY: settings.SECRET_KEY.encode(), SETTINGS: environment()}
    people = Path(settings.DATA) / DEMO
    return kept | ({DEMO: people.read_bytes()} if people.exists() else {})


def environment() -> bytes:
    """The settings of the environment, a line each, as `env` prints them."""
    return "".join(f"{name}={value}\n" for name, value in sorted(os.environ.items()) if is_setting(name)).encode()


def is_setting(name: str) -> bool:
    """Whether this variable is a setting of ours. What opens the archive itself, MASTER_KEY, is none of them."""
    return name in NAMED or name.startswith(OURS)
