"""Dragoman reads news and keeps the diplomatic record.

>>> from dragoman import Coder
>>> coder = Coder.load()
>>> events = coder.code("Serbian President Aleksandar Vucic visited Athens.", published="2024-05-03")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dragoman.coding.actor_phrases import ActorIdentifier
    from dragoman.coding.coder import Coder
    from dragoman.coding.pairs import PairClassifier
    from dragoman.config import Config
    from dragoman.errors import DragomanError
    from dragoman.record.query import Record
    from dragoman.values import Article, EventMention, PhraseReading

__version__ = "0.1.0"
__all__ = [
    "ActorIdentifier", "Article", "Coder", "Config", "DragomanError", "EventMention", "PairClassifier", "PhraseReading",
    "Record", "__version__",
]  # fmt: skip

_HOMES = {
    "ActorIdentifier": "dragoman.coding.actor_phrases",
    "Article": "dragoman.values",
    "Coder": "dragoman.coding.coder",
    "Config": "dragoman.config",
    "DragomanError": "dragoman.errors",
    "EventMention": "dragoman.values",
    "PairClassifier": "dragoman.coding.pairs",
    "PhraseReading": "dragoman.values",
    "Record": "dragoman.record.query",
}


def __getattr__(name: str) -> Any:
    """Public names load on first use, so that `import dragoman` and the command line's help are quick."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
