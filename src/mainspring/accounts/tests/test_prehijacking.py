"""Account pre-hijacking: the five attacks of Sudhodanan and Paverd (USENIX Security 2022), one test each.

Mallory makes an account with the address of Victor, who has none yet, and waits until Victor comes.
"""

import pytest
from allauth.socialaccount.models import SocialAccount
from django.conf import LazySettings
from django.test import Client

from mainspring.accounts.factors import Factors
from mainspring.accounts.models import KnownBrowser, Person, Role
from mainspring.accounts.tests.hands import code_in, is_in, mails, set_password, sign_in, way_in
from mainspring.accounts.tests.test_other_houses import browser, come_from
from mainspring.core.sealing import seal
from oidc_house import provider_at
from world import World

pytestmark = pytest.mark.django_db
MALLORYS = "the password of mallory"
VICTORS = "the password of victor"


@pytest.fixture(autouse=True)
def loopback(settings: LazySettings) -> None:
    settings.ALLOW_PRIVATE = True


@pytest.fixture
def victor(world: World) -> Person:
    """The account that Mallory has made in his name, as a sign-up makes it: its address is not proven."""
    return Person.objects.invite(
        email="victor@mainstreet.example", name="Victor", role=Role.TECHNICIAN, by=None, password=MALLORYS,
        address_proven_at=None,
    )  # fmt: skip


def recover(person: Person) -> Client:
    """Victor finds that there is an account and sets its password by mail."""
    client = browser()
    client.post("/psa/password/", {"email": person.email})
    set_password(client, way_in(mails("password_reset")[-1]), VICTORS)
    sign_in(client, person, VICTORS)
    assert is_in(client)
    return client


def test_classic_federated_merge(world: World, victor: Person, house: str) -> None:
    """Victor comes by his provider; Mallory's password must not open the account that both have now."""
    provider_at(house, world, domains=["mainstreet.example"])
    client = browser()
    assert come_from(client, "victor") == 302
    assert is_in(client)
    mallory = Client()
    sign_in(mallory, victor, MALLORYS)
    assert not is_in(mallory)


def test_unexpired_session(world: World, victor: Person) -> None:
    """Mallory stays signed in; once Victor has set a password, or come in by mail, Mallory's session is over."""
    mallory, mallory_too = Client(), Client()
    mallory.force_login(victor)
    recover(victor)
    assert not is_in(mallory)

    other = Person.objects.invite(
        email="vera@mainstreet.example", name="Vera", role=Role.TECHNICIAN, by=None, password=MALLORYS,
        address_proven_at=None,
    )  # fmt: skip
    mallory_too.force_login(other)
    vera = Client()
    vera.post("/psa/sign-in/mail", {"email": other.email})
    vera.post("/psa/sign-in/mail/code", {"code": code_in(mails("sign_in_key")[-1])})
    assert is_in(vera)
    assert not is_in(mallory_too)


def test_trojan_identifier(world: World, victor: Person, house: str) -> None:
    """Mallory tries to link his own identity and factor; what was there before Victor's proof doesn't stay."""
    provider_at(house, world)
    mallory = browser()
    mallory.force_login(victor)
    assert mallory.post("/psa/me/links/house/add").status_code == 403
    SocialAccount.objects.create(user=victor, provider="house", uid="mallory")  # as if the door had failed
    KnownBrowser.objects.meet(victor, "", "Firefox")
    from allauth.mfa.models import Authenticator

    secret = seal("x", context="…").hex()
    Authenticator.objects.create(user=victor, type="totp", data={"secret": secret, "counter": 0})
    client = browser()
    client.post("/psa/password/", {"email": victor.email})
    set_password(client, way_in(mails("password_reset")[-1]), VICTORS)
    assert not SocialAccount.objects.exists() and not Factors(victor) and not victor.known_browsers.exists()
    assert come_from(mallory, "mallory") == 403
    assert not is_in(mallory)


def test_unexpired_email_change(world: World, victor: Person) -> None:
    """Mallory asks for a change to his own address and opens its link only after Victor has recovered the account."""
    mallory = Client()
    mallory.force_login(victor)
    mallory.post("/psa/me/address", {"email": "mallory@evil.example"})
    way = way_in(mails("new_address")[-1])
    recover(victor)
    for opens in (mallory, Client()):
        opens.post(way)
    # Even signed in as Victor (a link that Mallory sends him) it does nothing.
    hers = Client()
    sign_in(hers, victor, VICTORS)
    assert hers.post(way).status_code == 404
    assert Person.objects.get(pk=victor.pk).email == "victor@mainstreet.example"


@pytest.mark.parametrize("login", ["tess+unverified", "x@evil.example"])
def test_non_verifying_idp(world: World, house: str, login: str) -> None:
    """At a house that verifies nothing, Mallory has an account with Tess's address; or it is of a foreign domain."""
    provider_at(house, world, domains=["mainstreet.example"])
    mallory = browser()
    assert come_from(mallory, login) == 403
    assert not is_in(mallory) and not SocialAccount.objects.exists()
