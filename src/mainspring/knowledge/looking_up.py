"""What a reader's words find: whole, mistyped, or, when no article has them all, word by word."""

from collections import defaultdict

from mainspring.core import search
from mainspring.knowledge.models import HELP, Article

MOST = 12
SHORTEST = 3
"""Letters of a word that is looked for by itself; "my" and "to" tell nothing."""
MOST_WORDS = 8


def look_up(words: str) -> list[Article]:
    """Articles for everybody, the likeliest first."""
    hits = [hit.id for hit in search.find(words, kinds=[HELP], limit=MOST, newest_first=False)]
    if len(hits) < MOST:
        hits += [hit.id for hit in search.suggest(words, kinds=[HELP], limit=MOST)]
    ids = list(dict.fromkeys(hits or _by_single_words(words)))[:MOST]
    found = Article.objects.public().select_related("topic").in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def _by_single_words(words: str) -> list[int]:
    """Those that have some of the words. A word that few have counts for more than one that many have."""
    weights: dict[int, float] = defaultdict(float)
    for word in [word for word in words.split() if len(word) >= SHORTEST][:MOST_WORDS]:
        hits = search.find(word, kinds=[HELP], limit=50) or search.suggest(word, kinds=[HELP], limit=50)
        for hit in hits:
            weights[hit.id] += 1 / len(hits)
    return sorted(weights, key=lambda pk: (-weights[pk], -pk))
