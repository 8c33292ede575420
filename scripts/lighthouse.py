"""Lighthouse over the public site and the portal of the demo shop: `make lighthouse`. Anything under 100 fails."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import requests
from demo_shop import CHROMIUM, PASSWORD, demo_shop

VERSION = "12.8.2"
"""Not among our packages: one of its own asks for the "latest" of another, which no lock file holds."""
CATEGORIES = ("accessibility", "best-practices")
SITE = ("/", "/help/", "/book", "/check", "/portal/sign-in/", "/portal/sign-up/")
PORTAL = (
    "/portal/", "/portal/tickets/new", "/portal/invoices/", "/portal/statement", "/portal/devices", "/portal/people/",
    "/portal/profile", "/portal/profile/tokens/", "/portal/me/security",
)  # fmt: skip
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def signed_in(base: str) -> requests.Session:
    """Carol, who decides for her business, in the portal."""
    session = requests.Session()
    session.trust_env = False
    token = TOKEN.search(session.get(f"{base}/portal/sign-in/", timeout=30).text)
    assert token
    given = {"login": "carol@acme.example", "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
    answer = session.post(f"{base}/portal/sign-in/", given, timeout=30)
    assert answer.url == f"{base}/portal/", answer.url
    return session


def look_at(address: str, cookies: str, folder: Path) -> dict[str, Any]:
    """Lighthouse's report on one page."""
    headers, report = folder / "headers.json", folder / "report.json"
    headers.write_text(json.dumps({"Cookie": cookies}))
    command = [
        "npm", "exec", "--yes", f"--package=lighthouse@{VERSION}", "--", "lighthouse", address,
        "--quiet", "--output=json",
        f"--output-path={report}", f"--only-categories={','.join(CATEGORIES)}", f"--extra-headers={headers}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu", "--disable-full-page-screenshot",
    ]  # fmt: skip
    subprocess.run(command, check=True, env={**os.environ, "CHROME_PATH": CHROMIUM})
    told = dict(json.loads(report.read_text()))
    assert told["finalDisplayedUrl"] == address, told["finalDisplayedUrl"]
    return told


def faults(report: dict[str, Any], category: str) -> list[str]:
    """What took the page below 100, each with its first place."""
    counted = {ref["id"] for ref in report["categories"][category]["auditRefs"] if ref["weight"]}
    audits = [report["audits"][name] for name in sorted(counted)]
    return [
        f"{audit['id']}: {json.dumps(audit.get('details', {}).get('items', [])[:1])[:400]}"
        for audit in audits
        if audit["score"] is not None and audit["score"] < 1
    ]


def main() -> None:
    wrong = 0
    with demo_shop() as base, tempfile.TemporaryDirectory() as folder:
        session = signed_in(base)
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies)
        for path, sent in [*((path, "") for path in SITE), *((path, cookies) for path in PORTAL)]:
            report = look_at(f"{base}{path}", sent, Path(folder))
            scores = {name: round(report["categories"][name]["score"] * 100) for name in CATEGORIES}
            print(f"{path:28}", *(f"{name} {score}" for name, score in scores.items()), flush=True)
            for name, score in scores.items():
                if score < 100:
                    wrong += 1
                    print(*(f"  {fault}" for fault in faults(report, name)), sep="\n", flush=True)
    sys.exit(f"{wrong} below 100." if wrong else 0)


if __name__ == "__main__":
    main()
