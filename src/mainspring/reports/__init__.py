"""The dashboard and the figures behind it."""
