"""The commands of mail-in, as functions over streams: the console command only hands them its own."""

import json
import os
import sys
from typing import BinaryIO, TextIO

from .parsing import ParsedMail, Unreadable, as_json


def parse(stdin: BinaryIO, stdout: BinaryIO) -> int:
    """Prints as JSON what is understood of the message on `stdin`. Exit code 65 (EX_DATAERR): beyond what we read."""
    try:
        answer, code = as_json(ParsedMail.read(stdin.read())), os.EX_OK
    except Unreadable as reason:
        answer, code = {"unreadable": str(reason)}, os.EX_DATAERR
    stdout.write(json.dumps(answer, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n")
    stdout.flush()
    return code


def receive(stdin: BinaryIO, complaints: TextIO = sys.stderr) -> int:
    """Takes one raw message from a mail server's pipe. 0 once it is committed; 75 (EX_TEMPFAIL) for anything else.

    75 tells the mail server to keep the message and try again: whatever went wrong, nothing is lost.
    """
    try:
        raw = stdin.read()
        if not raw.strip():
            raise ValueError("There is no message on standard input.")
        _take(raw)
    except BaseException as error:
        complaints.write(f"mainspring: the message was not taken, keep it: {type(error).__name__}: {error}\n")
        return os.EX_TEMPFAIL
    else:
        return os.EX_OK


def _take(raw: bytes) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainspring.config.settings")
    django.setup()
    from mainspring.inbox.models import Source
    from mainspring.inbox.models.received import receive as keep

    keep(raw, source=Source.PIPE)


def fetch(stdout: TextIO = sys.stdout) -> int:
    """Reads every mailbox once. Exit code 1 when one could not be read; the reason is printed and kept with it."""
    from mainspring.inbox.models import Mailbox
    from mainspring.inbox.reader import read_once

    failed = 0
    for mailbox in Mailbox.objects.filter(is_enabled=True):
        count = read_once(mailbox)
        mailbox.refresh_from_db()
        if count is None:
            failed = 1
            stdout.write(f"{mailbox.address}: {mailbox.last_error}\n")
        else:
            stdout.write(f"{mailbox.address}: {count} new\n")
    return failed
