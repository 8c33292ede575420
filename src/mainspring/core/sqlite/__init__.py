"""Django's database engine for SQLite, whose writers take turns fairly."""
