"""Where: for a word of event, the place that belongs to it; the places of the article in, one of them or none out.

The places come from `place_names.find_places`, given again here. An event without words of place in its own clause has
none: a place is never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dragoman.coding.attachment import climb, is_bare, preposition_of
from dragoman.coding.logistic import sigmoid
from dragoman.coding.place_features import anchor_of, features_of, rivals_of
from dragoman.coding.place_names import SUBJECTS, PlaceMention, as_place, find_places
from dragoman.coding.place_spotting import Words
from dragoman.knowledge.places import Gazetteer
from dragoman.values import Place, Sentence, Token

__all__ = ["PlaceMention", "find_places", "place_of", "weighed_places"]

_DASHES = frozenset({"-", "–", "‑", "—", "/"})
_ADDRESSING = frozenset({"to", "with", "against"})  # what stands before a government that is spoken or dealt with
_BESIDE = 3  # words between a town and the land that it lies in
_BESIDES = 8  # the rank of a place that only went before is behind all others of the clause
_WHERE_REACH = 6  # words between a place and the "where" that points back to it
_VENUE_REACH = 4  # sentences for which a speaker stays where he began


def place_of(
    trigger: int,
    sentence: Sentence,
    places: Sequence[PlaceMention],
    sentences: Sequence[Sentence],
    gazetteer: Gazetteer,
    *,
    recipients_country_hint: str | None = None,
) -> Place | None:
    """The place of the event whose word is token `trigger`, or none: a place is never guessed.

    `places` are those of the whole article. By syntax: what stands under the trigger with a preposition of place, what
    it visits or strikes, the circumstances under it ("at talks in Oslo"), the clause that carries it, and a participle
    beside it ("Speaking in Delhi, ..."). Failing that, "there" or "the city" points back to the place last told of in
    the sentence before, and a visit is where its host is (`recipients_country_hint`, alpha-3).
    """
    own = [p for p in places if p.sentence == sentence.index and not p.dateline]
    if is_bare(sentence.tokens):
        return None
    words = gazetteer.words
    chain = _carriers(trigger, sentence.tokens, words)
    found = (
        _weightiest(trigger, sentence, own, chain, gazetteer)
        or _undergoing(trigger, own, sentence.tokens, words)
        or _before_where(chain, own, sentence.tokens)
        or _pointed_at(trigger, sentence, places, chain, words)
        or _venue(trigger, sentence, sentences, places, words)
    )
    if found is not None:
        return found.place
    if recipients_country_hint is not None and sentence.tokens[trigger].lemma in words["hosting"]:
        return _host(recipients_country_hint, own, gazetteer)
    return None


def weighed_places(
    trigger: int, sentence: Sentence, places: Sequence[PlaceMention], gazetteer: Gazetteer
) -> list[tuple[PlaceMention, frozenset[str]]]:
    """The places of the sentence that may be where the event of token `trigger` was, with their features."""
    own = [p for p in places if p.sentence == sentence.index and not p.dateline]
    chain = _carriers(trigger, sentence.tokens, gazetteer.words)
    return _weighed(trigger, sentence, own, chain, gazetteer)


def _weighed(
    trigger: int, sentence: Sentence, own: Sequence[PlaceMention], chain: Mapping[int, int], gazetteer: Gazetteer
) -> list[tuple[PlaceMention, frozenset[str]]]:
    if not own:
        return []
    tokens, words = sentence.tokens, gazetteer.words
    rivals = rivals_of(trigger, own, tokens, words)
    found = []
    for place in own:
        if not _is_no_place(place, trigger, chain, tokens, words):
            rank = _attachment(place, trigger, chain, tokens, words)
            found.append((place, features_of(place, trigger, rivals, rank, tokens, words)))
    return found


def _is_no_place(
    place: PlaceMention, trigger: int, chain: Mapping[int, int], tokens: Sequence[Token], words: Words
) -> bool:
    """A place that is the event's word itself, a government, a speaker's seat, a side of the act, or what it judges."""
    outer, case = tokens[place.head].head, preposition_of(place.head, tokens)
    if place.government and case is not None and case.text.lower() in _ADDRESSING:
        return True
    if place.first <= trigger < place.last or _of_speaker(place, trigger, tokens, words):
        return True
    if outer >= 0 and (_is_party(place, outer, chain, tokens, words) or _is_in_a_title(place, outer, tokens, words)):
        return True
    judged = tokens[trigger].lemma in words["judging"] | words["uttering"]
    return judged and _is_told_of(place.head, trigger, tokens, words)


def _is_told_of(node: int, trigger: int, tokens: Sequence[Token], words: Words) -> bool:
    """Does a place hang on what the trigger judges or speaks of: "praised the work of the police in Lagos"?"""
    for outer in climb(node, tokens):
        if tokens[outer].head == trigger:
            return _is_topic(tokens[outer], tokens[trigger].lemma, tokens, words)
        if tokens[outer].relation not in ("nmod", "compound", "appos", "conj"):
            return False
    return False


def _is_in_a_title(place: PlaceMention, outer: int, tokens: Sequence[Token], words: Words) -> bool:
    """ "the Summit of the Americas", "the Archbishop of Seville": the name of something else."""
    over, case = tokens[outer], preposition_of(place.head, tokens)
    named = over.upos == "PROPN" and over.text[0].isupper() and not over.entity.endswith("LOC")
    if case is None or case.text.lower() != "of" or tokens[place.head].relation != "nmod":
        return False
    return named and over.lemma.lower() not in words["place-noun"] | words["modifier"]


def _weightiest(
    trigger: int, sentence: Sentence, own: Sequence[PlaceMention], chain: Mapping[int, int], gazetteer: Gazetteer
) -> PlaceMention | None:
    """The likeliest place, if likely enough; of those that one noun names ("Baghdad's Dora district") the finest."""
    weights = gazetteer.attachment
    likely: dict[PlaceMention, float] = {}
    for place, features in _weighed(trigger, sentence, own, chain, gazetteer):
        likely[place] = sigmoid(weights["intercept"] + sum(weights.get(name, 0.0) for name in sorted(features)))
    best = max(likely, key=lambda place: likely[place], default=None)
    if best is None or likely[best] < weights["threshold"]:
        return None
    tokens = sentence.tokens
    anchors = {place: anchor_of(place, tokens, gazetteer.words) for place in own}
    held = [p for p in likely if p is not best and _holds(best, p, anchors, tokens)]
    if held:
        best = held[0]
    named = [p for p in own if anchors[p] == anchors[best] and not p.government]
    return max((best, *named), key=_fineness)


def _holds(
    land: PlaceMention, place: PlaceMention, anchors: Mapping[PlaceMention, int], tokens: Sequence[Token]
) -> bool:
    """ "the town of Bria in the Central African Republic": does a country or region stand under the finer place?"""
    wider = land.place.precision != "place" and place.place.precision == "place"
    over = tokens[anchors[land]].head
    beside = 0 < land.first - place.last <= _BESIDE and place.place.country == land.place.country
    return wider and (beside or over == anchors[place] or place.first <= over < place.last)


def _undergoing(
    trigger: int, own: Sequence[PlaceMention], tokens: Sequence[Token], words: Words
) -> PlaceMention | None:
    """The place that is said to see or suffer the event: "Iraq saw attacks on Monday"."""
    if tokens[trigger].lemma not in words["undergoing"]:
        return None
    return next((p for p in own if tokens[p.head].head == trigger and tokens[p.head].relation == "nsubj"), None)


def _fineness(place: PlaceMention) -> tuple[float, int]:
    """Countries, regions, capitals, towns, and what is too small for the gazetteer; of two alike the later."""
    size = {"country": 0.0, "region": 1.0, "place": 2.0}[place.place.precision]
    return size + (place.place.lat is None) - 0.5 * place.capital, place.first


def _by_syntax(
    trigger: int, own: Sequence[PlaceMention], chain: Mapping[int, int], tokens: Sequence[Token], words: Words
) -> PlaceMention | None:
    """The place of the sentence that is tied most closely to the trigger; of two as close the finer and nearer."""
    best: tuple[tuple[int, int, int], PlaceMention] | None = None
    for place in own:
        rank = _attachment(place, trigger, chain, tokens, words)
        if rank is None:
            continue
        coarse = {"place": 0, "region": 1, "country": 2}[place.place.precision]
        key = (rank, coarse, abs(place.head - trigger))
        if best is None or key < best[0]:
            best = key, place
    return best[1] if best is not None else None


def _before_where(
    chain: Mapping[int, int], own: Sequence[PlaceMention], tokens: Sequence[Token]
) -> PlaceMention | None:
    """The place that "where" points back to: "flew from Cairo to Khartoum, where he met the leader"."""
    for token in tokens:
        if token.text.lower() != "where" or token.head not in chain:
            continue
        before = [place for place in own if token.index - _WHERE_REACH <= place.last <= token.index]
        if before:
            whole = (
                len(before) > 1 and before[-1].place.precision != "place" and before[-1].first - before[-2].last == 1
            )
            return before[-2 if whole else -1]  # "visited Tripoli, Libya, where"
    return None


def _venue(
    trigger: int,
    sentence: Sentence,
    sentences: Sequence[Sentence],
    places: Sequence[PlaceMention],
    words: Words,
) -> PlaceMention | None:
    """Where the speaker of a sentence stood when he began: "Speaking in Delhi, he said ... He added ...".

    It holds while each sentence in between is the same speaker's and names no other place of speaking.
    """
    root = _speaking_root(sentence, words)
    told = sentence.tokens[trigger]
    if root is None or not (trigger == root or (told.head == root and told.relation in ("obj", "conj", "xcomp"))):
        return None
    speaker = _subject(root, sentence.tokens)
    for index in range(sentence.index - 1, max(-1, sentence.index - 1 - _VENUE_REACH), -1):
        earlier = sentences[index]
        before = _speaking_root(earlier, words)
        if speaker is None or before is None:
            return None
        other = _subject(before, earlier.tokens)
        if other is None or not (speaker.upos == "PRON" or speaker.text == other.text):
            return None
        own = [p for p in places if p.sentence == earlier.index and not p.dateline]
        found = _by_syntax(before, own, _carriers(before, earlier.tokens, words), earlier.tokens, words)
        if found is not None:
            return found
        if speaker.upos == "PRON":
            speaker = other
    return None


def _speaking_root(sentence: Sentence, words: Words) -> int | None:
    """The word over the sentence where it is a verb of saying or judging, not of doing."""
    for token in sentence.tokens:
        if token.head < 0 and token.upos == "VERB":
            speaks = token.lemma in words["speech"] or token.lemma in words["uttering"]
            return token.index if speaks else None
    return None


def _subject(verb: int, tokens: Sequence[Token]) -> Token | None:
    """The subject of a verb of saying: a name, one word for a person ("the chancellor"), he or she; none for others."""
    for token in tokens:
        if token.head == verb and token.relation == "nsubj":
            single = token.upos == "PROPN" or token.xpos == "NN" or token.text.lower() in ("he", "she")
            return token if single else None
    return None


def _host(country: str, own: Sequence[PlaceMention], gazetteer: Gazetteer) -> Place | None:
    for place in own:
        if place.place.precision == "country" and place.place.country == country:
            return place.place
    entry = gazetteer.country(country)
    return as_place(entry, None) if entry is not None else None


def _carriers(trigger: int, tokens: Sequence[Token], words: Words) -> dict[int, int]:
    """The words whose place the trigger shares -> how far away they are (the trigger itself is 0)."""
    shared = {trigger: 0}
    node, rank = trigger, 0
    for head in climb(trigger, tokens):
        rank += 2
        if not _shares(tokens[node], tokens[head], words):
            break
        shared[head] = rank
        node = head
    for token in tokens:
        if token.head != trigger:
            continue
        if token.relation == "conj" and token.upos == tokens[trigger].upos and not _has_subject(token.index, tokens):
            shared.setdefault(token.index, 6)
        elif (token.relation == "xcomp" and token.upos == "VERB") or token.relation == "compound":
            shared.setdefault(token.index, 1)
        elif token.relation == "advmod" and token.lemma in words["adverb"]:
            shared.setdefault(token.index, 1)  # "back in Lima, he dismissed"
        elif (
            token.relation == "advcl"
            and not _is_reason(token, tokens)
            and (token.xpos == "VBG" or _is_meanwhile(token, tokens))
        ):
            shared.setdefault(token.index, 3 if token.lemma in words["motion-gerund"] else 5)
    return shared


def _is_reason(token: Token, tokens: Sequence[Token]) -> bool:
    """ "thanked him for hosting talks in Tokyo": done elsewhere, or at another time."""
    return any(
        t.head == token.index and t.text.lower() in ("for", "about", "of", "before", "after", "without")
        for t in tokens[max(0, token.index - 3) : token.index]
    )


def _is_meanwhile(token: Token, tokens: Sequence[Token]) -> bool:
    """A clause of the same moment: "when their car hit a mine in Zaybaq"."""
    marks = {
        t.text.lower() for t in tokens[: token.index] if t.head == token.index and t.relation in ("mark", "advmod")
    }
    return bool(marks & {"when", "while", "as"})


def _has_subject(node: int, tokens: Sequence[Token]) -> bool:
    return any(t.head == node and t.relation in SUBJECTS for t in tokens[:node])


def _shares(token: Token, head: Token, words: Words) -> bool:
    relation = token.relation
    if relation == "conj":
        return token.upos == head.upos
    if relation in ("nsubj", "nsubj:pass", "obj", "obl", "obl:agent", "nmod") and token.upos in ("NOUN", "PROPN"):
        return head.upos in ("VERB", "NOUN") and head.lemma not in words["speech"]
    if relation == "advcl":
        return token.xpos in ("VBG", "VBN", "VB")
    if relation in ("acl", "acl:relcl"):
        return head.upos == "NOUN"
    return relation in ("xcomp", "compound")


def _attachment(
    place: PlaceMention, trigger: int, chain: Mapping[int, int], tokens: Sequence[Token], words: Words
) -> int | None:
    """How closely a place is tied to the trigger: 0 is best, none is not at all."""
    if place.government or place.first <= trigger < place.last or _of_speaker(place, trigger, tokens, words):
        return None
    node, outer = place.head, tokens[place.head].head
    # "the town of Rafah", "Paris, Texas": go by the noun that the name belongs to
    while outer >= 0 and outer not in chain and _belongs(tokens[node], tokens[outer], words):
        node, outer = outer, tokens[outer].head
    if outer >= 0 and node == place.head and _is_party(place, outer, chain, tokens, words):
        return None
    if outer in chain and _locates(node, outer, tokens, words):
        return chain[outer] * 2
    if outer < 0 or outer in chain:
        return None
    return _through_noun(node, outer, chain, tokens, words)


def _of_speaker(place: PlaceMention, trigger: int, tokens: Sequence[Token], words: Words) -> bool:
    """ "..., the ministry in The Hague said": whatever the tree says, the place is the speaker's."""
    if place.last >= len(tokens) or place.last == trigger:
        return False
    verb = tokens[place.last]
    return verb.upos == "VERB" and verb.xpos in ("VBD", "VBZ") and verb.lemma in words["speech"]


