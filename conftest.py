"""Fixtures that every module's tests share."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

import migrated
from guards import let_flush_pass
from laid_out import print_of_the_world
from mainspring.accounts.models import Person
from mainspring.core import limits
from mainspring.core.keyring import make_first
from mainspring.tickets.models import Status, message
from scene import Scene, build_scene
from world import AsPerson, World, build_world


def pytest_sessionstart() -> None:
    """WhiteNoise warns at each start when there is no place for assets."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes long comes first, so that whoever works beside it is not done before.

    Not what uses the tests' database: a transactional test empties it, and so comes after the others.
    On PostgreSQL what asks no database is left out: the run on SQLite has answered it.
    """
    items.sort(key=lambda item: not begins_first(item))
    if connection.vendor == "postgresql":
        silent = [item for item in items if not asks_a_database(item)]
        config.hook.pytest_deselected(items=silent)
        items[:] = [item for item in items if asks_a_database(item)]


def begins_first(item: pytest.Item) -> bool:
    starts_programs = item.get_closest_marker("server") is not None
    return item.get_closest_marker("long") is not None or (starts_programs and not uses_the_database(item))


def asks_a_database(item: pytest.Item) -> bool:
    return item.get_closest_marker("server") is not None or uses_the_database(item)


def uses_the_database(item: pytest.Item) -> bool:
    fixtures = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures)


@pytest.fixture
def world(request: pytest.FixtureRequest, db: None) -> World:
    """Built for tests that commit, and where one of these has emptied the tables; else laid out as it was built."""
    marker = request.node.get_closest_marker("django_db")
    commits = marker is not None and marker.kwargs.get("transaction")
    return build_world() if commits or not Status.objects.exists() else print_of_the_world().lay_out()


@pytest.fixture(scope="module")
def standing_scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    """One scene for all tests of a module that undo what they do: building it takes longer than asking it.

    Its note can be taken back for as long as the module lasts.
    """
    with django_db_blocker.unblock(), transaction.atomic(), patch.object(message, "UNDO_FOR", timedelta(hours=1)):
        yield build_scene(build_world())
        transaction.set_rollback(True)


@pytest.fixture
def as_person(client: Client) -> AsPerson:
    """`as_person(world.tess).get("/psa/tickets/")`: a signed-in client."""

    def sign_in(person: Person) -> Client:
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """Each process begins with a copy of one migrated database: pytest-django finds it made."""
    names = connection.settings_dict
    name = names["TEST"]["NAME"] or f"test_{names['NAME']}"
    if connection.vendor == "sqlite":
        migrated.copy_file(Path(name))
    else:
        migrated.copy_database(name, os.environ["DATABASE_URL"])
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    let_flush_pass(connection)


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What a page keeps for some seconds, and what of a limit is in hand, is of the test before."""
    cache.clear()
    limits.forget()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """A world has five people; hashing their passwords as slowly as in earnest would take most of the suite's time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def a_master_key(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The tests' own keys: the shop in this folder keeps its file to itself."""
    settings.MASTER_KEY, settings.MASTER_KEY_COMMAND = "", ""
    settings.MASTER_KEY_FILE = str(tmp_path_factory.mktemp("keys") / "master.key")
    make_first()
