"""The backups in a browser: made by a click, watched while it goes on, restored, and proven on the page of health."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from playwright.sync_api import expect

from browser.axe import axe
from mainspring.backups.models import Backup, Plan
from mainspring.events.worker import Worker
from world import build_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def data(settings: LazySettings, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    kept: Any = settings.STORAGES
    settings.STORAGES = {**kept, "default": {**kept["default"], "OPTIONS": {"location": tmp_path / "files"}}}


def test_a_backup_is_made_restored_and_proven_on_the_page_of_health(sit_down: Any) -> None:
    """The page that is open follows by itself, from the click to the proof."""
    page = sit_down(build_world().max)
    page.goto("/psa/settings/backups/")
    expect(page.get_by_text("No backup was restored yet.")).to_be_visible()
    page.get_by_role("button", name="Make one now").click()
    expect(page.get_by_role("cell", name="waiting")).to_be_visible()
    Worker().run_all()
    expect(page.get_by_role("cell", name="restored, everything the same")).to_be_visible()
    page.get_by_role("row").nth(1).get_by_role("link").click()
    expect(page.get_by_text("signed in and saw a page")).to_be_visible()
    assert axe(page) == []
    page.goto("/psa/health/")
    expect(page.get_by_text("The last one was restored and compared")).to_be_visible()
    backup = Backup.objects.get()
    (Path(Plan.get().place.address) / backup.name).write_bytes(b"rotten")
    page.goto(f"/psa/settings/backups/{backup.pk}/")
    page.get_by_role("button", name="Restore it into an empty place").click()
    Worker().run_all()
    page.goto("/psa/health/")
    expect(page.get_by_text("The last backup could not be restored")).to_be_visible()
    assert axe(page) == []


def test_the_form_asks_only_for_what_the_place_needs(sit_down: Any) -> None:
    page = sit_down(build_world().ada)
    page.goto("/psa/settings/backups/plan")
    expect(page.get_by_label("Bucket")).to_be_hidden()
    page.get_by_label("Kept in").select_option("s3")
    expect(page.get_by_label("Bucket")).to_be_visible()
    expect(page.get_by_label("Private key")).to_be_hidden()
    page.get_by_label("Kept in").select_option("sftp")
    expect(page.get_by_label("Private key")).to_be_visible()
    expect(page.get_by_label("Bucket")).to_be_hidden()
    assert axe(page) == []
