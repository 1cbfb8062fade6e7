"""Event mentions in, the record out: JSON lines and CSV, and the record on disk with its builds and questions."""
