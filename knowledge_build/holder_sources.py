"""Raw tables of who held which office, read into `Term` records, one a row of the source.

In: the folder of raw tables (leaders by week 2020-2026 and cabinets of June 2019 from the CIA, heads of state 2021 from
Wikidata, rulers 1945-2021 from REIGN, releases of the US State Department 2021-2022) and our own hand rows. Out: lists
of `Term`, each telling the row it comes from. It decides nothing between sources: holders.py does.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from knowledge_build.holder_names import PersonName, bare_name, from_caps

RECALLED = "hand: recalled"
HERE = Path(__file__).parent
LAST_LISTED = "2026-05-17"  # the last week of the table of leaders
LAST_CHANGED = "2026-01-22"  # the last week in which anything in it changed: later weeks repeat it and show nothing
STALE = "2020-11-23"  # a first week that repeats pages of earlier years: it shows who began, not who still held


@dataclass(frozen=True, slots=True)
class Term:
    """One statement of a source that a person held an office. `seen_from`, `seen_to`: days on which it shows that."""

    country: str
    office: str
    person: PersonName
    title: str
    start: str
    end: str
    seen_from: str
    seen_to: str
    open: bool
    source: str
    attested: str  # empty: memory only
    wikidata: str = ""


def table(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file with a header."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def codes(column: str) -> dict[str, str]:
    """From the codes of one scheme (factbook_code, iso2, cow, name) to party codes, as states_codes.csv has them."""
    known = {row[column]: row["id"] for row in table(HERE / "states_codes.csv") if row.get(column)}
    for row in table(HERE / "holder_codes.csv"):
        if row["scheme"] == column:
            known[row["code"]] = row["party"]
    return known


def hand_terms() -> Iterator[Term]:
    """Rows of holders_hand.csv: written from memory by people who are sure of them, to the precision given."""
    for row in table(HERE / "holders_hand.csv"):
        variants = tuple(filter(None, row["variants"].split("|")))
        yield Term(
            row["country"], row["office"], PersonName(row["name"], row["family"], variants), "", row["start"],
            row["end"], row["start"], row["known_to"], row["open"] == "yes", "hand: sure of", "",
        )  # fmt: skip


def recalled_terms() -> Iterator[Term]:
    """Rows of holders_recalled.csv, written from memory in bulk: laid last, they change nothing that others say."""
    for row in table(HERE / "holders_recalled.csv"):
        variants = tuple(filter(None, row["variants"].split("|")))
        yield Term(
            row["country"], row["office"], PersonName(row["name"], row["family"], variants), "", row["start"],
            row["end"], row["start"], row["known_to"], row["open"] == "yes", RECALLED, "",
        )  # fmt: skip


_SINCE = re.compile(r"(?:(\d{1,2})\s*)?([A-Z][a-z]{2,8})\.?\s*(\d{4})|^(\d{4})$")
_MONTHS = {name: f"{i:02d}" for i, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}  # noqa: SIM905


def since(text: str) -> str:
    """The first date in a remark such as "13 July 2016, reelected ..." as a partial ISO date; empty if none."""
    match = _SINCE.search(text.replace("\xa0", " "))
    if not match:
        return ""
    if match[4]:
        return match[4]
    month = _MONTHS.get(match[2][:3].lower())
    if not month:
        return match[3]
    return f"{match[3]}-{month}-{int(match[1]):02d}" if match[1] else f"{match[3]}-{month}"


def factbook_terms(raw: Path) -> list[Term]:
    """Spells of the leaders listed by week: one `Term` a person, office and day of beginning."""
    country_of = codes("factbook_code")
    titles = table(HERE / "factbook_titles.csv")
    patterns = [(re.compile(row["pattern"], re.IGNORECASE), row["office"]) for row in titles]
    skipped = re.compile(r"represented by|vacant|governorate|\bnote\b|elect\b|designate", re.IGNORECASE)
    corrections = {
        (row["country"], row["family"].lower(), row["since"], row["office"]): row["start"]
        for row in table(HERE / "factbook_corrections.csv")
    }
    spells: dict[tuple[str, str, str, str], Term] = {}
    for number, row in enumerate(table(raw / "leaders_factbook_2020_2026.csv"), 2):
        country = country_of.get(row["factbook_code"])
        text = row["title_and_name"].strip()
        if not country or not text or skipped.search(text):
            continue
        text = re.sub(r"^(?:Co-|executive |second |first |third )", "", text)
        office = next((office for pattern, office in patterns if pattern.match(f"{row['office']}: {text}")), None)
        if office is None:
            continue
        name = from_caps(bare_name(text))
        if name is None or " and " in name.full:
            continue
        title = text[: text.find(name.full.split()[0])].strip(" ,") if name.full.split()[0] in text else ""
        stale = row["last_listed"] == STALE
        key = (country, name.family.lower(), since(row["since"]))
        begin = corrections.get((*key, office)) or corrections.get((*key, "")) or since(row["since"])
        if begin == "none":
            continue
        seen_to = begin if stale else min(row["last_listed"], LAST_CHANGED)
        term = Term(
            country, office, name, title, begin, "", begin or row["first_listed"], seen_to,
            row["last_listed"] == LAST_LISTED, "CIA World Factbook", f"leaders_factbook_2020_2026.csv:{number}",
        )  # fmt: skip
        crown = re.match("King |Queen ", text) and country in REALMS
        if office == "head-of-state" and (country in TERRITORIES or crown):
            continue
        spell = (country, office, name.family.lower(), begin)
        old = spells.get(spell)
        if old is not None:
            first = old if old.seen_to >= term.seen_to else term
            both = (term.person, old.person)
            variants = {text for name in both for text in (name.full, *name.variants)} - {first.person.full}
            term = replace(
                first, person=PersonName(first.person.full, first.person.family, tuple(sorted(variants))),
                seen_from=min(old.seen_from, term.seen_from), open=old.open or term.open,
            )  # fmt: skip
        spells[spell] = term
    terms = sorted(spells.values(), key=lambda term: (term.start, term.country, term.office, term.person.full))
    heads = [term for term in terms if term.office == "head-of-government"]
    premiers = [term for term in heads if re.search("Premier|Prime", term.title)]
    return [term for term in terms if not beside_premier(term, premiers)]


def beside_premier(term: Term, premiers: list[Term]) -> bool:
    """Whether a president is listed as head of government while a prime minister is: the office is the latter's."""
    return (
        term.office == "head-of-government" and "President" in term.title and "Prime" not in term.title
        and any(
            other.country == term.country and (other.start or other.seen_from) <= term.seen_to
            and term.start <= other.seen_to for other in premiers
        )
    )  # fmt: skip


