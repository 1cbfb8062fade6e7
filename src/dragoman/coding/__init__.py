"""Sentences in, event mentions out: one file a question; `coder.py` is the map."""
