"""The other house, for the tests that need it."""

from collections.abc import Iterator

import pytest

from oidc_house import oidc_house


@pytest.fixture(scope="session")
def house() -> Iterator[str]:
    """The address of a real OpenID Connect provider."""
    callbacks = [f"http://localhost/{surface}/sign-in/with/house/back" for surface in ("psa", "portal")]
    with oidc_house(*callbacks) as issuer:
        yield issuer
