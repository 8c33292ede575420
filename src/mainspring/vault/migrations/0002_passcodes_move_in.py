"""The passcodes of devices, which tickets kept by themselves, become credentials of their tickets."""

from typing import Any

from django.db import migrations

from mainspring.core.keyring import make_first
from mainspring.core.sealing import Broken, unseal
from mainspring.vault.contents import Contents
from mainspring.vault.envelope import DataKey, Place

NAME = "Passcode of the device"


def move(apps: Any, schema_editor: Any) -> None:
    """One that can't be opened, since the secret key is another by now, is as lost as it was before."""
    passcodes = apps.get_model("tickets", "Passcode").objects.order_by("pk")
    credentials = apps.get_model("vault", "Credential").objects
    if passcodes.exists():
        make_first()
    for passcode in passcodes.iterator():
        try:
            code = unseal(bytes(passcode.sealed), context=f"passcode of ticket {passcode.ticket_id}")
        except Broken:
            continue
        row = credentials.create(kind="device", name=NAME, ticket_id=passcode.ticket_id, version=1)
        key = DataKey.make(Place(row._meta.db_table, row.pk, f"ticket:{row.ticket_id}", row.version))
        contents, wrapped = Contents(secret=code), key.wrapped()
        row.key_id, row.wrapped = wrapped.key_id, wrapped.data
        row.facts = key.lock("facts", contents.facts.written())
        row.secrets = key.lock("secrets", contents.secrets())
        row.save()


class Migration(migrations.Migration):
    dependencies = [("vault", "0001_initial"), ("tickets", "0008_links_to_pages")]
    run_before = [("tickets", "0009_passcodes_are_in_the_vault")]

    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
