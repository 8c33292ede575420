"""Make the pictures of the docs anew, from the demo shop: `make pictures`."""

from pathlib import Path

from demo_shop import CHROMIUM, PASSWORD, demo_shop
from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
STORY = "Printer prints blank pages"
PAGES = {"intake": "/psa/tickets/new?contact=1", "today": "/psa/"}


def photograph(base: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(base_url=base, viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        page.goto("/psa/sign-in/")
        page.fill("[name=login]", "tess@mainstreet.example")
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        for name, path in PAGES.items():
            page.goto(path)
            take(page, name)
        page.goto("/psa/tickets/?q=blank")
        page.click(f"text={STORY}")
        take(page, "ticket")
        browser.close()


def take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / f"{name}.png")


def main() -> None:
    with demo_shop() as base:
        photograph(base)


if __name__ == "__main__":
    main()
