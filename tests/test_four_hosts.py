"""Four hosts: each answers its own routes alone; links lead to the right one; a real Caddy with real certificates."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import clear_url_caches, get_resolver

import migrated
from api_world import account_of
from mainspring.accounts.urls import entry_urls
from mainspring.core.links import link, surface_of
from mainspring.core.text import Translated
from mainspring.knowledge.models import Article, Topic
from test_permissions import ROUTES, routes
from world import World

DOMAIN = "shop.example"
HOSTS = ("www", "psa", "portal", "api")
SHARED = {"switch", "brand", "logo", "health_status"} | {str(route.name) for route in entry_urls}
"""What every page loads, whether the house is well, and the pages of signing in, which each surface has for itself."""
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def four(settings: LazySettings) -> Iterator[None]:
    settings.DOMAIN, settings.SCHEME, settings.BASE_URL = DOMAIN, "https", f"https://www.{DOMAIN}"
    settings.SURFACES = {name: f"{name}.{DOMAIN}" for name in HOSTS}
    settings.ALLOWED_HOSTS = [DOMAIN, *settings.SURFACES.values()]
    yield
    clear_url_caches()


def names_of(host: str) -> set[str]:
    return {str(route.name) for route in routes(get_resolver(f"mainspring.config.hosts.{host}").url_patterns)}


def test_every_route_is_on_one_host_and_every_host_has_its_own() -> None:
    by_host = {host: names_of(host) for host in HOSTS}
    assert set().union(*by_host.values()) == set(ROUTES)
    for host, names in by_host.items():
        others = set().union(*(by_host[other] for other in HOSTS if other != host))
        assert names & others <= SHARED, f"{host} answers what is another's"


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("www", "/", 200),
        ("www", "/tickets/", 404),
        ("www", "/psa/tickets/", 404),
        ("psa", "/tickets/", 302),
        ("psa", "/sign-in/", 200),
        ("psa", "/sign-up/sent", 404),
        ("portal", "/sign-in/", 200),
        ("portal", "/", 302),
        ("portal", "/me/security", 302),
        ("portal", "/sign-in/mail", 200),
        ("portal", "/people/", 302),
        ("portal", "/t/nothing", 404),
        ("portal", "/customers/", 404),
        ("api", "/", 200),
        ("api", "/hooks/stripe", 405),
        ("www", "/hooks/stripe", 404),
        ("www", "/t/nothing", 404),
        ("www", "/help/", 200),
        ("portal", "/help/", 404),
        ("psa", "/help/", 404),
    ],
)
@pytest.mark.django_db
def test_a_host_answers_its_own_routes_alone(four: None, world: World, host: str, path: str, status: int) -> None:
    assert Client(headers={"host": f"{host}.{DOMAIN}"}).get(path).status_code == status


@pytest.mark.django_db
def test_the_bare_domain_leads_to_the_site_and_a_foreign_host_nowhere(four: None, world: World) -> None:
    answer = Client(headers={"host": DOMAIN}).get("/services?x=1")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"https://www.{DOMAIN}/services?x=1")
    assert Client(headers={"host": "evil.example"}).get("/").status_code == 400
    assert Client(headers={"host": f"mail.{DOMAIN}"}).get("/").status_code == 400


@pytest.mark.parametrize(
    ("route", "args", "address"),
    [
        ("ticket", (1042,), "https://psa.shop.example/tickets/1042/"),
        ("link_ticket", ("abc",), "https://portal.shop.example/t/abc"),
        ("pay", ("1.1.x",), "https://portal.shop.example/pay/1.1.x"),
        ("portal_sign_in", (), "https://portal.shop.example/sign-in/"),
        ("stripe_webhook", (), "https://api.shop.example/hooks/stripe"),
        ("home", (), "https://www.shop.example/"),
        ("security", (), "https://psa.shop.example/me/security"),
    ],
)
def test_links_know_the_layout(four: None, route: str, args: tuple[object, ...], address: str) -> None:
    assert link(route, *args) == address


def test_without_a_domain_links_are_paths_of_one_host(settings: LazySettings) -> None:
    assert link("ticket", 7) == f"{settings.BASE_URL}/psa/tickets/7/"
    assert link("portal_sign_in") == link("account_login", at="portal") == f"{settings.BASE_URL}/portal/sign-in/"
    assert link("security", at="portal") == f"{settings.BASE_URL}/portal/me/security"
    assert surface_of("ticket") == "psa"


@pytest.mark.django_db
def test_from_desk_and_portal_one_gets_to_the_help_of_the_site(four: None, world: World) -> None:
    topic, words = Topic.add(by=world.max, name=Translated(en="First aid")), Translated(en="Spill")
    article = Article.add(by=world.tess, topic=topic, title=words, body=words)
    article.publish(by=world.tess)
    for person, host, path, shown in (
        (account_of(world.carol), "portal", "/", "/help/"),
        (world.tess, "psa", f"/knowledge/{article.pk}/", "/help/spill"),
    ):
        client = Client(headers={"host": f"{host}.{DOMAIN}"})
        client.force_login(person)
        assert f'href="https://www.{DOMAIN}{shown}"' in client.get(path).text
    assert f"https://www.{DOMAIN}/help/spill" in Client(headers={"host": f"www.{DOMAIN}"}).get("/sitemap.xml").text


@pytest.mark.django_db
def test_signing_in_at_the_desk_signs_in_nowhere_else(four: None, world: World) -> None:
    """A cookie without a Domain is its host's alone."""
    client = Client(headers={"host": f"psa.{DOMAIN}"})
    answer = client.post("/sign-in/", {"login": "tess@mainstreet.example", "password": "correct horse battery"})
    assert answer.status_code == 302 and answer.headers["Location"] == "/"
    for cookie in answer.cookies.values():
        assert cookie["domain"] == "" and cookie["path"] == "/"