def _is_party(place: PlaceMention, outer: int, chain: Mapping[int, int], tokens: Sequence[Token], words: Words) -> bool:
    """A country or capital that is a side of what it modifies ("India-China talks", "the Iran deal"), or that stands
    for its government as the subject of "stand with".
    """
    token, over = tokens[place.head], tokens[outer]
    if token.relation == "nsubj":
        stately = place.place.precision == "country" or place.capital
        return stately and over.lemma not in words["undergoing"]
    if token.relation not in ("compound", "nmod", "amod"):
        return False
    dashed = (place.last < len(tokens) and tokens[place.last].text in _DASHES) or (
        place.first > 0 and tokens[place.first - 1].text in _DASHES
    )
    if dashed:
        return True
    if token.relation != "compound" or over.lemma in words["locating"] or over.lemma in words["place-noun"]:
        return False
    # a name made of a place's ("the Christchurch Call") is a place only where something is held at it
    named = over.upos == "PROPN" and over.text[0].isupper()
    return place.place.precision == "country" or (named and outer not in chain and not _is_placed(outer, tokens))


def _belongs(token: Token, over: Token, words: Words) -> bool:
    if token.relation in ("appos", "flat", "conj") or (token.relation == "acl:relcl" and over.lemma == "what"):
        return True
    return over.lemma in words["place-noun"] and token.relation in ("nmod", "compound", "nmod:poss")


