"""Handing a person's file out."""

from django.db import transaction
from django.http import FileResponse

from mainspring.events.models import Actor, record
from mainspring.files.serving import guarded
from mainspring.privacy.events import EXPORT_TAKEN
from mainspring.privacy.models import Export


def hand_out(export: Export, *, by: Actor) -> FileResponse:
    """The file, after it was recorded who took it."""
    with transaction.atomic():
        record(EXPORT_TAKEN, export, by=by, stream=export.contact)
    answer = FileResponse(
        export.path.open("rb"), content_type="application/zip", as_attachment=True, filename="data.zip"
    )
    guarded(answer)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