def test_nothing_to_say_before_going_live() -> None:
    """`check --deploy` with a domain, and nothing else set."""
    environment = {**os.environ, "MAINSPRING_DOMAIN": DOMAIN, "SECRET_KEY": "k" + os.urandom(40).hex()}
    environment.pop("MAINSPRING_DEBUG", None)
    command = [sys.executable, "-m", "django", "check", "--deploy", "--tag", "security", "--fail-level", "WARNING"]
    done = subprocess.run(
        command, env={**environment, "DJANGO_SETTINGS_MODULE": "mainspring.config.settings"}, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


SHOP = (
    "--company=Main Street", "--email=ada@shop.example", "--name=Ada", "--password=battery staple 4",
    "--currency=USD", "--time-zone=Asia/Jerusalem", "--country=IL", "--tax=18",
)  # fmt: skip


class Rig:
    """`mainspring serve` behind a real Caddy, which is its own certificate authority."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.https, self.http, self.behind = folder, free_port(), free_port(), free_port()
        self.domain = f"shop.localhost:{self.https}"
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        environment = {
            **os.environ,
            "MAINSPRING_DATA": str(self.folder / "data"),
            "MAINSPRING_DOMAIN": self.domain,
            "XDG_DATA_HOME": str(self.folder / "caddy"),
            "XDG_CONFIG_HOME": str(self.folder / "caddy"),
            "HOME": str(self.folder),
            "MAINSPRING_UPSTREAM": f"127.0.0.1:{self.behind}",
        }
        environment.pop("DATABASE_URL", None)
        mainspring = str(Path(sys.executable).parent / "mainspring")
        (self.folder / "data").mkdir()
        migrated.copy_file(self.folder / "data" / "mainspring.sqlite3")
        subprocess.run([mainspring, "init", *SHOP], env=environment, check=True, stdout=subprocess.DEVNULL)
        self.spawn([mainspring, "serve", "--port", str(self.behind), "--no-tasks"], environment)
        ours = (f"http_port {self.http}", f"https_port {self.https}", "local_certs", "skip_install_trust", "admin off")
        ports = "{\n\t" + "\n\t".join(ours) + "\n"
        shipped = (ROOT / "deploy" / "Caddyfile").read_text().replace("{\n\tservers", f"{ports}\tservers", 1)
        (self.folder / "Caddyfile").write_text(shipped)
        self.spawn(["caddy", "run", "--config", str(self.folder / "Caddyfile")], environment)

    def spawn(self, command: list[str], environment: dict[str, str]) -> None:
        log = (self.folder / f"{len(self.running)}.log").open("wb")
        self.running.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))

    def stop(self) -> None:
        for process in reversed(self.running):
            process.terminate()
            process.wait(20)

    def ask(self, host: str, path: str = "/", *, scheme: str = "https") -> tuple[int, str]:
        """The status and head of the answer; the certificate must hold under Caddy's own root."""
        root = self.folder / "caddy" / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        port = self.https if scheme == "https" else self.http
        name = f"{host}shop.localhost"
        asked = [
            "curl",
            "-s",
            "-D",
            "-",
            "-o",
            "/dev/null",
            "--max-time",
            "20",
            "--resolve",
            f"{name}:{port}:127.0.0.1",
        ]
        trusted = ["--cacert", str(root)] if scheme == "https" else []
        done = subprocess.run([*asked, *trusted, f"{scheme}://{name}:{port}{path}"], capture_output=True)
        head = done.stdout.decode()
        return (int(head.split()[1]) if done.returncode == 0 and head else 0), head.lower()

    def wait(self) -> None:
        deadline = time.monotonic() + 120
        while self.ask("api.")[0] not in (404, 200) or self.ask("www.")[0] != 200:
            assert time.monotonic() < deadline, (self.folder / "1.log").read_text()[-2000:]
            time.sleep(0.5)


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    made = Rig(tmp_path_factory.mktemp("caddy"))
    try:
        made.start()
        made.wait()
        yield made
    finally:
        made.stop()


@pytest.mark.matrix
@pytest.mark.server
class TestBehindCaddy:
    def test_all_four_have_certificates_hsts_and_a_policy_without_inline_script(self, rig: Rig) -> None:
        for host, path, status in (("www.", "/", 200), ("psa.", "/sign-in/", 200), ("portal.", "/sign-in/", 200)):
            answered, head = rig.ask(host, path)
            assert answered == status, host
            assert "strict-transport-security: max-age=31536000" in head
            assert "script-src 'self'" in head and "unsafe-inline" not in head
            assert "x-content-type-options: nosniff" in head
        assert "strict-transport-security" in rig.ask("api.")[1]

    def test_cookies_are_secure_and_one_hosts_own(self, rig: Rig) -> None:
        _status, head = rig.ask("psa.", "/sign-in/")
        cookies = [line for line in head.splitlines() if line.startswith("set-cookie")]
        assert cookies and all("; secure" in line and "domain=" not in line for line in cookies)
        assert any("__host-csrf" in line for line in cookies)

    def test_http_and_the_bare_domain_lead_to_https_and_the_site(self, rig: Rig) -> None:
        status, head = rig.ask("portal.", "/sign-in/", scheme="http")
        assert status in (301, 308) and "location: https://portal.shop.localhost" in head
        status, head = rig.ask("", "/")
        assert status == 301 and f"location: https://www.{rig.domain}/" in head

    def test_the_wrong_host_is_not_found(self, rig: Rig) -> None:
        assert rig.ask("www.", "/tickets/")[0] == 404
        assert rig.ask("portal.", "/customers/")[0] == 404
