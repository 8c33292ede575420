"""The sealed stream: what comes out is what went in, or nothing comes out; in memory that does not grow."""

import io
import os
import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from mainspring.backups.sealed import FRAME, MAGIC, TAG, NoKey, Opener, Sealer, Unfit
from mainspring.core.keyring import MasterKey, keyring

HEAD = len(MAGIC) + 4


def sealed(content: bytes, key: MasterKey | None = None) -> bytes:
    out = io.BytesIO()
    sealer = Sealer(out, key or keyring().current)
    for start in range(0, len(content), 100_000):
        sealer.write(content[start : start + 100_000])
    sealer.close()
    return out.getvalue()


def opened(stream: bytes) -> bytes:
    return Opener(io.BytesIO(stream)).read()


def frames(stream: bytes) -> tuple[bytes, list[bytes]]:
    """The head, and the frames after it."""
    start = HEAD + int.from_bytes(stream[len(MAGIC) : HEAD], "big")
    size = FRAME + TAG
    return stream[:start], [stream[at : at + size] for at in range(start, len(stream), size)]


@pytest.mark.parametrize("size", [0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME, 3 * FRAME + 17])
def test_what_was_sealed_opens(size: int) -> None:
    content = random.Random(size).randbytes(size)
    assert opened(sealed(content)) == content


def test_nothing_of_it_is_in_the_clear_and_no_two_are_alike() -> None:
    content = b"canary" * 1000
    first, second = sealed(content), sealed(content)
    assert b"canary" not in first and first[HEAD + 200 :] != second[HEAD + 200 :]


CONTENT = random.Random(7).randbytes(3 * FRAME + 500)


def cut(head: bytes, parts: list[bytes]) -> bytes:
    return head + b"".join(parts[:-1])


def swapped(head: bytes, parts: list[bytes]) -> bytes:
    return head + parts[1] + parts[0] + b"".join(parts[2:])


def doubled(head: bytes, parts: list[bytes]) -> bytes:
    return head + parts[0] + b"".join(parts)


def without_the_first(head: bytes, parts: list[bytes]) -> bytes:
    return head + b"".join(parts[1:])


def spliced(head: bytes, parts: list[bytes]) -> bytes:
    _head, others = frames(sealed(CONTENT))
    return head + parts[0] + others[1] + b"".join(parts[2:])


def under_another_head(head: bytes, parts: list[bytes]) -> bytes:
    other, _parts = frames(sealed(CONTENT))
    return other + b"".join(parts)


def longer(head: bytes, parts: list[bytes]) -> bytes:
    return head + b"".join(parts) + b"\0"


def a_frame_longer(head: bytes, parts: list[bytes]) -> bytes:
    return head + b"".join(parts[:3]) + parts[2]


def last_frame_cut(head: bytes, parts: list[bytes]) -> bytes:
    return head + b"".join(parts)[:-1]


def head_alone(head: bytes, parts: list[bytes]) -> bytes:
    return head


@pytest.mark.parametrize(
    "spoil",
    [cut, swapped, doubled, without_the_first, spliced, under_another_head, longer, a_frame_longer, last_frame_cut,
     head_alone],
)  # fmt: skip
def test_what_was_cut_moved_or_put_together_is_found(spoil: Callable[[bytes, list[bytes]], bytes]) -> None:
    with pytest.raises(Unfit, match="damaged"):
        opened(spoil(*frames(sealed(CONTENT))))


def test_a_flipped_bit_is_found_wherever_it_is() -> None:
    stream, chance = sealed(CONTENT), random.Random(3)
    places = [*range(HEAD), *chance.sample(range(HEAD, len(stream)), 100)]
    for place in places:
        spoilt = bytearray(stream)
        spoilt[place] ^= 1 << chance.randrange(8)
        with pytest.raises((Unfit, NoKey)):
            opened(bytes(spoilt))


def test_another_key_is_named(settings: object) -> None:
    other = MasterKey.make()
    with pytest.raises(NoKey, match=other.id):
        opened(sealed(CONTENT, other))


def test_a_newer_form_is_refused_by_name() -> None:
    head, parts = frames(sealed(CONTENT))
    newer = head.replace(b'"format": 1', b'"format": 2') + b"".join(parts)
    with pytest.raises(Unfit, match="newer version"):
        opened(newer)


def test_memory_does_not_grow_with_the_archive() -> None:
    """40 MB go through in less than 8."""
    tracemalloc.start()
    with Path(os.devnull).open("wb") as nowhere:
        sealer = Sealer(nowhere, keyring().current)
        for _turn in range(400):
            sealer.write(b"x" * 100_000)
        sealer.close()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sealer.size > 40_000_000 and peak < 8_000_000
