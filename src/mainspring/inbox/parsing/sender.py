"""Who sent it, and whether every reader of the mail would agree on that."""

import re
import unicodedata
from email.utils import getaddresses

from .addresses import Address, read_addresses
from .headers import Headers

_PLAIN = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[^\s@<>\"(),:;\\\[\]]{1,255}\Z")
_OPENING = re.compile(
    r"(?:[^\"<>@(),:;]|\"(?:[^\"\\<>]|\\.)*+\"|\([^()@<>\"]*+\))*+<[^<>@\s]+@[^<>@\s]+>\s*(?:\([^()@<>\"]*+\)\s*)?\Z"
)
_BARE = re.compile(r"\s*[^<>@\s\"(),:;]+@[^<>@\s\"(),:;]+\s*(?:\([^()@<>]*\)\s*)?\Z")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b-\u200d\u2060-\u2064\ufeff]")
_LIKE_LATIN = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "FULLWIDTH", "MATHEMATICAL"})


def sender(headers: Headers) -> tuple[Address | None, bool]:
    """The From address, and whether it is clear: one header, one address, the same for every reader."""
    values = headers.all("from")
    addresses = read_addresses(values[0]) if values else ()
    if not addresses:
        return None, False
    is_clear = len(values) == 1 and len(addresses) == 1 and not headers.oddly_spelt
    return addresses[0], is_clear and _says_only(values[0], addresses[0])


def _says_only(value: str, address: Address) -> bool:
    return (
        len(value) <= 1_000
        and bool(_OPENING.match(_without_echo(value, address)) or _BARE.match(value))
        and bool(_PLAIN.match(address.email))
        and not _CONTROL.search(value)
        and not _names_another(address)
        and not _imitates(address.email.rpartition("@")[2])
        and _stdlib_agrees(value, address)
    )


def _without_echo(value: str, address: Address) -> str:
    """`a@x.example <a@x.example>` says one thing twice."""
    return value.lstrip()[len(address.email) :] if value.lower().startswith(f"{address.email.lower()} <") else value


def _names_another(address: Address) -> bool:
    """ "boss@shop.example" <thief@example.net>: people see the first, machines the second."""
    shown = re.findall(r"[^\s@<>()\"']+@[^\s@<>()\"']+\.[^\s@<>()\"']+", address.name)
    return any(other.lower() != address.email.lower() for other in shown)


def _imitates(domain: str) -> bool:
    return any(_is_look_alike(_unicode(label)) for label in domain.split("."))


def _unicode(label: str) -> str:
    if label.lower().startswith("xn--"):
        try:
            return label[4:64].encode("ascii").decode("punycode")
        except UnicodeError:
            return "\ufffd"
    else:
        return label


def _is_look_alike(label: str) -> bool:
    """Scripts mixed in one label, or a script whose letters pass for Latin ones."""
    if label.isascii():
        return False
    scripts = {unicodedata.name(letter, "UNKNOWN").split()[0] for letter in label if letter.isalpha()}
    japanese = {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}
    is_one_script = len(scripts) == 1 or scripts <= japanese
    return not is_one_script or bool(scripts & (_LIKE_LATIN | {"UNKNOWN"})) or not label.isprintable()


def _stdlib_agrees(value: str, address: Address) -> bool:
    other = [email for _, email in getaddresses([_without_echo(value, address)]) if email]
    return len(other) == 1 and other[0].lower() == address.email.lower()