def _locates(node: int, outer: int, tokens: Sequence[Token], words: Words) -> bool:
    """Does the phrase of token `node` under `outer` say where `outer` is?"""
    token, over = tokens[node], tokens[outer]
    case = preposition_of(node, tokens)
    if case is not None:
        preposition = case.text.lower()
        if preposition == "to":
            return over.lemma in words["hosting"]
        if preposition == "from":
            return over.lemma in words["leaving"]
        if preposition == "for":
            return over.lemma in words["contested"]
        if preposition in ("on", "of", "against", "by", "over"):
            return over.lemma in words["locating"] and preposition != "by"
        return preposition in words["within"] and token.relation in ("obl", "nmod", "advmod", "obl:arg")
    if token.relation in ("obj", "nsubj:pass", "nmod:poss"):
        street = token.lemma in words["place-noun"] and over.lemma not in words["judging"]
        return over.lemma in words["locating"] or street
    if token.relation == "nsubj":
        return over.lemma in words["passive-place"]
    if token.relation == "advmod":
        return token.lemma in words["modifier"]  # "north of Baghdad"
    return token.relation in ("compound", "obl:unmarked", "nmod:unmarked")


_THROUGH = frozenset({"nmod", "obl", "conj", "appos", "obj", "nsubj", "compound", "flat", "acl", "acl:relcl", "advcl"})


