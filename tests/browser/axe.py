"""Looks for accessibility faults with axe-core, the way a page's tests ask: `assert axe(page) == []`."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SCRIPT = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASKED = {"iframes": False, "resultTypes": ["violations"], "runOnly": {"type": "tag", "values": RULES}}


def axe(page: Page) -> list[str]:
    """Every fault on the page as one line: the rule, the element, what is wrong. Best an empty list."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT.read_text())
    found: dict[str, Any] = page.evaluate("asked => axe.run(document, asked)", ASKED)
    return [
        f"{fault['id']}: {node['html'][:160]}: {' '.join(node['failureSummary'].split())[:300]}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]
