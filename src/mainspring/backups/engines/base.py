"""What an engine does for backups."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from mainspring.backups.manifest import Sums

Undo = Callable[[], None]


class Room(ABC):
    """A database of its own, into which a dump was restored; gone when it is left, unless the house moved into it."""

    name: str
    """As the settings of a process that works on it call the database."""

    @abstractmethod
    def sums(self) -> Sums:
        """What is in it, table by table."""

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """By which a process works on it instead of the house's own."""

    @abstractmethod
    def move_in(self, aside: Path) -> Undo:
        """Put it in the place of the house's own database; that one goes aside. The answer undoes it."""

    @abstractmethod
    def forget_the_old(self) -> None:
        """What went aside is not needed any more."""


class Engine(ABC):
    """SQLite or PostgreSQL."""

    name: str

    @abstractmethod
    def version(self) -> str: ...

    @abstractmethod
    def snapshot(self, into: Path) -> Sums:
        """The database at one moment, as a file, and what was in it at that moment. Nobody who writes waits."""

    @abstractmethod
    def is_there(self) -> bool:
        """Whether there is a database at all."""

    @abstractmethod
    def room(self, dump: Path, folder: Path) -> AbstractContextManager[Room]:
        """The dump, restored beside the house's own database. The dump is used up."""
