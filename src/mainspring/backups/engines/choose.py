"""The engine of this house."""

from django.db import connection

from mainspring.backups.engines.base import Engine
from mainspring.backups.engines.postgresql import PostgreSQL
from mainspring.backups.engines.sqlite import SQLite


def engine() -> Engine:
    """The one that the settings name."""
    return PostgreSQL() if connection.vendor == "postgresql" else SQLite()
