"""Mail while processes are killed -9, mail in on both engines. The full figures: `make soak-mail soak-outbox`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dovecot import PROGRAM

HERE = Path(__file__).parent


def soaked(script: str, *options: str) -> str:
    """What the soak printed; its last line is the verdict."""
    command = [sys.executable, str(HERE / script), *options, "--limit", "300"]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=400, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.server
@pytest.mark.skipif(not Path(PROGRAM).exists(), reason="apt-get install dovecot-imapd")
def test_mail_in_loses_and_doubles_nothing_under_kills() -> None:
    """Promise 1 and case 80: every 7th mail is poison, 8 kills hit a process at work. More by `make soak-mail`."""
    assert "Nothing lost" in soaked("soak_mail.py", "--mails", "140", "--kills", "8")


@pytest.mark.matrix
@pytest.mark.server
def test_mail_out_loses_nothing_under_kills_and_a_server_that_hangs_up() -> None:
    """Promise 4: in order, and doubled only where nobody can know whether it arrived."""
    assert "Nothing lost" in soaked("soak_outbox.py", "--mails", "260", "--kills", "7")
