"""The first page of a stranger's PDF as a picture, drawn by poppler in a process of its own and within bounds."""

import logging
import shutil
import subprocess
import tempfile
from pathlib import Path

from mainspring.files.pictures import Unreadable, shrink

log = logging.getLogger(__name__)

PDF = "application/pdf"
WIDE = 1000
"""Pixels of the longer side."""
SECONDS, KILOBYTES, BLOCKS = 20, 1_000_000, 100_000
"""What drawing a page may take before it is given up: time, memory, and half kilobytes written."""
BOUNDED = f'ulimit -t {SECONDS}; ulimit -v {KILOBYTES}; ulimit -f {BLOCKS}; exec "$@"'
"""The shell sets the bounds on itself and becomes the drawer; our own threads are not forked."""


def first_page(path: Path) -> bytes:
    """A WebP of the first page. Raises Unreadable when it can't be drawn within bounds, or poppler is not there."""
    drawer = shutil.which("pdftoppm")
    if drawer is None:
        raise Unreadable
    with tempfile.TemporaryDirectory(prefix="mainspring-page-") as folder:
        asked = ["-f", "1", "-l", "1", "-singlefile", "-scale-to", str(WIDE), "-png", str(path), f"{folder}/page"]
        try:
            subprocess.run(  # noqa: S603
                ["/bin/sh", "-c", BOUNDED, "sh", drawer, *asked],
                check=True,
                capture_output=True,
                timeout=SECONDS + 5,
                cwd=folder,
                env={},
            )
            return shrink(Path(folder) / "page.png", (WIDE, WIDE))
        except (subprocess.SubprocessError, OSError) as error:
            log.info("The first page of %s could not be drawn: %s", path.name[:12], error)
            raise Unreadable from error
