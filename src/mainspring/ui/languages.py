"""The languages that a page can speak."""

from django.conf import settings


def languages() -> list[str]:
    """Codes of the languages offered, in the order of the settings."""
    return [code for code, _name in settings.LANGUAGES]
