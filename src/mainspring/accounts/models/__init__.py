"""The tables of accounts."""

from mainspring.accounts.models.browsers import KnownBrowser, Sitting
from mainspring.accounts.models.keys import MailedKey
from mainspring.accounts.models.person import Person, Role, is_time_zone
from mainspring.accounts.models.providers import Provider
from mainspring.accounts.models.rules import EntryRules
from mainspring.accounts.tokens import AccessToken, ApiSession, RefreshToken, SigningKey

__all__ = [
    "AccessToken",
    "ApiSession",
    "EntryRules",
    "KnownBrowser",
    "MailedKey",
    "Person",
    "Provider",
    "RefreshToken",
    "Role",
    "SigningKey",
    "Sitting",
    "is_time_zone",
]
