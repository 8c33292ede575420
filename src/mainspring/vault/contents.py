"""What is in an entry: facts, which whoever sees the entry sees, and secrets, which are shown one look at a time."""

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.views.decorators.debug import sensitive_variables

PADDED_TO = 256
"""Locked bytes are as long as what is in them: rounded up, they don't tell how long a password is."""
SECRETS = ("secret", "totp", "notes", "file")


@dataclass(frozen=True)
class Facts:
    """What is no secret by itself, and locked all the same: user name (of a Wi-Fi its name), address, what there is."""

    user: str = ""
    url: str = ""
    file_name: str = ""
    holds: tuple[str, ...] = ()

    def written(self) -> bytes:
        return _written(asdict(self))

    @classmethod
    def read(cls, plain: bytes) -> "Facts":
        told = json.loads(plain)
        return cls(told["user"], told["url"], told["file_name"], tuple(told["holds"]))

    @property
    def is_address(self) -> bool:
        """Whether the address may be a link."""
        return self.url.startswith(("https://", "http://"))


@dataclass(frozen=True)
class Contents:
    """Everything in an entry, in clear. Shown by no `repr`, kept nowhere."""

    user: str = field(default="", repr=False)
    url: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    totp: str = field(default="", repr=False)
    notes: str = field(default="", repr=False)
    file_name: str = field(default="", repr=False)
    file: bytes = field(default=b"", repr=False)

    @property
    def facts(self) -> Facts:
        holds = tuple(name for name in SECRETS if getattr(self, name))
        return Facts(self.user, self.url, self.file_name if self.file else "", holds)

    @sensitive_variables()
    def secrets(self) -> bytes:
        return _written({"secret": self.secret, "totp": self.totp, "notes": self.notes})

    @classmethod
    @sensitive_variables()
    def read(cls, facts: Facts, secrets: bytes, file: bytes) -> "Contents":
        told = json.loads(secrets)
        return cls(facts.user, facts.url, told["secret"], told["totp"], told["notes"], facts.file_name, file)

    def changed(self, **fields: Any) -> "Contents":
        return replace(self, **fields)


@sensitive_variables()
def _written(told: dict[str, Any]) -> bytes:
    plain = json.dumps(told, ensure_ascii=False).encode()
    return plain.ljust(-(-len(plain) // PADDED_TO) * PADDED_TO)
