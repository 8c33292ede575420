"""A database is migrated when it has to be."""

from unittest.mock import Mock, patch

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from mainspring.core import schema

pytestmark = pytest.mark.django_db


def migrated() -> bool:
    with patch.object(schema, "call_command", Mock()) as migrate:
        schema.bring_up_to_date()
    return bool(migrate.called)


@pytest.mark.parametrize(("app", "name"), [("core", "0001_initial"), ("tickets", "0010_programs_are_a_channel")])
def test_one_that_was_not_applied_is_noticed(app: str, name: str) -> None:
    assert not migrated(), "all of them stand in a database of the tests"
    MigrationRecorder(connection).record_unapplied(app, name)
    assert migrated()


def test_an_empty_database_is_set_up() -> None:
    MigrationRecorder.Migration.objects.all().delete()
    assert migrated()
