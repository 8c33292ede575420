"""Estimates: what a repair would cost, what the customer chose of it, and his signature under it, on page and paper."""
