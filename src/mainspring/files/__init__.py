"""Stored files: kept by content, checked by content, served only through a view that asks who looks."""
