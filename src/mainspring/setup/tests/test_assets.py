"""Assets are collected once, and again when one of them changed."""

from pathlib import Path

from django.conf import LazySettings

from mainspring.setup.assets import collect_assets


def test_they_are_collected_when_they_changed(tmp_path: Path, settings: LazySettings) -> None:
    sources, collected = tmp_path / "sources", tmp_path / "collected"
    sources.mkdir()
    (sources / "page.css").write_text("p {}")
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STATIC_ROOT, settings.STATICFILES_DIRS = collected, [sources]
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    collect_assets()
    (collected / "page.css").unlink()
    collect_assets()
    assert not (collected / "page.css").exists(), "nothing changed"
    (sources / "page.css").write_text("p { color: red }")
    collect_assets()
    assert "red" in (collected / "page.css").read_text()
