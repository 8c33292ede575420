"""The customer's own words, told apart from what he quotes and signs with. In doubt a line is his."""

from .cutting import Cut, cut_reply

__all__ = ["Cut", "cut_reply"]
