"""The commands of mail-in, as functions over streams: the console command only hands them its own."""

import json
import os
from typing import BinaryIO

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
