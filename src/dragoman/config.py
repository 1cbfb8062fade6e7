"""One frozen Config, read from TOML or given as arguments. In: a file or nothing. Out: `Config`. It reads no
environment.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import MappingProxyType

from dragoman.errors import UsageError


@dataclass(frozen=True, slots=True)
class Config:
    """What a run may be told.

    `statements`: keep positions that PLOVER drops, as STATEMENT events. `minimal_confidence`: leave out events below
    it (0 to 1). `historical_after_days`: an event that ended more than so many days before the report is history.
    `maximal_article_bytes`: a longer article (some 330,000 words) is rejected, not read; whole books are no reports.
    `maximal_document_bytes`: a longer page, feed, mail or export is rejected, since it would be held in memory.
    `events`: who reads events: `both`, `lexicon` (rows of tables alone, traceable to the last, faster and less
    right), or `network` (the event network alone). `actors`: files of the user's own tables of actors
    (docs/own-actors.md), taken from the folder of the TOML file.
    """

    statements: bool = False
    minimal_confidence: float = 0.0
    historical_after_days: int = 365
    maximal_article_bytes: int = 2_000_000
    maximal_document_bytes: int = 10_000_000
    events: str = "both"
    actors: tuple[str, ...] = ()


_RANGES: Mapping[str, tuple[float, float | None]] = MappingProxyType(
    {
        "minimal_confidence": (0, 1),
        "historical_after_days": (0, None),
        "maximal_article_bytes": (1, None),
        "maximal_document_bytes": (1, None),
    }
)

_CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType({"events": ("both", "lexicon", "network")})


def load_config(path: Path) -> Config:
    """Read `[dragoman]` of a TOML file. Raises UsageError for a missing or broken file, or an unknown key."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: is not TOML: {error}") from error
    own = tables.get("dragoman", {})
    if not isinstance(own, dict):
        raise UsageError(f"{path}: [dragoman] must be a table of settings, not {own!r}")
    found = config_from(own, source=str(path))
    return replace(found, actors=tuple(str(path.parent / name) for name in found.actors))


def config_from(values: dict[str, object], *, source: str) -> Config:
    """A Config with `values` in place of the defaults. Raises UsageError for an unknown key or a wrong type."""
    kinds = {field.name: type(field.default) for field in fields(Config)}
    for name, value in values.items():
        if name not in kinds:
            raise UsageError(f"{source}: unknown setting {name!r}; known: {', '.join(sorted(kinds))}")
        if kinds[name] is tuple:
            if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
                raise UsageError(f"{source}: {name} must be a list of file names, not {value!r}")
            continue
        wanted = (int, float) if kinds[name] is float else (kinds[name],)
        if not isinstance(value, wanted) or (isinstance(value, bool) and kinds[name] is not bool):
            raise UsageError(f"{source}: {name} must be {kinds[name].__name__}, not {value!r}")
        if name in _CHOICES and value not in _CHOICES[name]:
            raise UsageError(f"{source}: {name} must be one of {', '.join(_CHOICES[name])}, not {value!r}")
        low, high = _RANGES.get(name, (None, None))
        if (low is not None and value < low) or (high is not None and value > high):  # type: ignore[operator]
            raise UsageError(f"{source}: {name} must lie between {low} and {high if high is not None else 'any'}")
    told = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return replace(Config(), **told)  # type: ignore[arg-type]
