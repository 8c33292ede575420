"""Papers: an issued invoice as a PDF that is an e-invoice too, printed once and kept."""

from mainspring.billing.papers.archive import pdf_of

__all__ = ["pdf_of"]
