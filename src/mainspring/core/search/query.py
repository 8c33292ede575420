"""What somebody typed into a search field, understood. Pure: reads no database, raises over nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from mainspring.core.search.folding import codes, cut, fold, joined, numbers, plain_words, spellings, without_prefixes

LONGEST_QUERY = 200
MOST_TERMS = 8


@dataclass(frozen=True)
class Word:
    """A word to look for; only its beginning when it is a prefix. Letters and digits only, so safe in any syntax."""

    text: str
    is_prefix: bool = False


Choice = tuple[Word, ...]
"""Words of which all are wanted."""


@dataclass(frozen=True)
class Term:
    """One thing that was typed. Any of its choices will do."""

    typed: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Query:
    """Terms of which all are wanted."""

    terms: tuple[Term, ...]

    @classmethod
    def read(cls, typed: str) -> "Query":
        folded = fold(typed[:LONGEST_QUERY])[: 2 * LONGEST_QUERY]
        runs = sorted([*numbers(folded), *codes(folded)], key=lambda run: (run.start(), -run.end()))
        terms: list[Term] = []
        at = 0
        for run in runs:
            if run.start() >= at:
                terms += _simple(folded[at : run.start()])
                terms.append(_run(run[0]))
                at = run.end()
        terms += _simple(folded[at:])
        first = tuple(dict.fromkeys(terms))[:MOST_TERMS]
        unfinished = bool(folded) and folded[-1].isalnum()
        if not (first and unfinished):
            return cls(first)
        elif len(first) > 1 and _is_initial(first[-1]):
            return cls(first[:-1])
        else:
            return cls((*first[:-1], _as_prefix(first[-1])))

    def as_prefixes(self) -> "Query":
        """Every word may be unfinished."""
        if len(self.terms) > 1:
            return Query(tuple(term if _is_initial(term) else _as_prefix(term) for term in self.terms))
        else:
            return Query(tuple(map(_as_prefix, self.terms)))

    def or_near(self, words_near: Callable[[str], Iterable[str]]) -> "Query":
        """Every word may be unfinished or mistyped."""
        return Query(
            tuple(
                replace(term, choices=term.choices + tuple((Word(near),) for near in words_near(term.typed)))
                for term in self.as_prefixes().terms
            )
        )


def _simple(folded: str) -> list[Term]:
    terms = []
    for piece in folded.split():
        words = plain_words(piece)
        for word in words:
            is_prefix = word is words[-1] and piece.endswith("*")
            forms = [word, *without_prefixes(word)]
            terms.append(Term(word, tuple((Word(cut(form), is_prefix),) for form in forms)))
    return terms


def _run(run: str) -> Term:
    """A code or number: joined, in its other spellings, or its parts each by itself."""
    whole = spellings(run) if joined(run).isdecimal() else [joined(run)]
    parts = tuple(Word(cut(word)) for word in plain_words(run))
    return Term(run, (*((Word(cut(form)),) for form in whole), parts))


def _is_initial(term: Term) -> bool:
    """A first letter beside other words says little, and half of all words begin with it: the next one is awaited."""
    return len(term.typed) == 1 and term.typed.isalpha()


def _as_prefix(term: Term) -> Term:
    return replace(term, choices=tuple((*choice[:-1], replace(choice[-1], is_prefix=True)) for choice in term.choices))
