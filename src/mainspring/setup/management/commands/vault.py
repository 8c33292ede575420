"""`mainspring vault key|status|rotate|forget`: the master keys of the vault."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mainspring.core.keyring import MasterKey, NoKey, is_by_file, key_file, keyring, make_first, place
from mainspring.vault.rotation import StillNeeded, by_key, forget, rotate


class Command(BaseCommand):
    help = (
        "key: make the first master key (--print: one for another place). status: what is under which key. "
        "rotate: a new master key for everything; can be stopped and begun again. forget ID: take an old key away."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["key", "status", "rotate", "forget"])
        parser.add_argument("id", nargs="?", default="", help="the key to forget")
        parser.add_argument("--print", action="store_true", help="a new key to the screen, kept nowhere")

    def handle(self, *args: Any, **given: Any) -> None:
        try:
            getattr(self, given["act"])(given)
        except (NoKey, StillNeeded, OSError) as error:
            raise CommandError(str(error)) from error

    def key(self, given: dict[str, Any]) -> None:
        if given["print"]:
            self.stdout.write(MasterKey.make().line)
        elif make_first():
            self.stdout.write(f"A master key is at {key_file()}. Keep a copy where no backup of this machine goes.")
        else:
            self.stdout.write(f"There is a key already: {', '.join(keyring().ids)}, from {place()}.")

    def status(self, given: dict[str, Any]) -> None:
        counts, known = by_key(), keyring()
        for key_id in dict.fromkeys([*known.ids, *counts]):
            says = "current" if key_id == known.current.id else "older" if key_id in known.ids else "NOT HERE"
            self.stdout.write(f"{key_id}  {says:8}  {counts[key_id]:,} entries")

    def rotate(self, given: dict[str, Any]) -> None:
        before = keyring().current.id
        done = rotate(tell=lambda count: self.stdout.write(f"{count:,} …"))
        current = keyring().current.id
        self.stdout.write(f"{done.wrapped:,} entries were put under {current}.")
        if done.left:
            raise CommandError(f"{done.left:,} entries could not be: `mainspring check` says why.")
        elif before == current and not is_by_file():
            self.stdout.write(f"For a new key, put its line behind the others in {place()} first.")
        else:
            self.stdout.write(
                "Older keys open nothing here any more. They open older backups; keep a copy of them for those, "
                "then: mainspring vault forget ID"
            )

    def forget(self, given: dict[str, Any]) -> None:
        forget(given["id"])
        self.stdout.write(f"{given['id']} is gone from {key_file()}.")
