"""Every value that passes between the rooms: frozen, slotted dataclasses, without behaviour beyond views of themselves.

All offsets count code points in `Article.text` and are half-open. A value that carries `text`, `start` and `end`
always satisfies `article.text[start:end] == text`. Terms: ACE for mentions and events, PLOVER for codes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

MentionKind = Literal["name", "title", "country", "organisation", "group", "nominal", "pronoun"]
Status = Literal["actual", "future", "hypothetical"]
AttributionKind = Literal["direct", "indirect"]
Stance = Literal["asserts", "denies", "doubts"]
Granularity = Literal["time", "day", "week", "month", "quarter", "season", "half", "year", "decade", "century", "range"]
Basis = Literal["text", "publication"]


@dataclass(frozen=True, slots=True)
class Span:
    """Words of an article: half-open code-point offsets and the words themselves."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Article:
    """One report as read. `text` is never changed after reading; `id` hashes publisher, url, published and text."""

    id: str
    text_sha256: str
    text: str
    title: str | None = None
    published: str | None = None  # ISO 8601: a day, or a moment with its offset from UTC
    publisher: str | None = None
    url: str | None = None
    language: str | None = None  # ISO 639-1
    credits: tuple[str, ...] = ()  # agencies that the report names as its sources
    source: str | None = None  # where its bytes are: file and row
    body: Span | None = None  # the text without leading date, dateline and credit line; none means all of it
    dateline: Span | None = None  # the place named before the report, as it stands in the text


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a sentence. `head` is the index of its head in the sentence, -1 for the root."""

    index: int
    text: str
    start: int
    end: int
    lemma: str
    upos: str
    xpos: str
    head: int
    relation: str
    entity: str  # BIO: O, B-PER, I-PER, B-LOC, I-LOC, B-ORG, I-ORG
    happened: float = 1.0  # the network's belief that a predicate's event took place (0 to 1)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its words in order. `paragraph` numbers the paragraphs of the article from 0."""

    index: int
    text: str
    start: int
    end: int
    paragraph: int
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who a mention names, as of the day of the report.

    `party` is who acts as a unit: ISO 3166 alpha-3, a former state, KOS, PSE, TWN, or the code of an organisation or an
    armed group; `country` is set for states and for what belongs to one; `sector` is PLOVER's, none for a whole state.
    """

    id: str  # e.g. "IND", "IND:person:s-jaishankar", "UNO", "text:RUS:GOV:peskov" for those that no table knows
    name: str
    party: str | None
    country: str | None
    sector: str | None
    office: str | None = None
    wikidata: str | None = None
    basis: tuple[str, ...] = ()  # knowledge row ids, or "text" where title and context alone gave it


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that name one actor, or several at once ("both nations").

    `head` is the index of the head word in its sentence; `antecedents` are indices into the article's mentions.
    """

    index: int
    sentence: int
    text: str
    start: int
    end: int
    head: int
    kind: MentionKind
    actors: tuple[Actor, ...] = ()
    antecedents: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """An interval of days: ISO `start` and `end`, both included; `edtf` says the same in EDTF, `timex` in TIMEX3."""

    start: str
    end: str
    granularity: Granularity
    edtf: str
    basis: Basis
    span: Span | None = None
    timex: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where: `precision` is one of place, region, country."""

    name: str
    country: str | None
    lat: float | None
    lon: float | None
    precision: Literal["place", "region", "country"]
    geonames: int | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """According to whom. `mention` indexes the article's mentions (none: an unnamed speaker, see `speaker_span`)."""

    cue: Span
    kind: AttributionKind
    stance: Stance
    mention: int | None = None
    speaker_span: Span | None = None
    content: Span | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One reason for a field: the stage, the rule or model or knowledge row, and the words concerned."""

    stage: str
    rule: str
    spans: tuple[Span, ...] = ()
    note: str = ""
    alternatives: tuple[tuple[str, float], ...] = ()  # for a model, or choices turned down (with weight, else 0)


@dataclass(frozen=True, slots=True)
class Tenure:
    """A term in an office: the row that says so, its dates (ISO, empty: unknown), whether it runs on the day asked."""

    row: str
    office: str | None
    title: str
    start: str
    end: str
    holds: Literal["yes", "maybe", "no"] | None  # none where no day is asked


@dataclass(frozen=True, slots=True)
class Identified:
    """Somebody whom a phrase can mean: as an actor, by his name where it is a person's, and the term that says so."""

    actor: Actor
    person: str | None = None
    tenure: Tenure | None = None


@dataclass(frozen=True, slots=True)
class PhraseReading:
    """Who a phrase means on a day. `basis`: `table` where rows of the tables know him, `text` where title and context
    alone gave the code, `open` where several fit (see `alternatives`), `none` where the words name nobody.
    """

    phrase: str
    on: str | None
    words: Span | None  # of the phrase: those that name the actors
    basis: Literal["table", "text", "open", "none"]
    actors: tuple[Identified, ...] = ()
    alternatives: tuple[Identified, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class About:
    """The act that is promised, asked for, refused or threatened."""

    event: str
    modes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Party:
    """An actor in its role in one event, with the words that name it there."""

    text: str
    start: int
    end: int
    actor: Actor


@dataclass(frozen=True, slots=True)
class Speaker:
    """One link of the chain of who says so; `party` is none for an unnamed source, whose words are in `words`."""

    party: Party | None
    words: Span | None
    cue: Span
    kind: AttributionKind
    stance: Stance


@dataclass(frozen=True, slots=True)
class Size:
    """Victims and detained that the text counts for the event."""

    dead: int | None = None
    injured: int | None = None
    arrested: int | None = None


@dataclass(frozen=True, slots=True)
class EventMention:
    """One coded event as one sentence tells it: the event record, schema v1 (docs/event-record.md)."""

    id: str
    article: Article
    sentence: int
    quote: Span
    event: str
    modes: tuple[str, ...]
    contexts: tuple[str, ...]
    cameo: str | None
    quad: int
    score: float | None
    about: About | None
    actors: tuple[Party, ...]
    recipients: tuple[Party, ...]
    trigger: Span
    status: Status
    negated: bool
    historical: bool
    date: TimeSpan | None
    place: Place | None
    attribution: tuple[Speaker, ...]
    size: Size | None
    confidence: float
    steps: tuple[Step, ...] = field(default=())
