"""Tables whose rows never change: the database itself refuses, on both engines.

The migrations are the one list of them: `frozen_tables` reads it from there. A frozen table needs `freeze` and
`forbid_replacing`; a migration that alters such a table on SQLite builds it anew without its triggers and must set them
again. A test sees to both.
"""

from typing import Any

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

Statements = dict[str, list[str]]
"""What is executed, by engine."""


class Guard(Operation):
    """An operation that runs an engine's own statements and leaves the models as they are, which is quicker than SQL by
    `RunPython`: no model is built for it. `freezes` names the table whose rows never change after it, if any.
    """

    reduces_to_sql = True
    freezes = ""

    def __init__(self, done: Statements, undone: Statements) -> None:
        self.done, self.undone = done, undone

    def taken_back(self) -> "Guard":
        """The operation that undoes it, for a migration that has another in its place."""
        return Guard(self.undone, self.done)

    def state_forwards(self, app_label: str, state: Any) -> None:
        """No model changes."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for statement in self.done[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for statement in self.undone[schema_editor.connection.vendor]:
            schema_editor.execute(statement)


def frozen_tables() -> list[str]:
    """Every table that some migration has frozen."""
    every = MigrationLoader(None, ignore_no_migrations=True).disk_migrations.values()
    guards = [one for migration in every for one in migration.operations if isinstance(one, Guard)]
    return sorted({guard.freezes for guard in guards if guard.freezes})


def freeze(table: str, sentence: str) -> Guard:
    """A migration's operation after which no row of `table` can be updated or deleted; the error says `sentence`."""
    name = f"{table}_is_frozen"
    guard = statements(
        sqlite=[
            f"CREATE TRIGGER {name}_{act.lower()} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            for act in ("UPDATE", "DELETE")
        ],
        postgresql=[
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{sentence}' USING ERRCODE = 'restrict_violation'; END $$",
            f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ],
        sqlite_undone=[f"DROP TRIGGER {name}_update", f"DROP TRIGGER {name}_delete"],
        postgresql_undone=[f"DROP FUNCTION {name}() CASCADE"],
    )
    guard.freezes = table
    return guard


def let_pass(table: str, sentence: str, *, update: str) -> Guard:
    """From now on the frozen `table` takes one kind of update: the one of which the condition `update` is true."""
    name = f"{table}_is_frozen"
    every_update = f"CREATE TRIGGER {name}_update BEFORE UPDATE ON {table}"
    refuse = f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    both = f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    return statements(
        sqlite=[f"DROP TRIGGER {name}_update", f"{every_update} WHEN NOT ({update}) {refuse}"],
        postgresql=[
            f"DROP TRIGGER {name} ON {table}",
            f"CREATE TRIGGER {name}_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
            f"{every_update} FOR EACH ROW WHEN (NOT ({update})) EXECUTE FUNCTION {name}()",
        ],
        sqlite_undone=[f"DROP TRIGGER {name}_update", f"{every_update} {refuse}"],
        postgresql_undone=[f"DROP TRIGGER {name}_delete ON {table}", f"DROP TRIGGER {name}_update ON {table}", both],
    )


def forbid_replacing(table: str, sentence: str, *uniques: tuple[str, ...]) -> Guard:
    """Close the two ways round `freeze`: SQLite's REPLACE, which deletes without a word, and PostgreSQL's TRUNCATE.

    `uniques` are the columns of each unique key besides `id`; a row in which one of them is null or empty has no such
    key.
    """
    name = f"{table}_is_never_replaced"
    keys = [" AND ".join(f"{column} = NEW.{column} AND NEW.{column} <> ''" for column in key) for key in uniques]
    known = " OR ".join(f"({key})" for key in ("id = NEW.id", *keys))
    return statements(
        sqlite=[
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {known}) "  # noqa: S608
            f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        ],
        postgresql=[
            f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_frozen()"
        ],
        sqlite_undone=[f"DROP TRIGGER {name}"],
        postgresql_undone=[f"DROP TRIGGER {name} ON {table}"],
    )


def close(table: str, sentence: str, *, column: str, once: str) -> Guard:
    """No row comes to `table` any more whose `column` is known to the table `once` under the same column."""
    name = f"{table}_is_closed"
    shut = f"EXISTS (SELECT 1 FROM {once} WHERE {column} = NEW.{column})"  # noqa: S608
    return statements(
        sqlite=[
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {shut} BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
        ],
        postgresql=[
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {shut} THEN "
            f"RAISE EXCEPTION '{sentence}' USING ERRCODE = 'restrict_violation'; END IF; RETURN NEW; END $$",
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ],
        sqlite_undone=[f"DROP TRIGGER {name}"],
        postgresql_undone=[f"DROP FUNCTION {name}() CASCADE"],
    )


def keep(table: str, sentence: str, *, column: str) -> Guard:
    """A row of `table` may change, but neither go nor turn to another `column`."""
    name = f"{table}_is_kept"
    moved = f"OLD.{column} <> NEW.{column} OR OLD.id <> NEW.id"
    known = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR {column} = NEW.{column})"  # noqa: S608
    refuse = f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    return statements(
        sqlite=[
            f"CREATE TRIGGER {name}_delete BEFORE DELETE ON {table} {refuse}",
            f"CREATE TRIGGER {name}_update BEFORE UPDATE ON {table} WHEN {moved} {refuse}",
            f"CREATE TRIGGER {name}_insert BEFORE INSERT ON {table} WHEN {known} {refuse}",
        ],
        postgresql=[
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{sentence}' USING ERRCODE = 'restrict_violation'; END $$",
            f"CREATE TRIGGER {name}_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
            f"CREATE TRIGGER {name}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
            f"CREATE TRIGGER {name}_update BEFORE UPDATE ON {table} FOR EACH ROW "
            f"WHEN ({moved}) EXECUTE FUNCTION {name}()",
        ],
        sqlite_undone=[f"DROP TRIGGER {name}_{act}" for act in ("delete", "update", "insert")],
        postgresql_undone=[f"DROP FUNCTION {name}() CASCADE"],
    )


def statements(
    *, sqlite: list[str], postgresql: list[str], sqlite_undone: list[str], postgresql_undone: list[str]
) -> Guard:
    """The operation that runs an engine's statements, and undoes them."""
    return Guard(
        {"sqlite": sqlite, "postgresql": postgresql}, {"sqlite": sqlite_undone, "postgresql": postgresql_undone}
    )
