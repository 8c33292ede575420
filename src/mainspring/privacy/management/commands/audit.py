"""`mainspring audit verify|checkpoint`: whether the audit trail is as it was; a signed word on how far it came."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mainspring.events.checkpoints import Signed, Unreadable, our_fingerprint
from mainspring.events.verifying import verify
from mainspring.privacy.keeping import give_checkpoint


class Command(BaseCommand):
    help = "verify: read the whole audit trail; exit code 1 when it does not hold. checkpoint: sign how far it came."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["verify", "checkpoint"])
        parser.add_argument(
            "--checkpoint", action="append", default=[], metavar="FILE", help="compare with a checkpoint kept elsewhere"
        )
        parser.add_argument("--key", default="", help="fingerprint of an earlier key that may have signed it")
        parser.add_argument("--out", default="", metavar="FILE", help="where to write the new checkpoint; - is stdout")

    def handle(self, *args: Any, **given: Any) -> None:
        if given["act"] == "verify":
            self.verify([self.read(path, given["key"]) for path in given["checkpoint"]])
        else:
            self.checkpoint(given["out"])

    def verify(self, outside: list[Signed]) -> None:
        verdict = verify(*outside)
        if not verdict.holds:
            raise CommandError(verdict.says)
        compared = verdict.checkpoints + len(outside)
        self.stdout.write(f"{verdict.says} Compared with {compared} checkpoints; {verdict.waiting} wait to be sealed.")

    def read(self, path: str, key: str) -> Signed:
        """The checkpoint of a file; raises CommandError when it is none, or nobody's we know."""
        try:
            signed = Signed.read(Path(path).read_text())
        except (OSError, UnicodeDecodeError, Unreadable) as error:
            raise CommandError(f"{path}: {error}") from error
        if not signed.is_ours and signed.fingerprint.replace(" ", "") != key.replace(" ", "").lower():
            raise CommandError(
                f"{path} was signed under another key, {signed.fingerprint}. When it is an earlier one of yours, "
                f"say so by --key; the present one is {our_fingerprint()}."
            )
        return signed

    def checkpoint(self, out: str) -> None:
        made = give_checkpoint()
        if made is None:
            raise CommandError("Nothing has happened here yet.")
        if out == "-":
            sys.stdout.write(made.document)
        elif out:
            Path(out).write_text(made.document)
        if out != "-":
            self.stdout.write(f"Signed at entry {made.place}, under the key {our_fingerprint()}.")
