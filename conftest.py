"""Fixtures that every module's tests share."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from guards import let_flush_pass
from mainspring.accounts.models import Person
from world import World, build_world


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def as_person(client: Client):  # type: ignore[no-untyped-def]
    """`as_person(world.tess).get("/psa/tickets/")`: a signed-in client."""

    def sign_in(person: Person) -> Client:
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    let_flush_pass(connection)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """A world has five people; hashing their passwords as slowly as in earnest would take most of the suite's time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
