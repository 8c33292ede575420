"""What is locked opens where it stands, as it was, under the right key; RELIABILITY 71: 2,000 of 2,000 refused."""

import base64
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings

from mainspring.core.keyring import MasterKey, NoKey, add, drop, keyring
from mainspring.core.sealing import Broken
from mainspring.crm.models import Contact
from mainspring.events.models import Event
from mainspring.vault.contents import Contents
from mainspring.vault.models import Credential
from world import World

pytestmark = pytest.mark.django_db
MANIPULATIONS = 2000
COLUMNS = ("wrapped", "facts", "secrets", "file")


def contents(number: int) -> Contents:
    return Contents(
        user=f"user {number}", secret=f"secret {number}", notes=f"notes {number}", file=b"x%d" % number, file_name="f"
    )


@pytest.fixture
def credentials(world: World) -> list[Credential]:
    """Ten of Carol's, ten of Sam's."""
    homes = [world.carol] * 10 + [world.sam] * 10
    keep = Credential.objects.keep
    kept = [keep(home, contents(n), kind="free", name=f"Nr {n}", by=world.tess) for n, home in enumerate(homes)]
    for one in kept[::3]:
        one.amend(by=world.tess, secret="another")
    return list(Credential.objects.order_by("pk"))


def flip(blob: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(blob))
    return blob[:at] + bytes([blob[at] ^ (1 << dice.randrange(8))]) + blob[at + 1 :]


def cut(blob: bytes, dice: random.Random) -> bytes:
    return blob[: dice.randrange(len(blob))] if dice.random() < 0.5 else blob[dice.randrange(1, len(blob)) :]


def lengthen(blob: bytes, dice: random.Random) -> bytes:
    return blob + dice.randbytes(dice.randint(1, 20))


BENDS: list[Callable[[bytes, random.Random], bytes]] = [flip, flip, flip, cut, lengthen]


def test_no_manipulation_of_two_thousand_opens(credentials: list[Credential], world: World) -> None:
    """In memory, as the database would hand it out: bytes bent, columns and rows swapped, a row given to another."""
    dice = random.Random(71)
    for number in range(MANIPULATIONS):
        one, other = dice.sample(credentials, 2)
        bent = Credential(**{f.attname: getattr(one, f.attname) for f in Credential._meta.concrete_fields})
        way = number % 5
        column, another = dice.sample(COLUMNS, 2)
        if way in (0, 1):
            setattr(bent, column, dice.choice(BENDS)(bytes(getattr(bent, column)), dice))
        elif way == 2:  # the same column of another row, or several of it, but never all
            for name in dice.sample(COLUMNS, dice.randint(1, 3)):
                setattr(bent, name, getattr(other, name))
            bent.key_id = other.key_id
        elif way == 3:
            setattr(bent, column, getattr(one, another))
        else:  # all of it, as if it were another's row, another customer's, another version
            change: dict[str, Any] = dice.choice(
                [
                    {"pk": other.pk},
                    {"contact_id": world.sam.pk if one.contact_id != world.sam.pk else world.carol.pk},
                    {"contact_id": None, "business_id": one.contact_id},
                    {"version": one.version + 1},
                ]
            )
            for name, value in change.items():
                setattr(bent, name, value)
        with pytest.raises(Broken):
            bent._open()
    assert all(one._open().user.startswith("user ") for one in credentials)


def test_a_column_of_an_earlier_version_does_not_open(world: World) -> None:
    kept = Credential.objects.keep(world.carol, contents(1), kind="free", name="Nr", by=world.tess)
    before = bytes(kept.secrets)
    kept.amend(by=world.tess, secret="new")
    Credential.objects.filter(pk=kept.pk).update(secrets=before)
    with pytest.raises(Broken):
        Credential.objects.get(pk=kept.pk).look("secret", by=world.tess, reason="–")


def test_damage_is_said_once_and_nothing_is_shown(world: World, caplog: pytest.LogCaptureFixture) -> None:
    kept = Credential.objects.keep(world.carol, contents(1), kind="free", name="Nr", by=world.tess)
    Credential.objects.filter(pk=kept.pk).update(secrets=b"\0" * 300)
    for _again in range(2):
        with pytest.raises(Broken):
            kept.look("secret", by=world.tess, reason="–")
    told = list(Event.objects.filter(kind__startswith="credential.").values_list("kind", flat=True).order_by("id"))
    assert told == ["credential.kept", "credential.damaged"]
    assert "changed outside the vault" in caplog.text and "secret 1" not in caplog.text
    Credential.objects.get(pk=kept.pk)
    kept.refresh_from_db()
    assert kept.damaged_at


def test_without_its_master_key_nothing_opens_and_nothing_is_kept(
    credentials: list[Credential], world: World, settings: LazySettings, tmp_path: Any
) -> None:
    count = Credential.objects.count()
    for text in ("", MasterKey.make().line, MasterKey.of(b"short").line, "rubbish"):
        path = tmp_path / f"key{len(text)}"
        if text:
            path.write_text(text)
        settings.MASTER_KEY_FILE = str(path)
        with pytest.raises(NoKey):
            credentials[0].look("secret", by=world.tess, reason="–")
        if text != "" and "short" not in text and len(text) > 60:
            continue  # another good key locks what is new; it opens nothing that was
        with pytest.raises(NoKey):
            Credential.objects.keep(world.carol, contents(99), kind="free", name="No", by=world.tess)
    assert Credential.objects.filter(name="No").count() == 0 and Credential.objects.count() == count
    assert not Event.objects.filter(kind="credential.shown").exists()


def test_a_stolen_row_and_the_id_of_a_forged_key_open_nothing(credentials: list[Credential]) -> None:
    add(MasterKey.make())
    forged = keyring().current
    credentials[0].key_id = forged.id
    with pytest.raises(Broken):
        credentials[0]._open()
    drop(forged.id)


def test_the_length_of_a_password_is_not_told(world: World) -> None:
    sizes = {
        len(
            bytes(
                Credential.objects.keep(world.carol, Contents(secret="x" * n), kind="free", name="N", by=None).secrets
            )
        )
        for n in (1, 8, 64, 100)
    }
    assert len(sizes) == 1


def test_nothing_is_shown_by_repr(world: World) -> None:
    kept = Credential.objects.keep(world.carol, contents(1), kind="free", name="Nr", by=world.tess)
    opened = kept.look("secret", by=world.tess, reason="–")
    everything = repr(opened) + repr(kept) + repr(kept.data_key) + repr(kept.__dict__)
    secret = base64.b64encode(kept.data_key.secret).decode()
    assert "secret 1" not in everything and "notes 1" not in everything and secret not in everything
    assert repr(kept.data_key.secret) not in everything


def test_a_merged_contact_takes_his_credentials_along(world: World) -> None:
    kept = Credential.objects.keep(world.carl, contents(1), kind="free", name="Nr", by=world.tess)
    world.carl.merge_into(world.carol, by=world.max)
    assert list(Credential.objects.at(Contact.objects.get(pk=world.carol.pk))) == [kept]
    assert kept.look("secret", by=world.tess, reason="–").secret == "secret 1"
