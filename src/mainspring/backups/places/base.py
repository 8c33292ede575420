"""What a place must be able to do."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from mainspring.core.slots import Registry


class Unreachable(Exception):
    """The place can't be reached, or does not let us; the text says why, in plain words."""


@dataclass(frozen=True)
class Kept:
    """An archive in its place."""

    name: str
    size: int


@dataclass(frozen=True)
class Spot:
    """Where a place is, and as whom we come: what was typed."""

    folder: str = ""
    host: str = ""
    port: int = 0
    login: str = ""
    secret: str = ""
    bucket: str = ""
    region: str = ""
    host_key: str = ""


class Place(ABC):
    """Keeps archives. Every act raises Unreachable, in plain words, when it can't be done."""

    name: ClassVar[str]

    def __init__(self, spot: Spot) -> None:
        self.spot = spot

    @abstractmethod
    def put(self, path: Path, name: str) -> None:
        """Keep it under this name: whole, or not at all."""

    @abstractmethod
    def kept(self) -> list[Kept]:
        """What is there, by name."""

    @abstractmethod
    def fetch(self, name: str, into: Path) -> None:
        """Bring it back."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """It is not needed any more. One that is gone already is no fault."""

    @property
    @abstractmethod
    def address(self) -> str:
        """Where it is, as people write it."""


places: Registry[Place] = Registry()
SUFFIX = ".backup"