def _through_noun(node: int, outer: int, chain: Mapping[int, int], tokens: Sequence[Token], words: Words) -> int | None:
    """A place on a noun counts for the verb over it: "at talks in Oslo", "killed a man in Oslo"."""
    if not _locates(node, outer, tokens, words) or tokens[outer].upos not in ("NOUN", "PROPN", "NUM"):
        return None
    noun = tokens[outer]
    for step in range(4):
        if noun.head in chain:
            if _is_topic(noun, tokens[noun.head].lemma, tokens, words):
                return None
            plain = noun.relation in (
                "obl",
                "nmod",
                "obj",
                "nsubj:pass",
                "nsubj",
                "obl:agent",
                "compound",
                "acl",
                "acl:relcl",
            )
            return chain[noun.head] * 2 + 1 + step + (_BESIDES if _is_before(noun, tokens) else 0) if plain else None
        if noun.head < 0 or noun.relation not in _THROUGH:
            return None
        noun = tokens[noun.head]
    return None


def _is_topic(noun: Token, verb: str, tokens: Sequence[Token], words: Words) -> bool:
    """Is the noun what is spoken of or judged ("expressed support for progress in Libya"), not where?"""
    if verb in words["speech"]:
        return noun.relation != "obl"
    if verb in words["uttering"] and noun.relation == "obl":
        return not _is_placed(noun.index, tokens)
    if verb in words["uttering"] and noun.relation in ("obj", "nsubj:pass"):
        return True
    return verb in words["judging"] and noun.relation in ("obj", "nsubj:pass", "nsubj", "obl:agent")


