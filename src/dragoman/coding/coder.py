"""The stages in order: this file is the map of the coding room.

In: an article. Out: its event mentions, in the order of the text. One article is one call of the network and depends
on nothing but itself, so that it gives the same bytes alone and among a thousand others.

analyse -> mentions -> identity -> place-names -> acts by the lexicon, acts by the network -> fusion -> time, place,
speech -> EventMention

It cannot see other articles: copies and retellings are told apart in the record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from dragoman import __version__
from dragoman.coding.acts import Act, SentenceActs
from dragoman.coding.assembly import assemble
from dragoman.coding.background import Background
from dragoman.coding.clauses import ClauseReader
from dragoman.coding.contexts import contexts_of_report
from dragoman.coding.events import is_political
from dragoman.coding.fusion import FusionWeights, fuse
from dragoman.coding.home import at_home, evidence_of
from dragoman.coding.identity import identify
from dragoman.coding.lexical import lexical_acts
from dragoman.coding.locations import PlaceMention, find_places
from dragoman.coding.mentions import find_mentions
from dragoman.coding.roles import PartyFinder
from dragoman.coding.speech import SpeechAct, find_speech
from dragoman.coding.times import TimeExpression, day_of_report, find_times
from dragoman.coding.unnamed import with_unnamed
from dragoman.config import Config
from dragoman.errors import CodingError, DragomanError
from dragoman.knowledge import Knowledge, load_knowledge
from dragoman.knowledge.ontology import STATEMENT
from dragoman.knowledge.wordlists import load_wordlists
from dragoman.language.analysis import Language, analyse, load_language
from dragoman.language.event_network import EventNetwork, TriggerReading
from dragoman.language.network import Network
from dragoman.reading.plain import PlainReader
from dragoman.values import Article, EventMention, Mention, Sentence


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the stages before events found in one article, kept for explanations and tests.

    `told` are the mentions with what words and tables say alone; in `mentions` who has no country in a report of one
    country has that. Acts are looked for with the former: that a country is inferred makes no act a public one.
    """

    article: Article
    sentences: tuple[Sentence, ...]
    mentions: tuple[Mention, ...]
    told: tuple[Mention, ...]
    places: tuple[PlaceMention, ...]


