"""Tables whose rows never change: the database itself refuses, on both engines."""

from typing import Any

from django.db import migrations


def freeze(table: str, sentence: str) -> migrations.RunPython:
    """A migration's operation after which no row of `table` can be updated or deleted; the error says `sentence`."""
    name = f"{table}_is_frozen"
    statements = {
        "sqlite": [
            f"CREATE TRIGGER {name}_{act.lower()} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            for act in ("UPDATE", "DELETE")
        ],
        "postgresql": [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{sentence}' USING ERRCODE = 'restrict_violation'; END $$",
            f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ],
    }
    undone = {
        "sqlite": [f"DROP TRIGGER {name}_update", f"DROP TRIGGER {name}_delete"],
        "postgresql": [f"DROP FUNCTION {name}() CASCADE"],
    }

    def guard(apps: Any, schema_editor: Any) -> None:
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    def unguard(apps: Any, schema_editor: Any) -> None:
        for statement in undone[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return migrations.RunPython(guard, unguard)
