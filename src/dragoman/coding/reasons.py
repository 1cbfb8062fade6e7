"""What an answer rests on, in words: the rows of the tables behind an actor, with their dates and sources.

In: an identified actor and the day. Out: one `Step` a row, in the order of their use. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from dragoman.coding.drafts import TOWN, Setting
from dragoman.knowledge.offices import Holder
from dragoman.values import Identified, Step, Tenure

_STAGE = "identity"


def tenure_of(holder: Holder, on: str | None) -> Tenure:
    """The term of a holder's row, and whether it runs on the day."""
    return Tenure(
        holder.id, holder.office or None, holder.title, holder.start, holder.end,
        holder.holds(on) if on is not None else None,
    )  # fmt: skip


def reasons(found: Identified, setting: Setting) -> Iterator[Step]:
    """The rows behind an actor, and what the day makes of the term."""
    for row in found.actor.basis:
        yield Step(_STAGE, row, note=_worded(row, setting))
    tenure, actor = found.tenure, found.actor
    if tenure is None or tenure.holds != "no" or setting.on is None:
        return
    if actor.sector == "ELI":
        yield Step(_STAGE, "former", note=f"the term does not run on {setting.on}: a former official is ELI")
    elif actor.sector is None:
        yield Step(_STAGE, "not-in-office", note=f"the term does not run on {setting.on}: country without sector")


def _worded(row: str, setting: Setting) -> str:
    """One row in words."""
    actors, offices = setting.knowledge.actors, setting.knowledge.offices
    if row == "text":
        return "no table knows the name: coded from its title and context"
    if row.startswith(TOWN):
        return "a town of that country in the gazetteer (source: GeoNames)"
    holder = offices.holder_by_id(row)
    if holder is not None:
        return _holder_worded(holder, setting)
    name = actors.name(row)
    if name is not None:
        entity = actors.entities[name.entity]
        dates = _dates(name.start or entity.start or "", name.end or entity.end or "")
        codes = " ".join(code for code in (entity.party, name.sector or entity.sector) if code)
        what = f"{entity.name} [{codes}]" if codes else entity.name
        return f"“{name.text}” is a name ({name.kind}) of {what}{dates} (source: {name.source})"
    title = offices.titles.get(row)
    if title is not None:
        means = ", ".join(part for part in (title.office, title.sector) if part) or "no office of its own"
        return f"“{title.text}” is a title ({title.kind}): {means}"
    state = actors.entities.get(row)
    if state is not None:
        return f"{state.name} ({state.kind}){_dates(state.start or '', state.end or '')} (source: {state.source})"
    return "a rule of the identity stage"


def _holder_worded(holder: Holder, setting: Setting) -> str:
    """A term in words: who, what, when, and who says so."""
    what = " ".join(part for part in (holder.country, holder.office or "no office") if part)
    state = {"yes": "runs", "maybe": "may run", "no": "does not run"}
    on = f"; {state[holder.holds(setting.on)]} on {setting.on}" if setting.on is not None else ""
    witness = ", ".join(holder.attested_by) or "memory alone"
    return (
        f"{holder.name}: {what}{_dates(holder.start, holder.end)}{on} (source: {holder.source}; attested by {witness})"
    )


def _dates(start: str, end: str) -> str:
    if not start and not end:
        return ""
    return f", {start or '?'} to {end or 'open'}"
