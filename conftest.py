"""Fixtures that every module's tests share."""

import pytest
from django.test import Client

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
