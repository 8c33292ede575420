"""What differs between the two engines: taking a still picture of a database, and putting one back."""

from mainspring.backups.engines.base import Engine, Room
from mainspring.backups.engines.choose import engine

__all__ = ["Engine", "Room", "engine"]
