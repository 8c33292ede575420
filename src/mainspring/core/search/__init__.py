"""Looking things up: one interface over the full-text engines of SQLite and PostgreSQL.

A document is a thing of the house (`"ticket", 5`) with the distinct words that lead to it. Words are folded by us, so
both engines find the same. Whoever changes a thing indexes it in the same transaction; whoever looks passes what was
found through `visible_to`. What a customer must not find is indexed under a kind of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest

from django.db import transaction

from mainspring.core.search import near
from mainspring.core.search.engines import engine
from mainspring.core.search.excerpts import excerpt
from mainspring.core.search.filtering import ids_of, within
from mainspring.core.search.folding import key_words, words_of
from mainspring.core.search.places import object_id, place_of, places_of
from mainspring.core.search.query import Query, Term, Word
from mainspring.core.search.sources import Entry, entries, source

__all__ = [
    "Entry",
    "Hit",
    "append",
    "excerpt",
    "find",
    "forget",
    "ids_of",
    "index",
    "keep",
    "reindex",
    "source",
    "suggest",
    "unlearn",
    "within",
]


BATCH = 500
ANYWHERE = range(0, 1 << 62)


@dataclass(frozen=True)
class Hit:
    """A thing that was found."""

    kind: str
    id: int


def index(kind: str, id: int, *, title: str, body: str = "", keys: Sequence[str] = ()) -> None:
    """Keep the words that lead to a thing, in place of those it had. Part of the caller's transaction.

    `keys` are what it is asked for by: phone numbers (as written and as digits), mail addresses, serial numbers. A key
    is found by any four digits in a row and counts as title.
    """
    keep([Entry(kind, id, title, body, keys)])


def keep(entries: Iterable[Entry]) -> None:
    """Keep the words of many things at once, in place of those they had."""
    kept = [(place_of(entry.kind, entry.id), *_words_of(entry)) for entry in entries]
    engine().keep(kept)
    near.learn(set().union(*(named for _place, named, _words in kept)))


def reindex() -> int:
    """Keep the words of everything there is once more, a batch a transaction. Returns how many entries there are."""
    everything, count = entries(), 0
    while batch := list(islice(everything, BATCH)):
        with transaction.atomic():
            keep(batch)
        count += len(batch)
    return count


def append(kind: str, id: int, text: str) -> None:
    """Add the words of a further text (a new note) to a thing, without indexing the rest again."""
    words = words_of(text)
    if words:
        engine().add(place_of(kind, id), words)


def forget(kind: str, id: int) -> None:
    engine().forget(place_of(kind, id))


def unlearn(texts: Iterable[str]) -> None:
    """Offer those words of these texts no more, for who mistypes, that nothing is called by any longer."""
    words = set().union(*map(words_of, texts))
    wanted = {word: Query((Term(word, ((Word(word),),)),)) for word in words}
    near.unlearn(word for word, query in wanted.items() if not engine().match(query, ANYWHERE, 1, titles_only=True))


def find(words: str, *, kinds: Sequence[str], limit: int = 50, newest_first: bool = True) -> list[Hit]:
    """The things that have all these words, newest first; kinds take turns. Never raises over what was typed.

    The last word may be unfinished, and any word that ends in `*`. With `newest_first=False` those that have the words
    in their title or keys come first.
    """
    query = Query.read(words)
    if newest_first:
        return _match(query, kinds, limit)
    else:
        return _first(limit, _match(query, kinds, limit, titles_only=True), _match(query, kinds, limit))


def suggest(words: str, *, kinds: Sequence[str], limit: int = 8) -> list[Hit]:
    """What somebody who is still typing may mean, by title and keys only: what fits first, then what is near."""
    query = Query.read(words)
    hits = _match(query.as_prefixes(), kinds, limit, titles_only=True)
    if len(hits) < limit:
        hits = _first(limit, hits, _match(query.or_near(near.words_near), kinds, limit, titles_only=True))
    return hits


def _words_of(entry: Entry) -> tuple[set[str], set[str]]:
    named = words_of(entry.title) | key_words(entry.keys)
    return named, words_of(entry.body) - named


def _match(query: Query, kinds: Sequence[str], limit: int, *, titles_only: bool = False) -> list[Hit]:
    if not query.terms:
        return []
    by_kind = [
        [
            Hit(kind, object_id(place))
            for place in engine().match(query, places_of(kind), limit, titles_only=titles_only)
        ]
        for kind in kinds
    ]
    return _first(limit, [hit for hit in chain.from_iterable(zip_longest(*by_kind)) if hit is not None])


def _first(limit: int, *parts: Iterable[Hit]) -> list[Hit]:
    return list(dict.fromkeys(chain.from_iterable(parts)))[:limit]