class Coder:
    """Codes articles. Owns the networks and the tables; holds no state between articles."""

    __slots__ = ("_reader", "_weights", "config", "event_network", "knowledge", "language", "network")

    def __init__(
        self,
        knowledge: Knowledge,
        language: Language,
        network: Network,
        event_network: EventNetwork | None,
        config: Config,
        weights: FusionWeights | None = None,
    ) -> None:
        """All parts are handed in; `Coder.load` makes the usual ones. Without `event_network` the lexicon codes alone.

        `weights` join lexicon and network; without them, those of the network's manifest do.
        """
        self.knowledge = knowledge
        self.language = language
        self.network = network
        self.event_network = event_network
        self.config = config
        self._reader = PlainReader(load_wordlists())
        if weights is None and event_network is not None:
            weights = FusionWeights.of(event_network.manifest["fusion"])
        self._weights = weights

    @classmethod
    def load(cls, *, models: Path | None = None, config: Config | None = None) -> Coder:
        """A coder with the shipped tables and networks, and the user's tables of actors that `config` names.

        Raises KnowledgeError or ModelError where ours are damaged, UsageError where the user's are.
        """
        config = config if config is not None else Config()
        with ThreadPoolExecutor(max_workers=2) as beside:  # the networks' files are read while the tables are
            network = beside.submit(Network.load, models)
            events = beside.submit(EventNetwork.load, models) if config.events != "lexicon" else None
            knowledge, language = load_knowledge(config.actors), load_language()
        return cls(knowledge, language, network.result(), events.result() if events is not None else None, config)

    def versions(self) -> dict[str, str]:
        """What coded: the versions of dragoman, of the models and of the knowledge tables."""
        models = self.network.version
        if self.event_network is not None:
            models += f" {self.event_network.version}"
        return {"dragoman": __version__, "models": models, "knowledge": self.knowledge.version}

    def code(
        self,
        text: str,
        *,
        published: str | None = None,
        title: str | None = None,
        publisher: str | None = None,
        url: str | None = None,
    ) -> tuple[EventMention, ...]:
        """The event mentions of one report given as text; `published` is an ISO day or moment.

        Raises ReadingError for what is no English text, CodingError where a stage fails.
        """
        return self.code_article(self.read(text, published=published, title=title, publisher=publisher, url=url))

    def read(
        self,
        text: str,
        *,
        published: str | None = None,
        title: str | None = None,
        publisher: str | None = None,
        url: str | None = None,
    ) -> Article:
        """An article made of a text, as `code` makes it. Raises ReadingError for what is no English text."""
        return self._reader.article(text, published=published, title=title, publisher=publisher, url=url)

    def code_article(self, article: Article) -> tuple[EventMention, ...]:
        """The event mentions of one article, in the order of their triggers. Raises CodingError."""
        return self.code_analysis(self.analyse(article))

    def contexts(self, article: Article) -> tuple[tuple[str, float], ...]:
        """What the report as a whole is concerned with: contexts with the share of sentences that speak for them.

        Raises CodingError.
        """
        analysis = self.analyse(article)
        return contexts_of_report(analysis.sentences, self.code_analysis(analysis), self.knowledge.lexicon)

    def analyse(self, article: Article) -> Analysis:
        """Sentences and identified mentions of one article. Raises CodingError."""
        stage = "language"
        try:
            sentences = analyse(article, self.network, self.language)
            stage = "mentions"
            mentions = find_mentions(sentences, self.knowledge)
            stage = "identity"
            told = identify(article, sentences, mentions, self.knowledge)
            stage = "places"
            places = find_places(article, sentences, told, self.knowledge.places, self.knowledge.actors)
            mentions = at_home(told, evidence_of(told, places))
        except DragomanError:
            raise
        except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
            raise CodingError(f"{type(error).__name__}: {error}", article=article.id, stage=stage) from error
        return Analysis(article, sentences, mentions, told, places)

    def speech(self, analysis: Analysis, *, positions: bool = True) -> tuple[tuple[SpeechAct, ...], ...]:
        """According to whom, sentence by sentence: each saying with its speaker and what is said.

        With `positions` also what somebody praises, wants or believes, which no event is attributed to. `code` reads
        sayings only. The acts name mentions by their place in the analysis.
        """
        lexicon = self.knowledge.lexicon
        readers = [ClauseReader(sentence, lexicon.light_verbs) for sentence in analysis.sentences]
        by_sentence: list[list[Mention]] = [[] for _ in readers]
        for mention in analysis.mentions:
            by_sentence[mention.sentence].append(mention)
        finders = [PartyFinder(reader, own) for reader, own in zip(readers, by_sentence, strict=True)]
        return find_speech(readers, finders, lexicon, positions=positions)

    def code_analysis(self, analysis: Analysis) -> tuple[EventMention, ...]:
        """The event mentions of an analysed article. Raises CodingError."""
        try:
            found = self._code(analysis)
        except DragomanError:
            raise
        except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
            reason = f"{type(error).__name__}: {error}"
            raise CodingError(reason, article=analysis.article.id, stage="events") from error
        return tuple(event for event in found if self._is_wanted(event))

    def _code(self, analysis: Analysis) -> list[EventMention]:
        return self.join(*self.read_acts(analysis))

    def join(self, background: Background, sentences: Sequence[SentenceActs]) -> list[EventMention]:
        """One list of event mentions out of what the two readers say, however unsure or unwanted."""
        weights, network = self._weights, self.event_network
        home = weights.home if weights is not None else None
        found: list[EventMention] = []
        for told in sentences:
            acts: Sequence[Act] = told.acts
            if network is not None and weights is not None:
                acts = fuse(told, network, weights, self.knowledge)
            found.extend(assemble(act, told.reader, background, self.knowledge, self.config, home) for act in acts)
        return _with_ids([event for event in found if _is_public(event)])

    def read_acts(self, analysis: Analysis) -> tuple[Background, list[SentenceActs]]:
        """What the two readers of events say of each sentence, before one list is made of it."""
        article, sentences = analysis.article, analysis.sentences
        readings: Sequence[Sequence[TriggerReading]] = [()] * len(sentences)
        known = mentions = analysis.told
        if self.event_network is not None:
            readings = self.event_network.read([[token.text for token in s.tokens] for s in sentences])
            mentions = with_unnamed(mentions, sentences, readings, self.knowledge)
        lexicon = self.knowledge.lexicon
        by_sentence: list[list[Mention]] = [[] for _ in sentences]
        for mention in mentions:
            by_sentence[mention.sentence].append(mention)
        quantities = lexicon.noun_classes.get("quantity", frozenset())
        readers = [ClauseReader(sentence, lexicon.light_verbs, quantities) for sentence in sentences]
        finders = [
            PartyFinder(reader, [m for m in own if m.index < len(known) and known[m.index].actors == m.actors])
            for reader, own in zip(readers, by_sentence, strict=True)
        ]
        background = Background(
            article=article,
            sentences=sentences,
            mentions=(*_homed(mentions, analysis), *mentions[len(known) :]),
            speech=find_speech(readers, finders, lexicon),
            times=_grouped(find_times(article, sentences, self.knowledge.time_words), len(sentences)),
            places=analysis.places,
            today=day_of_report(article, self.knowledge.time_words),
            evidence=evidence_of(known, analysis.places),
        )
        by_lexicon = self.config.events != "network"
        return background, [
            SentenceActs(
                reader,
                tuple(own),
                tuple(lexical_acts(reader, finder, background, self.knowledge)) if by_lexicon else (),
                tuple(said),
            )
            for own, reader, finder, said in zip(by_sentence, readers, finders, readings, strict=True)
        ]

    def _is_wanted(self, event: EventMention) -> bool:
        if event.event == "STATEMENT" and not self.config.statements:
            return False
        return event.confidence >= self.config.minimal_confidence


def _homed(mentions: Sequence[Mention], analysis: Analysis) -> Iterator[Mention]:
    """The mentions of an analysis, each with its inferred country, but for those that were given other actors."""
    for mention, told, homed in zip(mentions, analysis.told, analysis.mentions, strict=False):
        yield homed if mention.actors == told.actors else mention


def _is_public(event: EventMention) -> bool:
    """Somebody in it belongs to a state or body, or holds a public part; statements are kept whoever makes them."""
    parties = (*event.actors, *event.recipients)
    return event.event == STATEMENT or is_political([party.actor for party in parties], event.event)


def _grouped(times: Sequence[TimeExpression], sentences: int) -> list[list[TimeExpression]]:
    grouped: list[list[TimeExpression]] = [[] for _ in range(sentences)]
    for time in times:
        grouped[time.sentence].append(time)
    return grouped


def _with_ids(events: Sequence[EventMention]) -> list[EventMention]:
    """Ids hash the article and the trigger's place, with an ordinal where two events share their trigger."""
    seen: dict[tuple[int, int], int] = {}
    result: list[EventMention] = []
    for event in events:
        key = (event.trigger.start, event.trigger.end)
        ordinal = seen.get(key, 0)
        seen[key] = ordinal + 1
        text = "\x1f".join((event.article.id, str(key[0]), str(key[1]), str(ordinal)))
        result.append(replace(event, id=hashlib.sha256(text.encode()).hexdigest()[:24]))
    return result
