"""Build the tables of states: names, codes, and who belongs to which organisation.

In: the World Factbook's countries as CSV (public domain), and the hand-kept tables beside this script:
`states_codes.csv` (ISO, COW, dates, Wikidata), `state_names.csv` (what news call states; kind `skip` rules out a
reading of the Factbook), `member_codes.csv` (which abbreviation of the Factbook is which organisation),
`member_corrections.csv` (members with their dates). Out: `states.csv`, `state_names.csv` and
`organisation_members.csv` of `tables/actors/`. It reads only cells of a plain shape; the rest is written by hand.

    python -m knowledge_build.states countries_factbook_2026.csv
"""

from __future__ import annotations

import csv
import html
import re
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent
TABLES = HERE.parent / "src" / "dragoman" / "knowledge" / "tables" / "actors"
FACTBOOK = "CIA World Factbook 2026"
CODES = "GeoNames (ISO), REIGN (COW), Wikidata"
CODE_FIELDS = ("id", "name", "start", "end", "wikidata", "iso2", "iso3", "cow", "cow_number", "un")
STATE_FIELDS = (*CODE_FIELDS[:2], "kind", "party", "country", "sector", *CODE_FIELDS[2:], "capital", "source")
NAME_FIELDS = ("id", "entity", "text", "kind", "sector", "start", "end", "case", "ambiguous", "source")
MEMBER_FIELDS = ("id", "organisation", "member", "status", "start", "end", "source")
# A trailing bracket of the Factbook that says how a party belongs; brackets not listed here mean no membership.
MEMBER_STATUS = {"": "member", "permanent": "member", "temporary": "member", "regional": "member",
                 "nonregional member": "member", "nonregional members": "member", "suspended": "suspended",
                 "Chinese Taipei": "member", "national committees": "", "NGOs": ""}  # fmt: skip


