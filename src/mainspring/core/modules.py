"""How a module joins the house: an AppConfig that loads the files it brings."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

JOINS = ("events", "permissions", "slots", "finding", "reactions", "additions", "tasks", "running", "health", "drills")


class Module(AppConfig):
    """A vertical slice of the product. Its `events`, `reactions`, `additions` … are loaded at start when present."""

    default = False  # Django takes the one default of `apps.py`; were this one too, it would silently take neither.
    default_auto_field = "django.db.models.BigAutoField"

    def __init_subclass__(cls) -> None:
        cls.default = True

    def ready(self) -> None:
        for part in JOINS:
            path = f"{self.name}.{part}"
            if find_spec(path) is not None:
                import_module(path)