REALMS = frozenset("ATG AUS BHS BLZ CAN GRD JAM NZL PNG KNA LCA VCT SLB TUV BRB".split())  # noqa: SIM905
TERRITORIES = frozenset("HKG MAC GRL FRO BMU".split())  # noqa: SIM905


def cabinet_terms(raw: Path) -> Iterator[Term]:
    """The cabinets of June 2019: each row shows somebody in office in that month, and nothing else."""
    country_of = codes("iso2")
    person = r"(?:min\.|minister|sec\.|secretary|cabinet sec\.|cabinet secretary|federal minister)[, ]+(?:of|for) "
    person += "(?:the )?"
    patterns = [
        (re.compile(row["pattern"].replace("MINISTER ", person), re.IGNORECASE), row["office"])
        for row in table(HERE / "cabinet_offices.csv")
    ]
    by_country = {
        (row["country"], row["title"]): row["office"] for row in table(HERE / "cabinet_exceptions.csv")
    }
    for number, row in enumerate(table(raw / "cabinets_cia_2019_06.csv"), 2):
        country = country_of.get(row["iso2"].upper())
        name = from_caps(row["person"].replace("(Acting)", ""))
        if not country or name is None or " and " in name.full:
            continue
        office = by_country.get((country, row["office"])) or next(o for p, o in patterns if p.search(row["office"]))
        if (office == "head-of-state" and country in REALMS) or office == "none":
            continue
        yield Term(
            country, office, name, row["office"], "", "", "2019-06", "2019-06", False,
            "CIA World Leaders, June 2019", f"cabinets_cia_2019_06.csv:{number}",
        )  # fmt: skip