def read(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file with a header."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def write(path: Path, fields: Iterable[str], rows: Iterable[dict[str, str]]) -> None:
    """Write rows with LF line ends, in the order given."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(fields), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def slug(text: str) -> str:
    """A lower-case ASCII id of a name: letters and digits, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def plain(cell: str) -> str:
    """A cell without HTML entities and notes: `&ocirc;` becomes ô, what follows ' note' or ';' is dropped."""
    text = html.unescape(cell).split(";")[0].split(" note ")[0].strip()
    return "" if text.lower() in {"none", "na"} else text


def long_name(cell: str) -> str:
    """The conventional long form, without a leading article or a trailing remark."""
    return re.sub(r"\s*\(.*", "", plain(cell)).removeprefix("The ").strip()


def capital(cell: str) -> str:
    """The first place named: `Yaounde`; nothing where the cell tells a story."""
    name = re.split(r"[(,;]| in ", plain(cell))[0].strip()
    return name if 0 < len(name.split()) <= 4 else ""


def adjectives(cell: str) -> list[str]:
    """`Saudi or Saudi Arabian` gives both; bracketed remarks are dropped."""
    text = re.sub(r"\([^)]*\)", "", plain(cell))
    return [part.strip() for part in re.split(r",| or ", text) if part.strip()]


def demonyms(cell: str) -> list[str]:
    """`Algerian(s)` gives Algerian, Algerians; `Dutchman(men)` gives Dutchman, Dutchmen."""
    found: list[str] = []
    for part in re.split(r",| or ", plain(cell)):
        name, _, remark = part.strip().removeprefix("or ").partition("(")
        name, remark = name.strip(), remark.rstrip(")").strip()
        if not name:
            continue
        found.append(name)
        if remark.startswith("s") and not remark.startswith("singular"):
            found.append(name + "s")
        elif remark in {"men", "women"}:
            found.append(name[: -len("man")] + "men")
    return found


def factbook_names(row: dict[str, str], entity: str) -> list[dict[str, str]]:
    """Name rows that the Factbook gives for one state, in a fixed order."""
    found: list[tuple[str, str]] = [("short", re.sub(r"\s*\(.*", "", plain(row["short"])).removeprefix("The "))]
    found.append(("long", long_name(row["long"])))
    abbreviation = re.sub(r"\s*\(.*", "", plain(row["abbreviation"]))
    found += [("acronym", abbreviation)] if abbreviation else []
    found += [("adjective", text) for text in adjectives(row["nationality_adjective"])]
    found += [("demonym", text) for text in demonyms(row["nationality_noun"])]
    found.append(("capital", capital(row["capital"])))
    return [
        {"entity": entity, "kind": kind, "text": text, "case": "sensitive", "source": FACTBOOK}
        for kind, text in found
        if text
    ]


def build_names(codes: list[dict[str, str]], factbook: dict[str, dict[str, str]]) -> list[dict[str, str]]:
    """Names by hand first, then those of the Factbook that no hand row gives or rules out."""
    hand = read(HERE / "state_names.csv")
    skip = {(row["entity"], row["text"]) for row in hand if row["kind"] == "skip"}
    by_state: dict[str, list[dict[str, str]]] = {row["id"]: [] for row in codes}
    for row in hand:
        if row["kind"] != "skip":
            by_state[row["entity"]].append(row)
    rows: list[dict[str, str]] = []
    for code in codes:
        entity = code["id"]
        book = factbook.get(code["factbook_code"])
        candidates = by_state[entity] + (factbook_names(book, entity) if book else [])
        taken: set[tuple[str, str, str, str]] = set()
        texts: set[str] = set()
        for row in candidates:
            kind = "name" if row["kind"] in {"short", "long", "variant"} else row["kind"]
            key = (kind, row["text"], row.get("sector", ""), row.get("start", ""))
            # A capital called like its state (Singapore) would only repeat the state's name.
            repeats = row["kind"] == "capital" and row["text"] in texts
            if key in taken or repeats or (row["source"] == FACTBOOK and (entity, row["text"]) in skip):
                continue
            if row["source"] == FACTBOOK and any(key[:2] == other[:2] for other in taken):
                continue
            taken.add(key)
            texts.add(row["text"])
            rows.append(row)
    return numbered(rows)


def numbered(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Rows with ids made of entity, kind and text (and the start where one text has several periods)."""
    used: set[str] = set()
    out = []
    for row in rows:
        name = f"{row['entity']}/{row['kind']}/{slug(row['text'])}"
        if name in used and row.get("start"):
            name += f"/{row['start']}"
        serial = 2
        while name in used:
            name = f"{row['entity']}/{row['kind']}/{slug(row['text'])}.{serial}"
            serial += 1
        used.add(name)
        out.append({**row, "id": name})
    return out


def build_states(codes: list[dict[str, str]], factbook: dict[str, dict[str, str]]) -> list[dict[str, str]]:
    """One row a state."""
    rows = []
    for code in codes:
        book = factbook.get(code["factbook_code"])
        place = capital(book["capital"]) if book else ""
        row = {key: code[key] for key in CODE_FIELDS}
        row |= {"kind": "state", "party": code["id"], "country": code["id"], "capital": place}
        row["source"] = f"{FACTBOOK}; {CODES}" if book else f"hand; {CODES}"
        rows.append(row)
    return rows


def memberships(cell: str) -> list[tuple[str, str]]:
    """Pairs of abbreviation and remark: `OAS (observer)` gives ("OAS", "observer")."""
    pairs = []
    for part in re.split(r",(?![^(]*\))", html.unescape(cell)):
        name, _, remark = part.strip().partition("(")
        pairs.append((name.strip(), remark.split(")")[0].strip()))
    return pairs


def build_members(codes: list[dict[str, str]], factbook: dict[str, dict[str, str]]) -> list[dict[str, str]]:
    """One row an organisation and member, of the organisations that `member_codes.csv` lists."""
    known = {row["factbook"]: row["organisation"] for row in read(HERE / "member_codes.csv")}
    corrections = {(row["organisation"], row["member"]): row for row in read(HERE / "member_corrections.csv")}
    found: dict[tuple[str, str], dict[str, str]] = {}
    for code in codes:
        book = factbook.get(code["factbook_code"])
        for name, remark in memberships(book["igo_membership"]) if book else []:
            status = MEMBER_STATUS.get(remark, "")
            if name in known and status:
                key = (known[name], code["id"])
                found[key] = {"status": status, "source": FACTBOOK}
    for key, row in corrections.items():
        if row["status"] == "none":
            found.pop(key, None)
        else:
            found[key] = {name: row[name] for name in ("status", "start", "end", "source")}
    return [
        {"id": f"{organisation}/{member}", "organisation": organisation, "member": member, **rest}
        for (organisation, member), rest in sorted(found.items())
    ]


def main(arguments: list[str]) -> None:
    """Write the three tables. The one argument is the Factbook's CSV file."""
    factbook = {row["factbook_code"]: row for row in read(Path(arguments[0]))}
    codes = read(HERE / "states_codes.csv")
    write(TABLES / "states.csv", STATE_FIELDS, build_states(codes, factbook))
    write(TABLES / "state_names.csv", NAME_FIELDS, build_names(codes, factbook))
    write(TABLES / "organisation_members.csv", MEMBER_FIELDS, build_members(codes, factbook))


if __name__ == "__main__":
    main(sys.argv[1:])