def _is_placed(node: int, tokens: Sequence[Token]) -> bool:
    case = preposition_of(node, tokens)
    return case is not None and case.text.lower() in ("in", "at", "during", "near", "outside", "inside")


def _is_before(noun: Token, tokens: Sequence[Token]) -> bool:
    """ "after a week in Geneva": what went before may have been elsewhere."""
    case = preposition_of(noun.index, tokens)
    return case is not None and case.text.lower() in ("after", "before", "since", "until", "following", "despite")


def _pointed_at(
    trigger: int, sentence: Sentence, places: Sequence[PlaceMention], chain: Mapping[int, int], words: Words
) -> PlaceMention | None:
    """The place that "there", "in the city" and "here" point back to: one told of before in the sentence or, failing
    that, in the sentence before; for "here" the dateline's.
    """
    pointers = [token for token in sentence.tokens if _points_back(token, chain, sentence.tokens, words)]
    if not pointers:
        return None
    if all(token.text.lower() == "here" for token in pointers):
        return next((p for p in places if p.dateline), None)
    towns = [p for p in places if p.place.precision != "country" and not p.dateline]
    same = [p for p in towns if p.sentence == sentence.index and p.last <= pointers[0].index]
    if same:
        return same[-1]
    earlier = [p for p in towns if p.sentence == sentence.index - 1 and not p.government]
    return earlier[-1] if earlier else None


def _points_back(token: Token, chain: Mapping[int, int], tokens: Sequence[Token], words: Words) -> bool:
    if token.lemma not in words["there"] or token.head < 0:
        return False
    if token.relation == "advmod":
        noun = tokens[token.head]  # "soldiers there shot"
        return token.head in chain or (noun.upos == "NOUN" and noun.relation in SUBJECTS and noun.head in chain)
    over = tokens[token.head]
    if token.head not in chain and not (over.upos == "NOUN" and over.relation in ("obj", "obl") and over.head in chain):
        return False
    if token.relation == "obj" and tokens[token.head].lemma not in words["locating"]:
        return False
    case = preposition_of(token.index, tokens)
    definite = any(
        t.head == token.index and t.text.lower() in ("the", "that")
        for t in tokens[max(0, token.index - 4) : token.index]
    )
    if token.relation == "obj":
        return definite  # "entered the city"
    return definite and case is not None and case.text.lower() in words["within"] and token.relation in ("obl", "nmod")
