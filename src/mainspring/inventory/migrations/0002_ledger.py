"""The database itself refuses to change or delete a line of the stock ledger."""

from django.db import migrations

SENTENCE = "A stock movement is never changed: undo it by its reverse."

SQLITE = [
    f"""CREATE TRIGGER stock_movement_is_never_changed BEFORE UPDATE ON inventory_movement
    BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END""",
    f"""CREATE TRIGGER stock_movement_is_never_deleted BEFORE DELETE ON inventory_movement
    BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END""",
]
POSTGRESQL = [
    f"""CREATE FUNCTION stock_movement_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE TRIGGER stock_movement_is_never_changed BEFORE UPDATE OR DELETE ON inventory_movement
    FOR EACH ROW EXECUTE FUNCTION stock_movement_is_never_changed()""",
]
GONE = {
    "sqlite": [
        "DROP TRIGGER stock_movement_is_never_changed",
        "DROP TRIGGER stock_movement_is_never_deleted",
    ],
    "postgresql": ["DROP FUNCTION stock_movement_is_never_changed() CASCADE"],
}


def guard(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def unguard(apps, schema_editor):
    for statement in GONE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
