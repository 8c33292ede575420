"""`mainspring reindex`: make the search index anew, from what is in the tables."""

from typing import Any

from django.core.management.base import BaseCommand

from mainspring.core import search


class Command(BaseCommand):
    help = "Index everything once more for the search. Safe while the shop works; nothing else is touched."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{search.reindex():,} entries are indexed.")
