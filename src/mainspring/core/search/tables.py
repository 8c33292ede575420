"""The tables of the search index."""

from django.db import models


class SearchDocument(models.Model):
    """The words that lead to one thing. FTS5 in SQLite, tsvector in PostgreSQL; only engines touch it."""

    place = models.BigIntegerField(primary_key=True, db_column="rowid")
    title = models.TextField()
    words = models.TextField()

    def __str__(self) -> str:
        return str(self.place)


class SearchKey(models.Model):
    """A key under which a word is looked for when it was mistyped. May stand twice; that does no harm."""

    key = models.CharField(max_length=7)
    word = models.CharField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["key", "word"], name="search_word_by_key")]

    def __str__(self) -> str:
        return f"{self.key} {self.word}"
