"""The keyring opens with the right keys and says plainly why it doesn't; there is no other way in."""

import base64
import stat
import sys
from pathlib import Path

import pytest
from django.conf import LazySettings

from mainspring.core import keyring as rings
from mainspring.core.keyring import MasterKey, NoKey, add, derive, drop, keyring, make_first


@pytest.fixture
def file(settings: LazySettings, tmp_path: Path) -> Path:
    path = tmp_path / "data" / "master.key"
    settings.MASTER_KEY, settings.MASTER_KEY_COMMAND, settings.MASTER_KEY_FILE = "", "", str(path)
    return path


def test_the_first_key_is_made_once_and_is_ours_alone(file: Path) -> None:
    assert make_first()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept = file.read_bytes()
    assert not make_first() and file.read_bytes() == kept
    assert len(keyring().current.secret) == 32


def test_without_a_key_there_is_none(file: Path) -> None:
    with pytest.raises(NoKey, match="There is no master key at"):
        keyring()
    assert not file.exists()


def test_a_file_that_went_away_is_missed_at_once(file: Path) -> None:
    make_first()
    keyring()
    file.unlink()
    with pytest.raises(NoKey):
        keyring()


LINE = MasterKey.of(bytes(range(32))).line
SHORT = MasterKey.of(b"short").line


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it is empty"),
        ("# only a comment\n\n", "it is empty"),
        (LINE.split()[1], "Line 1 of .* is no master key"),
        (f"{LINE}\nrubbish", "Line 2 of .* is no master key"),
        (f"{LINE} and more", "Line 1 of .* is no master key"),
        (LINE[:-4] + "!!!=", "Line 1 of .* is no master key"),
        (SHORT, "has 5 bytes; 32 are needed"),
        (LINE[:20] + ("B" if LINE[20] != "B" else "C") + LINE[21:], "is damaged"),
        ("0000000000000000 " + LINE.split()[1], "is damaged"),
        (f"{LINE}\n{LINE}", "stands twice"),
        ("\xff\xfe", "can't be read"),
    ],
)
def test_a_damaged_file_is_an_error_and_is_never_repeated(file: Path, text: str, says: str) -> None:
    file.parent.mkdir()
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(NoKey, match=says) as error:
        keyring()
    assert LINE.split()[1] not in str(error.value) and base64.b64encode(b"short").decode() not in str(error.value)


def test_the_last_line_locks_and_the_others_open(file: Path) -> None:
    make_first()
    old = keyring().current
    add(new := MasterKey.make())
    assert keyring().current == new and keyring().get(old.id) == old
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    drop(old.id)
    assert keyring().ids == [new.id]
    with pytest.raises(NoKey, match=old.id):
        keyring().get(old.id)
    with pytest.raises(NoKey, match="only master key"):
        drop(new.id)
    assert sorted(one.name for one in file.parent.iterdir()) == ["master.key"]


def test_keys_come_from_the_environment(file: Path, settings: LazySettings) -> None:
    settings.MASTER_KEY = f"# by the host\n{LINE}\n"
    assert keyring().current.line == LINE
    assert not make_first() and not file.exists()


def test_keys_come_from_a_command(file: Path, settings: LazySettings, tmp_path: Path) -> None:
    printer = tmp_path / "print.py"
    printer.write_text(f"print({LINE!r})")
    settings.MASTER_KEY_COMMAND = f"{sys.executable} {printer}"
    assert keyring().current.line == LINE


@pytest.mark.parametrize(
    ("program", "says"),
    [("import sys; print('KEY'); sys.exit(3)", "it ended with the code 3"), ("pass", "it is empty")],
)
def test_a_command_that_fails_is_no_key(
    file: Path, settings: LazySettings, tmp_path: Path, program: str, says: str
) -> None:
    printer = tmp_path / "print.py"
    printer.write_text(program)
    settings.MASTER_KEY_COMMAND = f"{sys.executable} {printer}"
    with pytest.raises(NoKey, match=says):
        keyring()


def test_two_places_are_one_too_many(file: Path, settings: LazySettings) -> None:
    settings.MASTER_KEY, settings.MASTER_KEY_COMMAND = LINE, "true"
    with pytest.raises(NoKey, match="both set"):
        keyring()


def test_purposes_have_nothing_in_common(file: Path) -> None:
    key = MasterKey.of(bytes(range(32)))
    assert derive(key, "vault") == derive(key, "vault") != derive(key, "backup")
    assert len(derive(key, "vault")) == 32 and derive(key, "vault") != key.secret


def test_a_key_is_shown_by_no_repr(file: Path) -> None:
    make_first()
    known = keyring()
    coded = known.current.line.split()[1]
    shown = repr(known) + repr(known.current) + repr(rings._known)
    assert coded not in shown and repr(known.current.secret) not in shown
