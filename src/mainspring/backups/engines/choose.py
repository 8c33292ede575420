"""The engine of this house."""

from django.db import connection

from mainspring.backups.engines.base import Engine
from mainspring.backups.engines.sqlite import SQLite


def engine() -> Engine:
    """The one that the settings name."""
    if connection.vendor == "postgresql":
        from mainspring.backups.engines.postgresql import PostgreSQL  # its driver is not everywhere

        return PostgreSQL()
    return SQLite()
