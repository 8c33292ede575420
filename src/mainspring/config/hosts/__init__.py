"""One urlconf a host: what the others answer is not found here."""
