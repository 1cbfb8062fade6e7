"""Event mentions in, the record out. In this version: the event record as JSON lines and CSV."""
