"""Trying a place, before a backup depends on it."""

import secrets

from django.utils.translation import gettext as _

from mainspring.backups.making import room
from mainspring.backups.models import Plan
from mainspring.backups.places import Unreachable
from mainspring.backups.places.base import SUFFIX


def try_place(plan: Plan) -> None:
    """Keep a few bytes there, see them, bring them back and take them away. Raises Unreachable or Broken."""
    place, name, content = plan.place, f"trial-{secrets.token_hex(4)}{SUFFIX}", secrets.token_bytes(1000)
    with room() as folder:
        sent, back = folder / "sent", folder / "back"
        sent.write_bytes(content)
        place.put(sent, name)
        try:
            place.fetch(name, back)
            if back.read_bytes() != content or name not in {one.name for one in place.kept()}:
                says = _("%(place)s gave other bytes back than it was given.")
                raise Unreachable(says % {"place": place.address})
        finally:
            place.remove(name)
