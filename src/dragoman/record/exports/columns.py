"""The columns of exported tables: what each means and of what type it is, in our own words.

In: names of tables. Out: columns in order. Codebook, datapackage.json, Stata's labels and the readers are made from
these, so that none of them can say something else. It holds no rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["string", "integer", "number", "boolean", "date"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `label` is at most 80 characters long (Stata allows no more), `note` says the rest."""

    name: str
    kind: Kind
    label: str
    note: str = ""


def _party(role: str, who: str) -> tuple[Column, ...]:
    joined = "One a party, in the order of the other columns of this role, joined by |."
    return (
        Column(f"{role}_names", "string", f"Names of {who}", joined),
        Column(f"{role}_ids", "string", f"Ids of {who}", f"{joined} text:... stands for somebody whom no table knows."),
        Column(f"{role}_parties", "string", f"Units that {who} belong to", f"{joined} ISO alpha-3 or an organisation."),
        Column(
            f"{role}_countries", "string", f"Countries of {who}, ISO alpha-3", f"{joined} Empty: of no one country."
        ),
        Column(f"{role}_sectors", "string", f"PLOVER sectors of {who}", f"{joined} Empty: the state as a whole."),
        Column(f"{role}_texts", "string", f"Words that name {who}", joined),
    )


_ACT = (
    Column("event", "string", "PLOVER category, or STATEMENT"),
    Column("modes", "string", "Modes of the category", "Joined by |."),
    Column("contexts", "string", "PLOVER contexts", "Joined by |."),
    Column("cameo", "string", "CAMEO code, numbering of version 1.1b3", "Two to four digits: keep the leading zero."),
    Column("quad", "integer", "Quad class of PLOVER: 1 to 4, 0 for STATEMENT", "PROTEST is 4 here, 3 in GDELT."),
    Column("score", "number", "PLOVER score, -10 to 10", "Empty for STATEMENT only."),
    Column("about_event", "string", "Category of the act promised, asked for, refused or threatened"),
    Column("about_modes", "string", "Modes of that act", "Joined by |."),
)
_STANDING = (
    Column("trigger", "string", "Words that tell of the event"),
    Column("status", "string", "actual, future or hypothetical", "Count only what is actual, not negated, not past."),
    Column("negated", "boolean", "The report, or whom it quotes, says that it did not or will not happen"),
    Column("historical", "boolean", "It lies so long before the report that it is background, not news"),
)
_WHEN_AND_WHERE = (
    Column("date_start", "date", "First day of the event", "With date_end, both included."),
    Column("date_end", "date", "Last day of the event"),
    Column("date_granularity", "string", "How exact the date is: time, day, week, month, ... range"),
    Column("date_edtf", "string", "The date in EDTF (ISO 8601-2)"),
    Column("date_timex", "string", "The date in TIMEX3 (TimeML)"),
    Column("date_basis", "string", "text: words say it; publication: the day of the report stands in"),
    Column("place", "string", "Where it took place"),
    Column("place_country", "string", "Country of the place, ISO alpha-3"),
    Column("lat", "number", "Latitude in degrees (WGS 84), of the place or of the middle of the area"),
    Column("lon", "number", "Longitude in degrees (WGS 84)"),
    Column("geonames", "integer", "GeoNames id of the place"),
    Column("place_precision", "string", "place (town or smaller), region or country"),
)
_SAID = (
    Column("speakers", "string", "Who says so, outermost first", "Joined by |; empty: the outlet in its own voice."),
    Column("speaker_cues", "string", "Words of saying, one a speaker", "Joined by |."),
    Column("stances", "string", "asserts, denies or doubts, one a speaker", "Joined by |."),
    Column("dead", "integer", "Dead, as counted in the report"),
    Column("injured", "integer", "Injured, as counted in the report"),
    Column("arrested", "integer", "Detained, as counted in the report"),
)
_CONFIDENCE = Column("confidence", "number", "Probability that a careful coder would record the event")
_SOURCE = (
    Column("article", "string", "Id of the article: sha256 of publisher, URL, publication and text"),
    Column("ordinal", "integer", "Place of the mention among those of its article, from 0"),
)
_MENTIONS = (
    Column("id", "string", "Id of the mention", "A key: equal under new models as long as the trigger is."),
    *_SOURCE,
    Column("published", "string", "When the article was published: a day, or a moment with its offset from UTC"),
    Column("publisher", "string", "Who published the article"),
    Column("title", "string", "Title of the article"),
    Column("url", "string", "Address of the article"),
    Column("sentence", "integer", "Number of the sentence in the article, from 0"),
    *_ACT,
    *_party("actor", "those who act"),
    *_party("recipient", "those acted upon"),
    _STANDING[0],
    Column("trigger_start", "integer", "Where the trigger begins: code points from the start of the article"),
    Column("trigger_end", "integer", "Where it ends, excluded"),
    *_STANDING[1:],
    *_WHEN_AND_WHERE,
    *_SAID,
    Column("quote", "string", "The sentence"),
    Column("quote_start", "integer", "Where the sentence begins: code points from the start of the article"),
    Column("quote_end", "integer", "Where it ends, excluded"),
    _CONFIDENCE,
)
_EVENTS = (
    Column("id", "string", "Id of the event: that of its earliest mention", "A key."),
    Column("mentions", "integer", "How many mentions tell of it"),
    Column("articles", "integer", "In how many articles, copies counted"),
    Column("reports", "integer", "In how many articles that are no copies of another"),
    Column("publishers", "integer", "How many publishers, those of copies counted"),
    Column("first_published", "string", "When the first of its articles was published"),
    Column("last_published", "string", "When the last of its articles was published"),
    *_ACT,
    *_party("actor", "those who act"),
    *_party("recipient", "those acted upon"),
    *_STANDING,
    *_WHEN_AND_WHERE,
    *_SAID,
    _CONFIDENCE,
    Column("article", "string", "Article of the mention that stands for the event"),
    Column("ordinal", "integer", "Place of that mention among those of its article, from 0"),
    Column("quote", "string", "Sentence of that mention"),
    Column("title", "string", "Title of its article"),
    Column("url", "string", "Address of its article"),
    Column("publisher", "string", "Publisher of its article"),
    Column("conflicts", "string", "Fields on which the mentions differ, as JSON", "Each value with who says it."),
    Column("fulfils", "string", "Event that announced this one"),
    Column("cancels", "string", "Announced event that this one calls off"),
    Column("fulfilled_by", "string", "Event by which this announced one took place"),
    Column("cancelled_by", "string", "Event that calls off this announced one"),
)
_LINKS = (
    Column("event", "string", "Id of the event"),
    *_SOURCE,
    Column("mention", "string", "Id of the mention"),
    Column("copy_of", "string", "Article that the mention's article copies"),
    Column("likeness", "number", "Weight with which the mention joined the event", "Empty for the first."),
    Column("reasons", "string", "Features that weighed, as JSON", "Pairs of feature and weight."),
)
_ARTICLES = (
    Column("id", "string", "Id of the article: sha256 of publisher, URL, publication and text", "A key."),
    Column("text_sha256", "string", "sha256 of the text; the text itself is not given away"),
    Column("title", "string", "Title"),
    Column("published", "string", "When it was published: a day, or a moment with its offset from UTC"),
    Column("publisher", "string", "Who published it"),
    Column("url", "string", "Address"),
    Column("language", "string", "Language, ISO 639-1"),
    Column("credits", "string", "Agencies that the report names as its sources", "Joined by |."),
    Column("mentions", "integer", "How many events were read in it: 0 too, for counts need their denominator"),
    Column("copy_of", "string", "Article that it copies: the first of its family"),
)
TABLE_COLUMNS: Mapping[str, tuple[Column, ...]] = MappingProxyType(
    {"events": _EVENTS, "mentions": _MENTIONS, "event_mentions": _LINKS, "articles": _ARTICLES}
)
KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"events": ("id",), "mentions": ("id",), "event_mentions": ("event", "article", "ordinal"), "articles": ("id",)}
)
# Table and column -> the table whose key it names.
REFERENCES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("mentions", "article"): "articles",
        ("events", "article"): "articles",
        ("event_mentions", "event"): "events",
        ("event_mentions", "mention"): "mentions",
    }
)
