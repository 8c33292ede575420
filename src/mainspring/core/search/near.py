"""Words that are spelt nearly alike, the same way on both engines.

A word is kept under keys: its trigrams (for a piece from its middle), and its first four and six letters, whole and
with each letter left out once (for a typing error; the idea of SymSpell). Nothing is unique: nobody waits for a lock.
"""

from collections.abc import Iterable

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Case, Count, IntegerField, QuerySet, Sum, Value, When

from mainspring.core.prepared import prepared
from mainspring.core.search.tables import SearchKey

SHORTEST = 3
LONGEST = 32
CANDIDATES = 60
MOST_KEYS = 500
MOST_WORDS = 8
REMEMBERED = 10
"""Seconds."""


def learn(words: Iterable[str]) -> None:
    """Keep the words that are letters only; those already known cost one look."""
    proper = sorted(word for word in words if SHORTEST <= len(word) <= LONGEST and word.isalpha())
    beginnings = sorted({_whole(word) for word in proper})
    known: set[str] = set()
    for first in range(0, len(beginnings), MOST_KEYS):
        known.update(_words_under(*beginnings[first : first + MOST_KEYS]))
    fresh = [(key, word) for word in proper if word not in known for key in sorted(_keys(word))]
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.executemany("INSERT INTO core_searchkey (key, word) VALUES (%s, %s)", fresh)


@prepared
def _words_under(*keys: str) -> "QuerySet[SearchKey, str]":
    return SearchKey.objects.filter(key__in=keys).values_list("word", flat=True)


def unlearn(words: Iterable[str]) -> None:
    """Offer these words no more."""
    SearchKey.objects.filter(word__in=sorted(words)).delete()


def words_near(typed: str) -> list[str]:
    """Known words that begin nearly like this one or contain it, nearest first. A folded word in, folded words out.

    Ten seconds old at most: the palette asks for the same words in every kind of thing.
    """
    if not (SHORTEST <= len(typed) <= LONGEST and typed.isalpha()):
        return []
    return cache.get_or_set(f"search.near.{typed}", lambda: _words_near(typed), REMEMBERED) or []


def _words_near(typed: str) -> list[str]:
    weight = Case(When(key__startswith="=", then=Value(4)), default=Value(1), output_field=IntegerField())
    rows = (
        SearchKey.objects.filter(key__in=sorted(_keys(typed)))
        .values("word")
        .annotate(weight=Sum(weight), keys=Count("key"))
        .order_by("-weight", "word")[:CANDIDATES]
    )
    distances = {row["word"]: _distance(typed, row["word"]) for row in rows}
    near = [word for word, distance in distances.items() if distance <= _allowed(typed, word)]
    return sorted(near, key=lambda word: (distances[word], len(word), word))[:MOST_WORDS]


def _whole(word: str) -> str:
    return "=" + word[:6]


def _keys(word: str) -> set[str]:
    keys = {("^" + word)[start : start + 3] for start in range(len(word) - 1)}
    for length in (4, 6):
        beginning = word[:length]
        keys.add("=" + beginning)
        keys |= {"=" + beginning[:at] + beginning[at + 1 :] for at in range(len(beginning))}
    return keys


def _allowed(typed: str, word: str) -> float:
    """How far a word may be from what was typed: one error in a short word, two in one of six letters or more."""
    if len(typed) == SHORTEST and typed[0] != word[0]:
        return 0.5
    else:
        return 1 if len(typed) < 6 else 2


def _distance(typed: str, word: str) -> float:
    """Errors between what was typed and the best beginning of the word (optimal string alignment); within it, 0.5."""
    if typed in word:
        return 0.0 if word.startswith(typed) else 0.5
    before: list[int] = []
    last = list(range(len(word) + 1))
    for row, letter in enumerate(typed, 1):
        here = [row]
        for column, other in enumerate(word, 1):
            cost = min(last[column] + 1, here[-1] + 1, last[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == word[column - 2] and typed[row - 2] == other:
                cost = min(cost, before[column - 2] + 1)
            here.append(cost)
        before, last = last, here
    return float(min(last))
