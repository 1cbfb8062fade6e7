"""The notation in which passages of the corpus are written: text <-> records.

In: notation (`training/corpus/GUIDELINES.md` describes it) or records. Out: records (one JSON object a passage, with
code-point offsets), or notation again; compiling what was printed gives the same records. Raises NotationError with
file, line and reason.

    python -m training.notation compile FILE.txt [--prefix mena] > FILE.jsonl
    python -m training.notation print FILE.jsonl
    python -m training.notation check FILE.txt

It does not judge whether an annotation follows the guidelines: `corpus_check.py` does.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dragoman.knowledge.ontology import Ontology, load_ontology

Record = dict[str, Any]

REGISTERS = ("wire", "headline", "statement", "broadcast", "local", "analysis")
STATUSES = ("future", "hypothetical")
STANCES = ("asserts", "denies", "doubts")
NO_ONE = "-"

_HEAD = re.compile(r"^# (\d{4}-\d{2}-\d{2}) (\w+)(?: set=([\w-]+))?$")
_NUMBERED = re.compile(r"^(.*\S)#(\d+)$")
_SIZE = re.compile(r"(dead|injured|arrested)=(\d+)")


class NotationError(ValueError):
    """A line that breaks the notation."""

    def __init__(self, reason: str, *, file: str = "", line: int = 0) -> None:
        self.reason, self.file, self.line = reason, file, line
        super().__init__(f"{file}:{line}: {reason}" if line else reason)


@dataclass(slots=True)
class _Block:
    """The lines of one passage, with where they stand."""

    line: int
    rows: list[tuple[int, str]] = field(default_factory=list)


def blocks(text: str) -> Iterator[_Block]:
    """The passages of a file: runs of lines parted by blank lines."""
    block: _Block | None = None
    for number, row in enumerate(text.splitlines(), start=1):
        if not row.strip():
            if block is not None:
                yield block
            block = None
            continue
        if block is None:
            block = _Block(number)
        block.rows.append((number, row.rstrip()))
    if block is not None:
        yield block


def compile_text(
    text: str, ontology: Ontology, *, prefix: str = "p", file: str = ""
) -> tuple[list[Record], list[NotationError]]:
    """Records of all passages that follow the notation, and the errors of the others."""
    records: list[Record] = []
    errors: list[NotationError] = []
    for number, block in enumerate(blocks(text), start=1):
        try:
            records.append(compile_passage(block.rows, ontology, f"{prefix}-{number:04d}", file))
        except NotationError as error:
            errors.append(error)
    return records, errors


def compile_passage(rows: Sequence[tuple[int, str]], ontology: Ontology, name: str, file: str = "") -> Record:
    """The record of one passage, given as (line number, line). Raises NotationError."""
    at = rows[0][0]
    try:
        head = _HEAD.match(rows[0][1])
        if head is None:
            raise NotationError(f"no head line `# YYYY-MM-DD register [set=name]`: {rows[0][1]!r}")
        if head[2] not in REGISTERS:
            raise NotationError(f"register {head[2]!r} is none of {', '.join(REGISTERS)}")
        kinds: dict[str, list[tuple[int, str]]] = {kind: [] for kind in "TPEN"}
        for at, row in rows[1:]:
            kind, _, rest = row.partition(" ")
            if kind not in kinds or not rest.strip():
                raise NotationError(f"a line begins with T, P, E or N and something after it: {row!r}")
            kinds[kind].append((at, rest.strip()))
        if len(kinds["T"]) != 1:
            raise NotationError("a passage has one T line")
        text = kinds["T"][0][1]
        parties: dict[str, tuple[str | None, str | None]] = {}
        for number, rest in kinds["P"]:
            at = number
            words, party = _party(rest, text)
            parties[words] = party
        events: list[Record] = []
        for number, rest in kinds["E"]:
            at = number
            events.append(_event(rest, text, parties, ontology))
        at = rows[0][0]
        if bool(events) == bool(kinds["N"]):
            raise NotationError("a passage has either E lines or one N line")
        used = {p["text"] for e in events for role in ("actors", "recipients") for p in e[role]}
        for words in parties:
            if _bare(words) not in used:
                raise NotationError(f"P names {words!r}, which no event uses")
    except NotationError as error:
        raise NotationError(error.reason, file=file, line=at) from error
    events.sort(key=lambda e: (e["trigger"]["start"], e["trigger"]["end"], e["event"]))
    return {
        "id": name,
        "published": head[1],
        "register": head[2],
        "set": head[3],
        "text": text,
        "events": events,
        "none": kinds["N"][0][1] if kinds["N"] else None,
    }


def _party(rest: str, text: str) -> tuple[str, tuple[str | None, str | None]]:
    words, sign, code = rest.rpartition("=")
    if not sign:
        raise NotationError(f"P needs `words = PARTY [SECTOR]`: {rest!r}")
    words = words.strip()
    locate(words, text)
    codes = code.split()
    if not 1 <= len(codes) <= 2:
        raise NotationError(f"P needs a party and at most one sector: {rest!r}")
    party = None if codes[0] == NO_ONE else codes[0]
    return words, (party, codes[1] if len(codes) == 2 else None)


def _event(rest: str, text: str, parties: Mapping[str, tuple[str | None, str | None]], ontology: Ontology) -> Record:
    columns = [column.strip() for column in rest.split("|")]
    if not 3 <= len(columns) <= 4:
        raise NotationError(f"E has 3 or 4 columns parted by |: {rest!r}")
    trigger = locate(columns[0], text)
    action, category, modes = _code(columns[1], ontology)
    left, arrow, right = columns[2].partition(">")
    if not arrow:
        raise NotationError(f"E needs `actors > recipients`: {columns[2]!r}")
    event: Record = {
        "trigger": trigger,
        "action": action,
        "event": category,
        "modes": modes,
        "contexts": list(ontology.actions[action].contexts) if action else [],
        "actors": _role(left, text, parties),
        "recipients": _role(right, text, parties),
        "status": "actual",
        "negated": False,
        "historical": False,
        "about": None,
        "time": None,
        "place": None,
        "attribution": [],
        "size": None,
    }
    for item in columns[3].split(";") if len(columns) == 4 else ():
        if item.strip():
            _attribute(item.strip(), event, text, ontology)
    return event


def _code(code: str, ontology: Ontology) -> tuple[str | None, str, list[str]]:
    """(leaf action or none, category, modes) of a code."""
    action = ontology.actions.get(code)
    if action is not None:
        return action.id, action.category, list(action.modes)
    category, _, mode = code.partition("/")
    if category not in ontology.categories:
        raise NotationError(f"{code!r} is no leaf action and no category")
    return None, category, [_mode(category, mode, ontology)] if mode else []


def _mode(category: str, mode: str, ontology: Ontology) -> str:
    if (category, mode) not in ontology.modes:
        raise NotationError(f"{category} has no mode {mode!r}")
    return mode


def _role(names: str, text: str, parties: Mapping[str, tuple[str | None, str | None]]) -> list[Record]:
    found: list[Record] = []
    for name in names.split("&"):
        words = name.strip()
        if words in ("", NO_ONE):
            continue
        known = parties.get(words, parties.get(_bare(words)))
        if known is None:
            raise NotationError(f"{words!r} has no P line")
        found.append({**locate(words, text), "party": known[0], "sector": known[1]})
    return found


def _attribute(item: str, event: Record, text: str, ontology: Ontology) -> None:
    key, colon, value = item.partition(":")
    value = value.strip()
    if item in STATUSES:
        event["status"] = item
    elif item == "neg":
        event["negated"] = True
    elif item == "hist":
        event["historical"] = True
    elif item.startswith("+"):
        mode = _mode(event["event"], item[1:].strip(), ontology)
        if mode not in event["modes"]:
            event["modes"].append(mode)
    elif not colon:
        raise NotationError(f"unknown attribute {item!r}")
    elif key == "about":
        action, category, modes = _code(value, ontology)
        event["about"] = {"action": action, "event": category, "modes": modes}
    elif key in ("time", "place"):
        event[key] = locate(value, text)
    elif key == "by":
        event["attribution"].append(_speaker(value, text))
    elif key == "ctx":
        for name in value.split():
            if name not in ontology.contexts:
                raise NotationError(f"unknown context {name!r}")
            if name not in event["contexts"]:
                event["contexts"].append(name)
    elif key == "size":
        counts = {name: int(number) for name, number in _SIZE.findall(value)}
        if not counts:
            raise NotationError(f"size needs dead=, injured= or arrested=: {value!r}")
        event["size"] = {name: counts.get(name) for name in ("dead", "injured", "arrested")}
    else:
        raise NotationError(f"unknown attribute {item!r}")


def _speaker(value: str, text: str) -> Record:
    parts = [part.strip() for part in value.split(" / ")]
    if len(parts) < 2:
        raise NotationError(f"by: needs `speaker / cue`: {value!r}")
    stance, kind = "asserts", "indirect"
    for extra in parts[2:]:
        if extra in STANCES:
            stance = extra
        elif extra in ("direct", "indirect"):
            kind = extra
        else:
            raise NotationError(f"{extra!r} is no stance and no kind of speech")
    speaker = None if parts[0] == NO_ONE else locate(parts[0], text)
    return {"speaker": speaker, "cue": locate(parts[1], text), "stance": stance, "kind": kind}


def _bare(words: str) -> str:
    numbered = _NUMBERED.match(words)
    return numbered[1] if numbered else words


def locate(words: str, text: str) -> Record:
    """The span of quoted words: their first place as whole words, or the one that `#n` names. Raises NotationError."""
    numbered = _NUMBERED.match(words)
    bare, wanted = (numbered[1], int(numbered[2])) if numbered else (words, 1)
    places = _places(bare, text)
    if len(places) < wanted:
        raise NotationError(f"the text has {bare!r} {len(places)} times" if places else f"the text has no {bare!r}")
    start = places[wanted - 1]
    return {"text": bare, "start": start, "end": start + len(bare)}


def _places(words: str, text: str) -> list[int]:
    """Where `words` stand in `text`, not inside a longer word."""
    found: list[int] = []
    start = text.find(words)
    while start >= 0:
        end = start + len(words)
        inside = (start > 0 and text[start - 1].isalnum() and words[0].isalnum()) or (
            end < len(text) and text[end].isalnum() and words[-1].isalnum()
        )
        if not inside:
            found.append(start)
        start = text.find(words, start + 1)
    return found


# printing


def print_passage(record: Mapping[str, Any], ontology: Ontology) -> str:
    """The notation of one record."""
    text = record["text"]
    rows = [f"# {record['published']} {record['register']}" + (f" set={record['set']}" if record["set"] else "")]
    rows.append(f"T {text}")
    seen: set[str] = set()
    for event in record["events"]:
        for party in (*event["actors"], *event["recipients"]):
            words = _quoted(party, text)
            if words not in seen:
                seen.add(words)
                sector = f" {party['sector']}" if party["sector"] else ""
                rows.append(f"P {words} = {party['party'] or NO_ONE}{sector}")
    rows.extend(_printed_event(event, text, ontology) for event in record["events"])
    if record["none"]:
        rows.append(f"N {record['none']}")
    return "\n".join(rows) + "\n"


def _printed_event(event: Mapping[str, Any], text: str, ontology: Ontology) -> str:
    given = _code(_printed_code(event), ontology)
    roles = " > ".join(" & ".join(_quoted(p, text) for p in event[role]) or NO_ONE for role in ("actors", "recipients"))
    row = f"E {_quoted(event['trigger'], text)} | {_printed_code(event)} | {roles}"
    extras = [] if event["status"] == "actual" else [event["status"]]
    extras += ["neg"] if event["negated"] else []
    extras += ["hist"] if event["historical"] else []
    extras += [f"+{mode}" for mode in event["modes"] if mode not in given[2]]
    extras += [f"about: {_printed_code(event['about'])}"] if event["about"] else []
    extras += [f"{key}: {_quoted(event[key], text)}" for key in ("time", "place") if event[key]]
    for link in event["attribution"]:
        parts = [_quoted(link["speaker"], text) if link["speaker"] else NO_ONE, _quoted(link["cue"], text)]
        parts += [link["stance"]] if link["stance"] != "asserts" else []
        parts += ["direct"] if link["kind"] == "direct" else []
        extras.append("by: " + " / ".join(parts))
    brought = ontology.actions[event["action"]].contexts if event["action"] else ()
    contexts = [name for name in event["contexts"] if name not in brought]
    extras += ["ctx: " + " ".join(contexts)] if contexts else []
    if event["size"]:
        extras.append("size: " + " ".join(f"{k}={v}" for k, v in event["size"].items() if v is not None))
    return f"{row} | {'; '.join(extras)}" if extras else row


def _printed_code(code: Mapping[str, Any]) -> str:
    if code["action"]:
        return str(code["action"])
    return "/".join((code["event"], *code["modes"][:1]))


def _quoted(span: Mapping[str, Any], text: str) -> str:
    number = _places(span["text"], text).index(span["start"]) + 1
    return str(span["text"]) if number == 1 else f"{span['text']}#{number}"


# files


def read_records(paths: Iterable[Path]) -> list[Record]:
    """The records of corpus files, in the order of the files' names."""
    return [
        json.loads(line) for path in sorted(paths) for line in path.read_text(encoding="utf-8").splitlines() if line
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Compile, print or check one file; 1 where a passage breaks the notation."""
    parser = argparse.ArgumentParser(prog="python -m training.notation", description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("compile", "print", "check"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--prefix", help="of the passages' ids (default: the file's name)")
    args = parser.parse_args(arguments)
    ontology = load_ontology()
    if args.what == "print":
        print("\n".join(print_passage(record, ontology) for record in read_records([args.file])), end="")
        return 0
    text = args.file.read_text(encoding="utf-8")
    records, errors = compile_text(text, ontology, prefix=args.prefix or args.file.stem, file=args.file.name)
    for error in errors:
        print(error, file=sys.stderr)
    if args.what == "compile":
        for record in records:
            print(json.dumps(record, ensure_ascii=False))
    else:
        print(f"{len(records)} passages follow the notation, {len(errors)} do not", file=sys.stderr)
    return int(bool(errors))


if __name__ == "__main__":
    sys.exit(main())
