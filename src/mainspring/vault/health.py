"""Whether the vault opens, and all of it."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mainspring.core.health import Finding, Level, looks_at
from mainspring.core.keyring import NoKey, keyring, place
from mainspring.core.sealing import Broken
from mainspring.vault.models import Credential
from mainspring.vault.rotation import by_key

VAULT = gettext_lazy("Vault")
ROTATE = gettext_lazy("Run: mainspring vault rotate")


@looks_at(VAULT, order=51)
def vault() -> Iterator[Finding]:
    counts = by_key()
    try:
        known = keyring()
    except NoKey as error:
        yield Finding(VAULT, Level.BROKEN, _("The vault is shut: there is no master key."), str(error))
        return
    missing = [key_id for key_id in counts if key_id not in known.ids]
    older = sum(count for key_id, count in counts.items() if key_id != known.current.id and key_id not in missing)
    damaged = Credential.objects.standing().filter(damaged_at__isnull=False).count()
    if missing:
        says = _("The master key %(ids)s is not here: %(count)d entries can't be opened.")
        total = sum(counts[key_id] for key_id in missing)
        mend = _("Put its line back into %(place)s.") % {"place": place()}
        yield Finding(VAULT, Level.BROKEN, says % {"ids": ", ".join(missing), "count": total}, mend)
    if damaged:
        says = ngettext(
            "%(count)d credential was changed outside the vault.",
            "%(count)d credentials were changed outside the vault.",
            damaged,
        )
        mend = _("Bring them back from a backup, or put them in anew; and find out who can write to the database.")
        yield Finding(VAULT, Level.BROKEN, says % {"count": damaged}, mend)
    if older:
        says = ngettext("%(count)d entry is under an older key.", "%(count)d entries are under an older key.", older)
        yield Finding(VAULT, Level.WARNING, says % {"count": older}, ROTATE)
    if not missing and not damaged and not _newest_opens():
        yield Finding(VAULT, Level.BROKEN, _("The newest credential can't be opened."), _("Look at its page."))
    elif not missing and not damaged and not older:
        says = ngettext("%(count)d entry, all under the current key.", "%(count)d entries, all under the current key.",
                        counts.total())  # fmt: skip
        yield Finding.fine(VAULT, says % {"count": counts.total()})


def _newest_opens() -> bool:
    """A try at the newest one: that the right key is here is one thing, that it opens another."""
    newest = Credential.objects.standing().defer("secrets", "file").exclude(key_id="").order_by("-pk").first()
    try:
        return newest is None or bool(newest.see_facts())
    except (NoKey, Broken):
        return False
