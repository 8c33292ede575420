"""How much of a mail we are willing to understand. What exceeds a budget is kept raw, never guessed at."""

MAX_BYTES = 40 * 1024 * 1024  # a 25 MB attachment grows by a third in base64
MAX_PARTS = 1_000
MAX_DEPTH = 50
MAX_HEADERS = 2_000
MAX_HEADER_LENGTH = 100_000
MAX_TEXT_HEADER = 10_000
MAX_ADDRESSES = 200
MAX_REFERENCES = 100
MAX_HTML_TAGS = 50_000
MAX_EXAMINED_LINES = 5_000


class Unreadable(Exception):
    """The message has more bytes, parts or levels than we read; the reason is its text."""
