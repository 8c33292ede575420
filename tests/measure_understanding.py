"""How well mail is understood: bounces tied to their address, replies cut from their quotes. Promises P5 and P7.

python tests/measure_understanding.py [FOLDER …]

A folder holds `bounces/` and `replies/` with mails and an `expected.json` each, and `not_bounces/`; the own samples are
laid out so, an outside corpus is brought into the same form. Exit code 1 when a promise is not kept.
"""

import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mainspring.inbox.parsing import ParsedMail, Unreadable

OWN = Path(__file__).parent.parent / "src/mainspring/inbox/tests/mails"
BOUNCES_FOUND, FALSE_ALARMS = 0.97, 1 / 7
EXACT, LINES_LOST, SLOWEST = 0.65, 0.01, 1.0


@dataclass
class Score:
    """What was counted over all folders."""

    bounces: int = 0
    bounces_right: int = 0
    others: int = 0
    alarms: int = 0
    replies: int = 0
    exact: int = 0
    lost: int = 0
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def read(self, path: Path) -> ParsedMail | None:
        began = time.process_time()
        try:
            mail = ParsedMail.read(path.read_bytes())
        except Unreadable:
            mail = None
        self.slowest = max(self.slowest, time.process_time() - began)
        return mail

    def add(self, folder: Path) -> None:
        for name, told in expected(folder / "bounces").items():
            mail = self.read(folder / "bounces" / f"{name}.eml")
            found = {one.lower() for one in mail.bounce.addresses} if mail and mail.bounce else set()
            self.count_bounce(name, right=found == {one.lower() for one in told["addresses"]})
        for path in sorted((folder / "not_bounces").glob("*.eml")):
            mail = self.read(path)
            self.others += 1
            self.alarms += mail is not None and mail.bounce is not None
        for name, wanted in expected(folder / "replies").items():
            mail = self.read(folder / "replies" / f"{name}.eml")
            self.count_reply(name, mail.reply if mail else "", wanted)

    def count_bounce(self, name: str, *, right: bool) -> None:
        self.bounces += 1
        self.bounces_right += right
        self.wrong += [] if right else [f"bounce {name}"]

    def count_reply(self, name: str, reply: str, wanted: str) -> None:
        kept = {line.strip() for line in reply.splitlines()}
        loses = any(line.strip() and line.strip() not in kept for line in wanted.splitlines())
        self.replies += 1
        self.exact += reply.strip() == wanted.strip()
        self.lost += loses
        self.wrong += [f"reply {name} loses a line"] if loses else []

    def promises(self) -> dict[str, bool]:
        """Each figure in a sentence, and whether it keeps its promise. Of what there is none, nothing is said."""
        said: dict[str, bool] = {}
        if self.bounces:
            share = self.bounces_right / self.bounces
            said[f"P5: {self.bounces_right} of {self.bounces} bounces name the right address"] = share >= BOUNCES_FOUND
        if self.others:
            said[f"P5: {self.alarms} false alarms in {self.others}"] = self.alarms / self.others <= FALSE_ALARMS
        if self.replies:
            said[f"P7: {self.exact} of {self.replies} replies are exact"] = self.exact / self.replies >= EXACT
            said[f"P7: {self.lost} of {self.replies} lose a line"] = self.lost / self.replies <= LINES_LOST
        said[f"P7: the slowest took {self.slowest:.3f} s"] = self.slowest <= SLOWEST
        return said


def expected(folder: Path) -> dict[str, Any]:
    path = folder / "expected.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def main() -> int:
    score = Score()
    for folder in [Path(name) for name in sys.argv[1:]] or [OWN]:
        score.add(folder)
    promises = score.promises()
    for says, is_kept in promises.items():
        print(f"{'kept ' if is_kept else 'MISSED'} {says}")
    print(*score.wrong, sep="\n")
    return int(not (score.bounces + score.others + score.replies and all(promises.values())))


if __name__ == "__main__":
    sys.exit(main())
