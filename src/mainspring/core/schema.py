"""The tables of the database, as the code expects them."""

from collections.abc import Iterator
from pathlib import Path
from pkgutil import iter_modules

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder


def bring_up_to_date() -> None:
    """Migrate, when there is a migration that was not applied: Django loads and orders all of them to find out."""
    if not set(_migrations()) <= MigrationRecorder(connection).applied_migrations().keys():
        call_command("migrate", verbosity=0, interactive=False)


def _migrations() -> Iterator[tuple[str, str]]:
    """Each by its app's label and its name, as Django records it."""
    for app in apps.get_app_configs():
        for module in iter_modules([str(Path(app.path) / "migrations")]):
            if not module.ispkg and module.name[0] not in "_~":
                yield app.label, module.name
