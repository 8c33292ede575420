"""RELIABILITY 50: a link in a mail is a key; no log of the shipped proxies keeps one. Against real Caddy and nginx."""

import re
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from smtp_double import free_port

ROOT = Path(__file__).resolve().parent.parent
DOMAIN, SECRET = "shop.localhost", "k3Xq-secret-of-a-link-9Zt"
KEY = re.compile(r"<(?:\w+:)?(?:token|tag|key)>")
NO_SECRETS = {"portal_payment"}
"""Whose key opens nothing by itself."""


def paths() -> list[str]:
    """Every address that is a key, on one host and on the portal's own, with a secret in it."""
    found = [
        f"/portal/join/{SECRET}",
        f"/portal/sign-in/with/house/back?code={SECRET}&state={SECRET}",
        f"/password/1-{SECRET}/",
        f"/psa/password/1-{SECRET}/",
    ]
    for where in ("mainspring.config.urls", "mainspring.config.hosts.portal"):
        for address in keyed(get_resolver(where).url_patterns):
            filled = re.sub(r"<[^>]+>", "7", KEY.sub(SECRET, address))
            found.append(f"/{filled}?lang=he")
    return found


def keyed(patterns: Sequence[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """The addresses of the routes that take a key, with its place in it; not of that by a regular expression."""
    for pattern in patterns:
        address = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from keyed(pattern.url_patterns, address) if pattern.namespace != "api" else ()
        elif isinstance(pattern.pattern, RoutePattern) and KEY.search(address) and pattern.name not in NO_SECRETS:
            yield address


class Upstream(BaseHTTPRequestHandler):
    """Leads every request to where it came from: the address stands in the answer's head, too."""

    def do_GET(self) -> None:
        self.send_response(302)
        self.send_header("Location", self.path)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def upstream() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield int(server.server_port)
    server.shutdown()
    server.server_close()


def ask(port: int, path: str, *, scheme: str = "https") -> int:
    """The status; 0 while nobody listens."""
    name = f"portal.{DOMAIN}"
    address = f"{scheme}://{name}:{port}{path}"
    command = ["curl", "-sk", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "10"]
    done = subprocess.run(
        [*command, "-e", address, "--resolve", f"{name}:{port}:127.0.0.1", address], capture_output=True, text=True
    )
    return int(done.stdout or 0)


def ask_all(https: int, http: int) -> None:
    deadline = time.monotonic() + 60
    while not ask(https, "/"):
        assert time.monotonic() < deadline, "the proxy does not answer"
        time.sleep(0.1)
    for path in paths():
        assert ask(https, path) in (302, 502), path
        assert ask(http, path, scheme="http") in (301, 308), path


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(20)


@pytest.mark.matrix
@pytest.mark.server
@pytest.mark.parametrize("is_up", [True, False])
def test_caddy_keeps_no_key(tmp_path: Path, upstream: int, is_up: bool) -> None:
    """With the desk behind it, and with nobody there: faults are logged, too."""
    https, http = free_port(), free_port()
    ours = f"http_port {http}\n\thttps_port {https}\n\tlocal_certs\n\tskip_install_trust\n\tadmin off"
    shipped = (ROOT / "deploy" / "Caddyfile").read_text()
    (tmp_path / "Caddyfile").write_text(shipped.replace("{\n\tservers", f"{{\n\t{ours}\n\tservers", 1))
    environment = {
        "MAINSPRING_DOMAIN": DOMAIN,
        "MAINSPRING_UPSTREAM": f"127.0.0.1:{upstream if is_up else free_port()}",
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
    }
    log = tmp_path / "log"
    with log.open("wb") as kept:
        command = ["/usr/bin/caddy", "run", "--config", str(tmp_path / "Caddyfile")]
        caddy = subprocess.Popen(command, env=environment, stdout=kept, stderr=kept)
        try:
            ask_all(https, http)
        finally:
            stop(caddy)
    said = log.read_text()
    assert said.count('"/pay/***?lang=he"') >= 2 and "/portal/join/***" in said and f"portal.{DOMAIN}" in said
    assert SECRET not in said, next(line for line in said.splitlines() if SECRET in line)


@pytest.mark.matrix
@pytest.mark.server
@pytest.mark.parametrize("is_up", [True, False])
def test_nginx_keeps_no_key(tmp_path: Path, upstream: int, is_up: bool) -> None:
    https, http = free_port(), free_port()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={DOMAIN}",
         "-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    behind = upstream if is_up else free_port()
    shipped = (ROOT / "deploy" / "nginx.conf").read_text()
    for theirs, own in (
        (r"listen (\[::\]:)?443 ssl http2;", f"listen 127.0.0.1:{https} ssl;"),
        (r"listen (\[::\]:)?80;", f"listen 127.0.0.1:{http};"),
        (r"/etc/letsencrypt/live/shop\.example|/var/log/nginx", str(tmp_path)),
        (r"shop\.example", DOMAIN),
        (r"127\.0\.0\.1:8000", f"127.0.0.1:{behind}"),
    ):
        shipped, times = re.subn(theirs, own, shipped)
        assert times, theirs
    twice = re.sub(r"(listen 127[^;]+;\n\s*)\1", r"\1", shipped)
    places = "\n".join(f"{name}_temp_path {tmp_path};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    conf = tmp_path / "nginx.conf"
    conf.write_text(f"pid {tmp_path}/pid;\ndaemon off;\nevents {{}}\nhttp {{\n{places}\n{twice}\n}}\n")
    nginx = subprocess.Popen(
        ["/usr/sbin/nginx", "-e", str(tmp_path / "start.log"), "-p", str(tmp_path), "-c", str(conf)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        ask_all(https, http)
    finally:
        stop(nginx)
    said = "".join(log.read_text() for log in tmp_path.glob("*.log"))
    assert said.count('"GET /pay/***"') >= 2 and "/portal/join/***" in said
    assert SECRET not in said, next(line for line in said.splitlines() if SECRET in line)
