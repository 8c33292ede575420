"""Settings, urls, and the mainspring command: imports all, imported by none."""
