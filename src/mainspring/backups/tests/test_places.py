"""The places, each against a real server of its kind: a folder, OpenSSH from Debian, an S3 server (moto) over HTTP."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from mainspring.backups.places import Bucket, Folder, Place, Server, Unreachable
from mainspring.backups.places.base import Spot
from mainspring.backups.places.sftp import OtherKey
from smtp_double import free_port
from sshd import sshd

CONTENT = random.Random(5).randbytes(20 * 1024 * 1024 + 77)
"""More than S3 takes in one part."""


@pytest.fixture
def near(settings: LazySettings) -> None:
    """Places on this machine are inside a private network, which a shop must allow."""
    settings.ALLOW_PRIVATE = True


@pytest.fixture(scope="module")
def bucket_spot() -> Iterator[Spot]:
    from minio import Minio
    from moto.server import ThreadedMotoServer

    port = free_port()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    Minio(f"127.0.0.1:{port}", "key", "secret", secure=False, region="us-east-1").make_bucket("backups")
    yield Spot(
        host=f"http://127.0.0.1:{port}",
        login="key",
        secret="secret",
        bucket="backups",
        folder="shop",
        region="us-east-1",
    )
    server.stop()


@pytest.fixture(scope="module")
def server_spot() -> Iterator[Any]:
    with sshd() as server:
        yield server


def spot_of(server: Any, **other: Any) -> Spot:
    told = {
        "host": "127.0.0.1", "port": server.port, "login": server.login, "secret": server.private_key,
        "folder": str(server.folder), "host_key": server.host_key,
    }  # fmt: skip
    return Spot(**{**told, **other})


def keeps(place: Place, folder: Path) -> None:
    """Put, see, put once more, fetch, remove, remove again."""
    sent, back = folder / "sent", folder / "back"
    sent.write_bytes(CONTENT)
    for _turn in range(2):
        place.put(sent, "one.backup")
    place.put(sent, "two.backup")
    assert [(one.name, one.size) for one in place.kept()] == [(n, len(CONTENT)) for n in ("one.backup", "two.backup")]
    place.fetch("one.backup", back)
    assert back.read_bytes() == CONTENT
    for _turn in range(2):
        place.remove("one.backup")
    assert [one.name for one in place.kept()] == ["two.backup"]
    with pytest.raises(Unreachable):
        place.fetch("one.backup", folder / "none")


def test_a_folder_keeps(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "notes.txt").write_text("somebody else's")
    keeps(Folder(Spot(folder=str(tmp_path / "kept"))), tmp_path)
    assert not list((tmp_path / "kept").glob(".*"))


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    (tmp_path / "sent").write_bytes(b"x")
    with pytest.raises(Unreachable, match="No such file"):
        Folder(Spot(folder=str(tmp_path / "gone"))).put(tmp_path / "sent", "one.backup")
    assert not (tmp_path / "gone").exists()


@pytest.mark.matrix
@pytest.mark.server
def test_a_bucket_keeps(bucket_spot: Spot, tmp_path: Path, near: None) -> None:
    keeps(Bucket(bucket_spot), tmp_path)


@pytest.mark.matrix
@pytest.mark.server
def test_a_bucket_that_is_not_there_is_named(bucket_spot: Spot, near: None) -> None:
    from dataclasses import replace

    with pytest.raises(Unreachable, match="none-such"):
        Bucket(replace(bucket_spot, bucket="none-such")).kept()


@pytest.mark.matrix
@pytest.mark.server
def test_a_server_keeps_by_sftp(server_spot: Any, tmp_path: Path, near: None) -> None:
    keeps(Server(spot_of(server_spot)), tmp_path)
    assert not list(server_spot.folder.glob(".*"))


@pytest.mark.matrix
@pytest.mark.server
def test_the_key_of_a_server_is_noted_and_another_one_refused(server_spot: Any, near: None) -> None:
    shown = Server(Spot(host="127.0.0.1", port=server_spot.port)).shown_key()
    assert shown == server_spot.host_key and shown.startswith("SHA256:")
    for key in ("", "SHA256:another"):
        with pytest.raises(OtherKey, match="Nothing was sent"):
            Server(spot_of(server_spot, host_key=key)).kept()


@pytest.mark.matrix
@pytest.mark.server
def test_a_wrong_key_and_a_wrong_folder_are_said_plainly(server_spot: Any, near: None) -> None:
    with pytest.raises(Unreachable, match="can't be used"):
        Server(spot_of(server_spot, secret="a password")).kept()
    with pytest.raises(Unreachable, match="can't be read"):
        Server(spot_of(server_spot, secret="-----BEGIN PRIVATE KEY-----\nnonsense")).kept()
    with pytest.raises(Unreachable, match="can't be used"):
        Server(spot_of(server_spot, folder="/none/such")).kept()


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1"])
def test_no_place_leads_inside_unless_the_shop_allows_it(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    reached: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: reached.append(address))
    bare = f"[{host}]" if ":" in host else host
    places: list[Place] = [
        Server(Spot(host=host, port=22, login="a", host_key="SHA256:x")),
        Bucket(Spot(host=f"http://{bare}", login="a", secret="b", bucket="backups", region="us-east-1")),
    ]
    for place in places:
        with pytest.raises(Unreachable):
            place.kept()
    assert reached == []
