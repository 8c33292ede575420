"""The tables of the vault."""

from mainspring.vault.models.credential import Credential, Kind, Seat
from mainspring.vault.models.hand_in import HandIn
from mainspring.vault.models.rules import VaultRules
from mainspring.vault.models.share import Share

__all__ = ["Credential", "HandIn", "Kind", "Seat", "Share", "VaultRules"]
