"""A backup from its beginning to its place, and the ones that are let go."""

from django.utils.translation import gettext as _

from mainspring.backups.making import CARRIES, make_archive, room, sweep_rooms
from mainspring.backups.models import Backup, Plan, prefix_of
from mainspring.backups.places import Unreachable
from mainspring.backups.retention import Retention


def back_up(backup: Backup, plan: Plan) -> None:
    """Write the archive aside, carry it to its place, and see that it arrived."""
    sweep_rooms()
    place = plan.place
    with room() as folder:
        made = make_archive(folder / backup.name, shop_id=str(plan.shop_id), tell=backup.gets_to)
        backup.gets_to(CARRIES, 0.0)
        place.put(made.path, backup.name)
    arrived = {one.name: one.size for one in place.kept()}.get(backup.name)
    if arrived != made.size:
        says = _("%(place)s took the archive, but has %(arrived)s of its %(size)s bytes.")
        raise Unreachable(says % {"place": place.address, "arrived": arrived or 0, "size": made.size})
    backup.made(
        address=place.address,
        size=made.size,
        sha256=made.sha256,
        rows=made.manifest.rows,
        files=made.manifest.files[0],
    )


def thin_out(plan: Plan) -> int:
    """Let go of our own archives that the plan does not keep; never of the last one that was restored. How many."""
    place, prefix = plan.place, prefix_of(plan)
    ours = [one.name for one in place.kept() if one.name.startswith(prefix)]
    spared = Retention(plan.keep_daily, plan.keep_weekly, plan.keep_monthly).spares(ours)
    spared |= set(Backup.objects.kept().proven().order_by("-drilled_at").values_list("name", flat=True)[:1])
    gone = [name for name in ours if name not in spared]
    for name in gone:
        place.remove(name)
    Backup.objects.kept().filter(name__in=gone).update(state=Backup.State.REMOVED)
    return len(gone)
