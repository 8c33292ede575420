"""Looking things up: one interface over the full-text engines of SQLite and PostgreSQL.

A document is a thing of the house (`"ticket", 5`) with the distinct words that lead to it. Words are folded by us, so
both engines find the same. Whoever changes a thing indexes it in the same transaction; whoever looks passes what was
found through `visible_to`. What a customer must not find is indexed under a kind of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from mainspring.core.search import near
from mainspring.core.search.engines import engine
from mainspring.core.search.excerpts import excerpt
from mainspring.core.search.folding import key_words, words_of
from mainspring.core.search.places import object_id, place_of, places_of
from mainspring.core.search.query import Query

__all__ = ["Hit", "append", "excerpt", "find", "forget", "index", "suggest"]


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
    named = words_of(title) | key_words(keys)
    engine().keep(place_of(kind, id), named, words_of(body) - named)
    near.learn(named)


def append(kind: str, id: int, text: str) -> None:
    """Add the words of a further text (a new note) to a thing, without indexing the rest again."""
    words = words_of(text)
    if words:
        engine().add(place_of(kind, id), words)


def forget(kind: str, id: int) -> None:
    engine().forget(place_of(kind, id))


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
