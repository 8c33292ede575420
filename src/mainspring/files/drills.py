"""What a restored copy must still be able to do: give out every file that a row speaks of."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainspring.core.drills import drill
from mainspring.files.models import StoredFile, place_of


class Missing(Exception):
    """A row speaks of bytes that are not there, or not all."""


@drill(gettext_lazy("Files of the rows"), order=20)
def are_there() -> str:
    """Every one, by its size; that its bytes are the right ones was compared before."""
    count = 0
    for sha256, size, name in StoredFile.objects.values_list("sha256", "size", "name").iterator():
        path = place_of(sha256)
        if not path.exists() or path.stat().st_size != size:
            raise Missing(f"{name} ({sha256[:12]})")
        count += 1
    return _("%(count)d rows speak of a file, and each is there.") % {"count": count}
