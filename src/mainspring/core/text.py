"""Text that people of several languages read: one value a language, in one column."""

from typing import Any

from django.db import models
from django.utils.translation import get_language


class Translated(dict[str, str]):
    """`{"en": "Closed", "he": "סגור"}`. As a string: the current language, else English, else whatever is there."""

    def __str__(self) -> str:
        return self.into(get_language() or "en")

    def into(self, language: str) -> str:
        return self.get(self.spoken_in(language), "")

    def spoken_in(self, language: str) -> str:
        """The language that somebody who reads this one gets it in."""
        wanted = (language, "en", *self)
        return next((code for code in wanted if self.get(code)), language)


class TranslatedField(models.JSONField):
    """A JSON column that reads as `Translated`. Assigning a plain string sets English."""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        loaded = super().from_db_value(value, expression, connection)
        return Translated(loaded) if isinstance(loaded, dict) else loaded

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            return Translated(en=value)
        elif isinstance(value, dict):
            return Translated(value)
        else:
            return value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.to_python(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value
