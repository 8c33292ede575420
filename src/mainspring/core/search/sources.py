"""What there is to find: each module names its things once more, for an index that is made anew."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain


@dataclass(frozen=True)
class Entry:
    """A thing as it is found: by its title and keys, and by the words of its body."""

    kind: str
    id: int
    title: str
    body: str = ""
    keys: Sequence[str] = ()


Source = Callable[[], Iterable[Entry]]
_sources: list[Source] = []


def source(everything: Source) -> Source:
    """`@source` on a function that yields an entry for each thing of a module."""
    _sources.append(everything)
    return everything


def entries() -> Iterator[Entry]:
    """Every thing of the house."""
    return chain.from_iterable(everything() for everything in _sources)