_GOVERNS = re.compile(
    "executive yuan|council of ministers|prime minister|chancellor|taoiseach|premier|head of government"
    "|president of the government"
)
_REIGNS = re.compile(
    "(?:federal )?(?:president of|king of|queen of|emperor|emir|sultan|monarch|supreme leader|pope|prince)"
)


def wikidata_terms(raw: Path) -> Iterator[Term]:
    """Heads of state and government around 2021, with years and Wikidata ids."""
    country_of = codes("name")
    for number, row in enumerate(table(raw / "world_leaders_2021_wikidata.csv"), 2):
        label, country = row["positionLabel"].lower(), country_of.get(row["country"])
        if not country or ("minister of" not in label and not row["officeholderLabel"]):
            continue
        if re.search(r"governorate|pontifical commission", label):
            continue
        if _GOVERNS.search(label):
            office = "head-of-government"
        elif _REIGNS.match(label):
            office = "head-of-state"
        elif label.startswith("governor"):
            office = "governor-general"
        else:
            continue
        if office == "head-of-state" and country in REALMS:
            continue
        if country == "IRN" and label.startswith("president"):
            office = "head-of-government"
        label = re.sub(r" of (?:the )?[A-Z][\w ]+$| I of .*$", "", row["officeholderLabel"])
        name = PersonName(label, label.split()[-1])
        if row["start_year"] == row["end_year"]:
            continue  # acting for some weeks: years cannot place that
        yield Term(
            country, office, name, row["positionLabel"], row["start_year"], row["end_year"], row["start_year"],
            row["end_year"] or max("2021", row["start_year"]), False, "Wikidata 2021",
            f"world_leaders_2021_wikidata.csv:{number}", row["officeholder"],
        )  # fmt: skip


def reign_terms(raw: Path) -> Iterator[Term]:
    """Rulers 1945-2021. Days of REIGN are often those of an election, so terms are kept to the month.

    Since 2000 office and name are those of reign_offices.csv and reign_names.csv; before, `leader`: who ruled.
    """
    country_of = codes("cow")
    offices: dict[str, list[tuple[str, str]]] = {}
    for row in table(HERE / "reign_offices.csv"):
        offices.setdefault(row["cow"], []).append((row["from"], row["office"]))
    names = {row["leadid"]: row for row in table(HERE / "reign_names.csv")}
    for number, row in enumerate(table(raw / "reign_leaders_1945_2021.csv"), 2):
        start = f"{int(row['syear']):04d}-{int(row['smonth']):02d}"
        end = f"{int(row['eyear']):04d}-{int(row['emonth']):02d}" if row["eyear"] else ""
        cow = row["stateabb"]
        if cow == "YUG" and start >= "2003-02":
            cow = "SCG" if start < "2006-06" else "SRB"
        country = cow if cow == "YUG" else "SUN" if cow == "RUS" and start < "1991-08" else country_of.get(cow)
        leader = re.sub(r"\((?:f|acting|\d\w\w time)\)", "", row["leader"]).strip()
        if "Ã" in leader or "Å" in leader or "Ä" in leader:
            leader = leader.encode("cp1252", errors="ignore").decode("utf-8", errors="ignore")
        if not country or "&" in leader or " and " in leader:
            continue
        office = "leader"
        if (end or "9999") >= "2000":
            since_then = [o for begin, o in offices.get(row["stateabb"], []) if begin <= row_day(row)]
            office = since_then[-1] if since_then else "leader"
        known = names.get(row["leadid"])
        if known is not None:
            if known["office"] == "none":
                continue
            name = PersonName(known["name"], known["family"], tuple(filter(None, known["variants"].split("|"))))
            office = known["office"] or office
        else:
            words = leader.split()
            name = PersonName(leader, words[-1] if country not in FAMILY_FIRST else words[0])
        yield Term(
            country, office, name, "", start, end, start, end or "2021-01", False, "REIGN 2021",
            f"reign_leaders_1945_2021.csv:{number}",
        )  # fmt: skip


