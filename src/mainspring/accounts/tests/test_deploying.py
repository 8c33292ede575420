"""A shop that is reached by https: its cookies, its HSTS, and nothing for `check --deploy` to say."""

import json
import os
import subprocess
import sys
from pathlib import Path

SETTINGS = """
from django.conf import settings as s
import json
print(json.dumps({name: getattr(s, name) for name in (
    "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY",
    "SECURE_HSTS_SECONDS", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME")}))
"""


def run(tmp_path: Path, url: str, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SECRET_KEY")} | {
        "MAINSPRING_DATA": str(tmp_path),
        "MAINSPRING_URL": url,
        "DJANGO_SETTINGS_MODULE": "mainspring.config.settings",
        "ALLOWED_HOSTS": "desk.shop.example",
        "BEHIND_PROXY": "1",
    }
    return subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, check=False)


def test_check_deploy_has_nothing_to_say(tmp_path: Path) -> None:
    done = run(tmp_path, "https://desk.shop.example", "-m", "django", "check", "--deploy", "--fail-level", "WARNING",
               "--tag", "security")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_cookies_travel_by_https_alone_and_bear_names_that_say_so(tmp_path: Path) -> None:
    code = "import django; django.setup()\n" + SETTINGS
    said = json.loads(run(tmp_path, "https://desk.shop.example", "-c", code).stdout)
    assert all(said[name] for name in said if name.endswith(("SECURE", "HTTPONLY", "REDIRECT")))
    assert said["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert said["SESSION_COOKIE_NAME"].startswith("__Host-") and said["CSRF_COOKIE_NAME"].startswith("__Host-")


def test_on_localhost_nothing_is_forced(tmp_path: Path) -> None:
    code = "import django; django.setup()\n" + SETTINGS
    said = json.loads(run(tmp_path, "http://localhost:8000", "-c", code).stdout)
    assert not said["SESSION_COOKIE_SECURE"] and not said["SECURE_HSTS_SECONDS"] and not said["SECURE_SSL_REDIRECT"]
    assert said["SESSION_COOKIE_NAME"] == "sessionid"
