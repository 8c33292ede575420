"""The search index: an FTS5 table in SQLite, tsvector columns in PostgreSQL, keys for mistyped words in both."""

from django.db import migrations, models

from mainspring.core.frozen import statements

INDEX = statements(
    sqlite=[
        "CREATE VIRTUAL TABLE core_searchdocument USING fts5("
        "title, words, tokenize = 'ascii', detail = 'column', prefix = '2 3', columnsize = 0)",
    ],
    postgresql=[
        "CREATE TABLE core_searchdocument (rowid bigint PRIMARY KEY, title tsvector NOT NULL, words tsvector NOT NULL)",
        "ALTER TABLE core_searchdocument ALTER COLUMN words SET STATISTICS 1000",
        "CREATE INDEX search_by_words ON core_searchdocument USING gin (words)",
        "CREATE INDEX search_by_title ON core_searchdocument USING gin (title)",
    ],
    sqlite_undone=["DROP TABLE core_searchdocument"],
    postgresql_undone=["DROP TABLE core_searchdocument"],
)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[INDEX],
            state_operations=[
                migrations.CreateModel(
                    name="SearchDocument",
                    fields=[
                        ("place", models.BigIntegerField(db_column="rowid", primary_key=True, serialize=False)),
                        ("title", models.TextField()),
                        ("words", models.TextField()),
                    ],
                ),
            ],
        ),
        migrations.CreateModel(
            name="SearchKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=7)),
                ("word", models.CharField(max_length=32)),
            ],
            options={"indexes": [models.Index(fields=["key", "word"], name="search_word_by_key")]},
        ),
    ]