FAMILY_FIRST = frozenset(["CHN", "PRK", "KOR", "TWN", "VNM", "KHM", "SGP", "JPN"])


def row_day(row: Mapping[str, str]) -> str:
    """The day on which a REIGN term begins."""
    return f"{int(row['syear']):04d}-{int(row['smonth']):02d}-{int(row['sdate']):02d}"


@dataclass(frozen=True, slots=True)
class Attestation:
    """A release that calls somebody the holder of an office: "Turkish Foreign Minister Mevlüt Çavuşoğlu"."""

    country: str
    office: str
    name: str
    day: str
    url: str


_NAME = r"((?:(?:Dr\.|Sheikh|Sayyid|Sir|Mr\.|Ms\.|H\.E\.|Dato) )?(?:[^\W\d_a-z][\w’'-]+|[A-Z]\.)(?: (?:(?:bin|bint|al|Al|el|de|da|dos|van|der|von|di|del|La|Le) )*(?:(?:al|Al|El|el)-)?(?:[^\W\d_a-z][\w’'-]+|[A-Z]\.)){1,3})"  # noqa: E501
_TITLES = {
    "Foreign Minister": "foreign-minister", "Minister of Foreign Affairs": "foreign-minister",
    "Minister for Foreign Affairs": "foreign-minister", "Minister of Foreign Relations": "foreign-minister",
    "External Affairs Minister": "foreign-minister", "Foreign Affairs Minister": "foreign-minister",
    "Defense Minister": "defence-minister", "Minister of Defense": "defence-minister",
    "Defence Minister": "defence-minister", "Minister of Defence": "defence-minister", "President": "head-of-state",
    "Prime Minister": "head-of-government",
}  # fmt: skip
_STOP = re.compile(
    r"\b(?:Secretary|The|Begin|And|In|As|On|Today|During|After|They|We|He|She|It|President|Prime|Minister|Foreign|Deputy|Monday|"
    r"Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|June|July|August|September|October|"
    r"November|December|United|States|U|National|Office|Both|Their|Our|Welcome|Good|Ambassador|Thank|Also|At|Before|For|Following)\b"
)


def attestations(releases: Path, adjectives: Iterable[tuple[str, str]]) -> list[Attestation]:
    """Mentions of the form country, title, full name in the releases. `adjectives`: (word for a country, its code)."""
    country_of = dict(adjectives)
    words = "|".join(sorted(map(re.escape, country_of), key=lambda word: (-len(word), word)))
    titles = "|".join(sorted(_TITLES, key=lambda title: -len(title)))
    pattern = re.compile(rf"(?<![\w-])({words})(?:’s|'s)? ({titles}) {_NAME}")
    found: list[Attestation] = []
    with releases.open(encoding="utf-8") as file:
        for line in file:
            release = json.loads(line)
            day = parsedate_to_datetime(release["date"]).date().isoformat()
            assert datetime.fromisoformat(day)
            for text in (release["title"], release["text"]):
                for match in pattern.finditer(text):
                    before = text[max(0, match.start() - 12) : match.start()].lower()
                    name = _STOP.split(match[3])[0].replace("’s", "").strip(" .'’")
                    name = re.sub(r"^(?:(?:II|Dr\.|Sheikh|Sayyid|Sir|Mr\.|Ms\.|H\.E\.|Dato) )+", "", name)
                    if len(name.split()) < 2 or re.search(r"former|late |vice |deputy |then|ex-", before):
                        continue
                    country = country_of[match[1]]
                    office = _TITLES[match[2]]
                    if country == "IRN" and match[2] == "President":
                        office = "head-of-government"  # the Supreme Leader is head of state
                    found.append(Attestation(country, office, name, day, release["url"]))
    return found
