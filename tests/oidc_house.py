"""Another house whose sign-in opens ours: a real OpenID Connect provider in a process of its own."""

import html
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from mainspring.accounts.models import Provider
from smtp_double import free_port
from world import World

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def oidc_house(*callbacks: str) -> Iterator[str]:
    """Runs while the block does; gives the address of the house (its issuer)."""
    port = free_port()
    command = ["node", str(ROOT / "tests" / "oidc_house.mjs"), str(port), *callbacks]
    house = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert house.stdout and "listens" in house.stdout.readline()
        yield f"http://127.0.0.1:{port}"
    finally:
        house.terminate()
        house.wait()


def provider_at(issuer: str, world: World, *, slug: str = "house", **more: Any) -> Provider:
    """The shop's settings for the house, under an address that is known beforehand."""
    added = Provider.add(
        by=world.ada, kind="oidc", name="The House", issuer=issuer, client_id="mainspring",
        secret="a secret of the house", **more,
    )  # fmt: skip
    Provider.objects.filter(pk=added.pk).update(slug=slug)
    added.refresh_from_db()
    return added


def say_who(login: str, address: str) -> str:
    """What a person does at the house: sign in as `login`, agree. Gives the path with which it sends him back."""
    session = requests.Session()
    session.trust_env = False
    session.cookies = requests.cookies.RequestsCookieJar(DefaultCookiePolicy())
    answer = session.get(address, allow_redirects=False)
    for _step in range(12):
        if answer.is_redirect:
            target = urljoin(answer.url, answer.headers["Location"])
            if urlsplit(target).netloc != urlsplit(address).netloc:
                parts = urlsplit(target)
                return f"{parts.path}?{parts.query}"
            answer = session.get(target, allow_redirects=False)
        else:
            form = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
            assert form, answer.text
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
            told = {"prompt": prompt[1] if prompt else "", "login": login, "password": "any"}
            answer = session.post(urljoin(answer.url, html.unescape(form[1])), told, allow_redirects=False)
    raise AssertionError("The house did not send him back.")
