"""What the tests of accounts have, for customers' accounts."""

from mainspring.accounts.tests.conftest import house

__all__ = ["house"]
