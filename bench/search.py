"""How fast looking things up is: seeds documents into an index of its own and times each kind of query.

Run it as `python bench/search.py [documents]` (100,000 by default), on the engine that `DATABASE_URL` names, else on
SQLite. It makes a test database and removes it; the shop's own is not touched.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from statistics import quantiles

os.environ.setdefault("SECRET_KEY", "bench")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainspring.config.settings")

ROUNDS = 200
HEBREW_SHARE = 0.2
BATCH = 500
CONSONANTS, VOWELS, HEBREW = "bcdfghklmnprstvz", "aeiou", "אבגדהוזחטיכלמנסעפצקרשת"


class Vocabulary:
    """Made-up words that are as unevenly common as real ones (Zipf), and real ones that half of all texts have."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.latin = [self._latin() for _ in range(30_000)]
        self.hebrew = ["".join(chance.choices(HEBREW, k=chance.randint(3, 7))) for _ in range(20_000)]
        self.names: list[str] = []
        self.weights = list(accumulate(1 / (rank + 10) for rank in range(30_000)))

    def _latin(self) -> str:
        pairs = self.chance.randint(2, 4)
        return "".join(self.chance.choice(CONSONANTS) + self.chance.choice(VOWELS) for _ in range(pairs))

    def text(self, hebrew: bool, words: int) -> str:
        pool = self.hebrew if hebrew else self.latin
        chosen = self.chance.choices(pool, cum_weights=self.weights[: len(pool)], k=words)
        if self.chance.random() < 0.5:
            chosen.append("המחשב" if hebrew else "printer")
        return " ".join(chosen)

    def name(self) -> str:
        return f"{self.chance.choice(self.latin[:4000]).title()} {self.chance.choice(self.latin).title()}"

    def rare(self) -> str:
        return self.chance.choice(self.latin[5_000:])

    def usual(self) -> str:
        return self.chance.choice(self.latin[20:500])

    def mistyped(self, word: str) -> str:
        at = self.chance.randrange(1, len(word) - 1)
        return self.chance.choice(
            [
                word[:at] + word[at + 1 :],
                word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
                word[:at] + "x" + word[at + 1 :],
            ]
        )


def seed(documents: int, vocabulary: Vocabulary) -> None:
    """Tickets with a description and three messages, and a contact for every fifth."""
    from django.db import connection, transaction

    from mainspring.core import search

    chance = vocabulary.chance
    began = time.perf_counter()
    for first in range(1, documents + 1, BATCH):
        with transaction.atomic():
            for number in range(first, min(first + BATCH, documents + 1)):
                hebrew = chance.random() < HEBREW_SHARE
                messages = " ".join(vocabulary.text(hebrew, 25) for _ in range(4))
                old = " formerly" if number < documents // 2 else ""
                search.index(
                    "ticket", number,
                    title=vocabulary.text(hebrew, 5), body=messages + old, keys=[str(1000 + number), f"SN-{number:06}"],
                )  # fmt: skip
                if number % 5 == 0:
                    phone = f"05{number % 10}-{chance.randrange(10**7):07}"
                    name = vocabulary.name()
                    vocabulary.names.append(name)
                    mail = name.replace(" ", ".").lower() + "@shop.example"
                    search.index("contact", number, title=name, keys=[phone, "972" + phone[1:].replace("-", ""), mail])
    took = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "PRAGMA optimize")
    print(f"{connection.vendor}: {documents:,} tickets, {documents // 5:,} contacts in {took:.0f} s, {size():.0f} MB")


def size() -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return float(cursor.fetchone()[0]) / 1e6


def measure(name: str, act: Callable[[str], int], make: Callable[[], str]) -> None:
    took, hits = [], 0
    for _ in range(ROUNDS):
        given = make()
        began = time.perf_counter()
        hits += act(given)
        took.append((time.perf_counter() - began) * 1000)
    cuts = quantiles(took, n=20)
    print(f"{name:34} p50 {cuts[9]:7.2f} ms   p95 {cuts[18]:7.2f} ms   {hits / ROUNDS:5.1f} hits")


def run(documents: int) -> None:
    from django.db import transaction

    from mainspring.core import search

    chance = random.Random(7)
    words = Vocabulary(chance)
    seed(documents, words)

    def find(typed: str) -> int:
        return len(search.find(typed, kinds=["ticket"]))

    def find_titles_first(typed: str) -> int:
        return len(search.find(typed, kinds=["ticket"], newest_first=False))

    def suggest(typed: str) -> int:
        return len(search.suggest(typed, kinds=["contact"]))

    def some() -> int:
        return chance.randrange(1, documents)

    @transaction.atomic
    def reindex(text: str) -> int:
        search.index("ticket", documents + some(), title=text[:40], body=text)
        return 1

    @transaction.atomic
    def append(text: str) -> int:
        search.append("ticket", some(), text)
        return 1

    measure("rare word", find, lambda: words.rare() + " ")
    measure("word of half the tickets", find, lambda: "printer ")
    measure("same, unfinished", find, lambda: "printe")
    measure("same, titles first", find_titles_first, lambda: "printer ")
    measure("word of the older half only", find, lambda: "formerly ")
    measure("two usual words", find, lambda: f"{words.usual()} {words.usual()} ")
    measure("two words, last unfinished", find, lambda: f"{words.usual()} {words.usual()[:4]}")
    measure("usual and rare word", find, lambda: f"{words.usual()} {words.rare()} ")
    measure("common and old word", find, lambda: "printer formerly ")
    measure("common and rare word", find, lambda: f"printer {words.rare()} ")
    measure("prefix of 2 letters", find, lambda: words.usual()[:2])
    measure("prefix of 3 letters", find, lambda: words.usual()[:3])
    measure("Hebrew word of a tenth", find, lambda: "מחשב ")
    measure("Hebrew usual word", find, lambda: chance.choice(words.hebrew[20:500]) + " ")
    measure("ticket number", find, lambda: str(1000 + some()))
    measure("serial number", find, lambda: f"sn-{some():06}")
    measure("nothing", find, lambda: "zzzyx")
    measure("suggest: name as typed", suggest, lambda: chance.choice(words.names)[:6])
    measure("suggest: mistyped name", suggest, lambda: words.mistyped(chance.choice(words.latin[:4000])))
    measure(
        "suggest: two mistyped names",
        suggest,
        lambda: " ".join(map(words.mistyped, chance.choice(words.names).lower().split())),
    )
    measure("suggest: part of a phone number", suggest, lambda: f"05{some() % 10}-{chance.randrange(1000):03}")
    measure("suggest: nobody", suggest, lambda: "xyzzyq")
    measure("index a ticket", reindex, lambda: words.text(False, 100))
    measure("append a note", append, lambda: words.text(False, 25))


def main() -> None:
    documents = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("MAINSPRING_TEST_DATABASE", str(Path(folder) / "search.sqlite3"))
        import django

        django.setup()
        from django.db import connection

        name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, serialize=False, autoclobber=True)
        try:
            run(documents)
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
