"""Commands that hold records against their own hashes and against one another: verify, diff."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from dragoman.cli.ending import EXIT_ERROR, counted, ending_well, tell, usage
from dragoman.cli.study import Figures, RecordFolder, is_table

if TYPE_CHECKING:
    from dragoman.record.differences import Difference, Kind
    from dragoman.record.failures import Failure


class Compared(StrEnum):
    """What two records are compared by."""

    article = "article"
    mention = "mention"
    event = "event"


def verify(record: RecordFolder, form: Figures = None) -> None:
    """Find every quote, span, hash and id of a record again, and tell what does not fit. Exit code 1: something."""
    from dragoman.explore.study_tables import failure_row
    from dragoman.record.verification import verify as check

    failures = 0
    as_table = is_table(form)

    def told(failure: Failure) -> None:
        nonlocal failures
        failures += 1
        if as_table:
            where = " ".join(each for each in (failure.article, failure.mention) if each)
            print(f"{failure.file}: {where + ': ' if where else ''}{' '.join(failure.reason.split())}")
        else:
            print(json.dumps(failure_row(failure), ensure_ascii=False))

    with ending_well():
        looked_at = check(record, told)
    what = ", ".join(
        counted(number, name)
        for name, number in (
            ("file", looked_at.files),
            ("article", looked_at.articles),
            ("mention", looked_at.mentions),
            ("span", looked_at.spans),
        )
    )
    tell(f"dragoman: {what}: {counted(failures, 'thing') + ' wrong' if failures else 'all as it was written'}")
    if failures:
        raise typer.Exit(EXIT_ERROR)


def diff(
    old: Annotated[Path, typer.Argument(help="The folder of one record, or of an earlier state.")],
    new: Annotated[Path, typer.Argument(help="The folder of the other.")],
    only: Annotated[
        list[Compared] | None, typer.Option("--only", help="Compare only these (repeat). Default: all three.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="FIELD", help="Fields that may differ (repeat).")
    ] = None,
    summary: Annotated[bool, typer.Option("--summary", help="Only the counts, by field.")] = False,
    form: Figures = None,
) -> None:
    """Show what was added, removed and changed between two records: articles, mentions, events by their mentions."""
    from dragoman.explore.study_tables import difference_row, summed
    from dragoman.record.differences import KINDS, comparable_fields, compared, differences

    kinds = cast("tuple[Kind, ...]", tuple(each.value for each in only) if only else KINDS)
    unknown = sorted(set(ignore or ()) - comparable_fields(kinds))
    if unknown:
        raise usage(f"--ignore {unknown[0]!r} is no field that is compared")
    with compared(old, new, kinds) as both, ending_well():
        if "event" in kinds and "event" not in both.kinds:
            tell("dragoman: one of the records was never merged: its events are not compared")
        changes = {kind: Counter[str]() for kind in both.kinds}
        fields = {kind: Counter[str]() for kind in both.kinds}
        for found in differences(both, ignore or ()):
            changes[found.kind][found.change] += 1
            fields[found.kind].update(list(found.fields))
            if not summary:
                print(_line(found) if is_table(form) else json.dumps(difference_row(found), ensure_ascii=False))
        if summary:
            _print_summary(changes, fields, as_table=is_table(form))
    tell(f"dragoman: {summed(changes)}")


def _print_summary(
    changes: Mapping[Kind, Mapping[str, int]], fields: Mapping[Kind, Counter[str]], *, as_table: bool
) -> None:
    if not as_table:
        print(json.dumps({kind: {"changes": changes[kind], "fields": fields[kind]} for kind in changes}))
        return
    for kind, told in fields.items():
        for name, number in told.most_common():
            print(f"{kind:8}  {name:24}  {number:>10,}")


def _line(found: Difference) -> str:
    from dragoman.explore.study_tables import difference_cells

    kind, change, which, about, what = difference_cells(found)
    return f"{kind:8}{change:10}{which:14}{about}{'   ' + what if what else ''}"
