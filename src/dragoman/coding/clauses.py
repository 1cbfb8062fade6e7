"""Who stands in which part of a clause: the deep slots of a predicate, read off the dependency tree.

In: a sentence with its tree. Out: for a verb, noun or adjective, a mapping from slot to the words that fill it.
Slots are those of the lexicon: subj, obj, iobj, xcomp, ccomp, prt, poss, comp, adj, and `p:PREPOSITION`. They are deep:
passives, relative clauses, control and raising, shared arguments of coordinated verbs, bare participles and light verbs
are undone, so that "B was warned by A", "A, which warned B" and "A issued a warning to B" fill the same slots.

It cannot see across sentences, and it trusts the tree: where the parser attached a phrase wrongly, so does this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dragoman.knowledge.lexicon import LightVerb
from dragoman.values import Sentence

Slots = Mapping[str, tuple[int, ...]]

_RELATIVE = frozenset({"who", "whom", "which", "that"})
_PREPOSITIONAL_TAGS = frozenset({"ADP", "SCONJ", "PART", "VERB", "ADV"})
# "arrived for talks", "is on a visit": the subject takes part; not in "protested over the visit".
_TAKING_PART = frozenset({"for", "on", "in", "at", "during", "after", "before", "following", "follow", "to", "into"})
_ENGAGED_IN = frozenset({"on", "in", "under"})  # "is on a visit to", "is in talks with", "are on strike"
_OF_THE_OBJECT = frozenset({"of", "for", "from", "with", "into"})  # "accused B of arming C": B arms
_DEPENDENT_CLAUSES = frozenset({"advcl", "ccomp", "parataxis", "csubj", "dep"})
_NAMING_TAGS = frozenset({"NNP", "NNPS", "JJ"})  # with a capital: "the Iranian plan to ..."
_NOMINAL_TAGS = frozenset({"NOUN", "PROPN", "PRON", "NUM", "SYM", "X"})
_CLAUSAL = frozenset({"acl", "acl:relcl", "advcl", "advcl:relcl", "ccomp", "xcomp", "parataxis", "csubj", "csubj:pass"})
_MAXIMAL_CHAIN = 12  # how far a missing subject is looked for: trees are shallow, and broken ones must not loop


class ClauseReader:
    """The slots of one sentence's predicates, each worked out once."""

    __slots__ = ("_children", "_light_verbs", "_memo", "_quantities", "_subjects", "sentence", "tokens")

    def __init__(
        self,
        sentence: Sentence,
        light_verbs: Mapping[str, tuple[LightVerb, ...]],
        quantities: frozenset[str] = frozenset(),
    ) -> None:
        """`light_verbs` are the lexicon's, by lemma; `quantities` its nouns that only count others ("dozens of")."""
        self._quantities = quantities
        self.sentence = sentence
        self.tokens = sentence.tokens
        children: list[list[int]] = [[] for _ in self.tokens]
        for token in self.tokens:
            if token.head >= 0:
                children[token.head].append(token.index)
        self._children = children
        self._light_verbs = light_verbs
        self._memo: dict[int, Slots] = {}
        self._subjects: dict[int, tuple[int, ...]] = {}

    # the tree

    def children(self, index: int) -> list[int]:
        """Words attached to `index`, in order."""
        return self._children[index]

    def child(self, index: int, *relations: str) -> int | None:
        """The first child that stands in one of `relations`."""
        for child in self._children[index]:
            if self.tokens[child].relation in relations:
                return child
        return None

    def subtree(self, index: int) -> tuple[int, int]:
        """The first and last word (both included) of the phrase headed by `index`."""
        low = high = index
        stack = [index]
        while stack:
            for child in self._children[stack.pop()]:
                low, high = min(low, child), max(high, child)
                stack.append(child)
        return low, high

    def conjuncts(self, index: int) -> tuple[int, ...]:
        """`index` and what is coordinated with it as a phrase of the same kind."""
        found = [index]
        for child in self._children[index]:
            if self.tokens[child].relation == "conj" and self.tokens[child].upos not in ("VERB", "AUX"):
                found.extend(self.conjuncts(child))
        return tuple(found)

    def is_passive(self, index: int) -> bool:
        """A passive verb, or a bare past participle after a noun ("troops deployed by Spain")."""
        token = self.tokens[index]
        for child in self._children[index]:
            if self.tokens[child].relation in ("aux:pass", "nsubj:pass", "csubj:pass"):
                return True
        if token.xpos == "VBN" and not any(self.tokens[c].relation == "aux" for c in self._children[index]):
            if token.relation == "acl":
                return True
            if token.relation == "conj" and token.head >= 0 and self.tokens[token.head].upos == "VERB":
                return self.child(index, "nsubj") is None and self.is_passive(token.head)
            return token.relation in ("advcl", "amod") and self.child(index, "obj") is None
        return False

    def preposition(self, index: int) -> str:
        """The preposition of a phrase, in lower case; words of one preposition are joined by "_"."""
        words = []
        for child in self._children[index]:
            token = self.tokens[child]
            if token.relation in ("case", "mark") and child < index and token.upos in _PREPOSITIONAL_TAGS:
                if not self._reaches(child, index):
                    continue
                words.append(token.lemma.lower())
                words.extend(
                    self.tokens[c].lemma.lower() for c in self._children[child] if self.tokens[c].relation == "fixed"
                )
        return "_".join(words) if words else self._preposition_of_title(index) or self._stray_preposition(index)

    def _preposition_of_title(self, index: int) -> str:
        """ "talks with former president Hamid Karzai": the preposition may hang on the title before the name."""
        for child in self._children[index]:
            if child < index and self.tokens[child].relation in ("nmod:desc", "compound", "flat", "amod"):
                for word in self._children[child]:
                    token = self.tokens[word]
                    if token.relation == "case" and token.upos == "ADP" and word < child:
                        return token.lemma.lower()
        return ""

    def _reaches(self, word: int, index: int) -> bool:
        """Does nothing between a preposition and its noun hang on words before it? Else the tree is wrong."""
        return all(self.tokens[between].head >= word for between in range(word + 1, index))

    def _stray_preposition(self, index: int) -> str:
        """The preposition that stands before a phrase though the parser hung it on a later noun."""
        if self.tokens[index].relation not in ("obl", "nmod"):
            return ""
        low = index
        while low > 0 and self.tokens[low - 1].head == index:
            low -= 1
        before = self.tokens[low - 1] if low > 0 else None
        if before is not None and before.upos == "ADP" and before.relation == "case" and before.head > index:
            return before.lemma.lower()
        return ""

    # subjects

    def surface_subject(self, verb: int) -> tuple[int, ...]:
        """Who stands as subject of `verb` as written, found through control, coordination and relatives."""
        if verb not in self._subjects:
            self._subjects[verb] = ()  # a cycle of clauses ends here
            self._subjects[verb] = self._find_subject(verb, 0)
        return self._subjects[verb]

    def _find_subject(self, verb: int, depth: int) -> tuple[int, ...]:
        token = self.tokens[verb]
        own = self.child(verb, "nsubj", "nsubj:pass", "nsubj:outer")
        if own is not None:
            is_relative = self.tokens[own].lemma.lower() in _RELATIVE
            if token.relation in ("acl:relcl", "acl") and is_relative and token.head >= 0:
                return (token.head,)
            return self.conjuncts(own)
        if depth > _MAXIMAL_CHAIN or token.head < 0:
            return ()
        head = token.head
        if token.relation == "conj":
            if self.tokens[head].upos in _NOMINAL_TAGS and self.child(head, "cop") is None:
                return ()
            return self._find_subject(head, depth + 1)
        if token.relation == "xcomp":
            return self._controller(head, depth)
        if token.relation in _DEPENDENT_CLAUSES and token.xpos in ("VBG", "VBN", "VB", "JJ"):
            if self.tokens[head].upos in _NOMINAL_TAGS and self.child(head, "cop") is None:
                return self._noun_agent(head, depth)
            if token.relation == "advcl" and self.preposition(verb) in _OF_THE_OBJECT:
                accused = self.child(head, "nsubj:pass" if self.is_passive(head) else "obj")
                if accused is not None:
                    return self.conjuncts(accused)
            return self._find_subject(head, depth + 1)
        if token.relation in ("acl:relcl", "acl"):
            if token.xpos in ("VBG", "VBN") and token.relation == "acl":
                return (head,)
            if token.relation == "acl" and token.xpos == "VB":
                return self._noun_agent(head, depth)
            if self._gap_is_object(verb):
                return ()
            return (head,)
        return ()

    def _controller(self, head: int, depth: int) -> tuple[int, ...]:
        """The subject of an infinitive under `head`: its object, the party addressed, or its subject."""
        if self.tokens[head].upos in _NOMINAL_TAGS and self.child(head, "cop") is None:
            return self._noun_agent(head, depth)
        if not self.is_passive(head):
            for relation in ("obj", "iobj"):
                found = self.child(head, relation)
                if found is not None and self.tokens[head].lemma not in ("promise", "vow", "pledge"):
                    return self.conjuncts(found)
            for child in self._children[head]:
                if self.tokens[child].relation == "obl" and self.tokens[head].lemma in ("call", "appeal"):
                    return self.conjuncts(child)
        return self._find_subject(head, depth + 1)

    def _noun_agent(self, noun: int, depth: int) -> tuple[int, ...]:
        """Whose plan, decision or threat a noun is: its possessor, else the subject of the verb above it."""
        owner = self.child(noun, "nmod:poss")
        if owner is not None:
            return self.conjuncts(owner)
        for child in self._children[noun]:
            if self.tokens[child].relation in ("nmod", "obl:agent") and self.preposition(child) == "by":
                return self.conjuncts(child)
        for child in self._children[noun]:
            word = self.tokens[child]
            if word.relation in ("compound", "amod") and word.xpos in _NAMING_TAGS and word.text[0].isupper():
                return (child,)
        head = self.tokens[noun].head
        below_verb = self.tokens[noun].relation in ("obj", "obl", "xcomp", "nsubj:pass")
        if head >= 0 and depth <= _MAXIMAL_CHAIN and below_verb:
            if self.tokens[noun].relation == "nsubj:pass":
                agent = self.child(head, "obl:agent")
                return self.conjuncts(agent) if agent is not None else ()
            return self._find_subject(head, depth + 1)
        return ()

    def _gap_is_object(self, verb: int) -> bool:
        """In a relative clause: is the head noun its object ("the deal they signed", "the man whom they met")?"""
        own = self.child(verb, "nsubj", "nsubj:pass")
        if own is not None and self.tokens[own].lemma.lower() not in _RELATIVE:
            return self.child(verb, "obj") is None or self._is_relative_word(self.child(verb, "obj"))
        return False

    def _is_relative_word(self, index: int | None) -> bool:
        return index is not None and self.tokens[index].lemma.lower() in _RELATIVE

    # slots

    def slots(self, index: int) -> Slots:
        """The deep slots of the word at `index`; each filler stands with its conjuncts, in order."""
        if index not in self._memo:
            token = self.tokens[index]
            is_modifier = token.upos == "ADJ" and token.relation in ("amod", "compound")
            is_noun = token.upos in ("NOUN", "PROPN") or is_modifier
            self._memo[index] = self._noun_slots(index) if is_noun else self._verb_slots(index)
        return self._memo[index]

    def fillers(self, slots: Slots, path: str) -> tuple[int, ...]:
        """The words at a slot, or at a path of slots ("obj.poss": whose the object is)."""
        if path in slots or "." not in path:
            return slots.get(path, ())
        outer, _, inner = path.rpartition(".")
        return tuple(i for filler in self.fillers(slots, outer) for i in self.slots(filler).get(inner, ()))

    def counted(self, index: int) -> tuple[int, ...]:
        """ "hundreds of tanks", "a group of hostages": the words that are counted by the noun at `index`."""
        if self.tokens[index].lemma.lower() not in self._quantities:
            return ()
        return self.slots(index).get("p:of", ())

    def _verb_slots(self, verb: int) -> Slots:
        slots: dict[str, list[int]] = {}
        passive = self.is_passive(verb)
        subject = self.surface_subject(verb)
        gave_to = passive and self.child(verb, "obj") is not None
        if subject:
            slots["obj" if passive and not gave_to else "iobj" if gave_to else "subj"] = list(subject)
        for child in self._children[verb]:
            self._place(slots, child, passive)
        self._fill_relative_gap(slots, verb)
        self._share_right(slots, verb)
        if "iobj" in slots and "obj" not in slots and not passive:
            slots["obj"] = list(slots["iobj"])  # "blamed Chile", which parsers take for a giving
        return {slot: tuple(fillers) for slot, fillers in slots.items()}

    def _place(self, slots: dict[str, list[int]], child: int, passive: bool) -> None:
        token = self.tokens[child]
        relation = token.relation
        if relation in ("obj", "iobj"):
            if token.lemma.lower() in _RELATIVE and token.upos == "PRON":
                return
            slots.setdefault(relation, []).extend(self.conjuncts(child))
        elif relation == "obl:agent":
            slots.setdefault("subj", []).extend(self.conjuncts(child))
        elif relation in ("obl", "nmod"):
            preposition = self.preposition(child)
            slot = "subj" if passive and preposition == "by" and self._may_act(child) else f"p:{preposition}"
            slots.setdefault(slot, []).extend(self.conjuncts(child))
        elif relation == "compound:prt":
            slots.setdefault("prt", []).append(child)
        elif relation in ("xcomp", "ccomp", "csubj"):
            slots.setdefault("ccomp" if relation == "csubj" else relation, []).extend(self._clauses(child))
        elif relation == "advcl":
            mark = self.preposition(child)
            if mark and mark not in ("that",):
                slots.setdefault("xcomp" if mark == "to" and self._is_infinitive(child) else f"p:{mark}", []).extend(
                    self._clauses(child)
                )
        elif relation == "parataxis" and token.upos == "VERB" and child > token.head:
            slots.setdefault("parataxis", []).append(child)

    def _may_act(self, index: int) -> bool:
        """ "by" before a time, a number or a gerund names no agent."""
        token = self.tokens[index]
        return token.upos in ("NOUN", "PROPN", "PRON") and token.entity != "DATE"

    def _is_infinitive(self, index: int) -> bool:
        return self.tokens[index].xpos == "VB"

    def _clauses(self, index: int) -> list[int]:
        """A clause and the clauses coordinated with it."""
        found = [index]
        for child in self._children[index]:
            if self.tokens[child].relation == "conj":
                found.extend(self._clauses(child))
        return found

    def _fill_relative_gap(self, slots: dict[str, list[int]], verb: int) -> None:
        token = self.tokens[verb]
        if token.relation != "acl:relcl" or token.head < 0 or "obj" in slots:
            return
        if self._gap_is_object(verb):
            obliques = [c for c in self._children[verb] if self.tokens[c].relation == "obl"]
            stranded = [c for c in obliques if self._is_relative_word(c)]
            slot = f"p:{self.preposition(stranded[0])}" if stranded else "obj"
            slots.setdefault(slot, []).append(token.head)

    def _share_right(self, slots: dict[str, list[int]], verb: int) -> None:
        """ "condemned and rejected the attack": both verbs have the object that stands after the last."""
        follower = [
            c for c in self._children[verb] if self.tokens[c].relation == "conj" and self.tokens[c].upos == "VERB"
        ]
        if follower and "obj" not in slots and not self.is_passive(verb):
            for child in self._children[follower[-1]]:
                between = follower[-1] - verb
                if self.tokens[child].relation == "obj" and between <= 3 and not any(k.startswith("p:") for k in slots):
                    slots["obj"] = list(self.conjuncts(child))
        token = self.tokens[verb]
        if token.relation == "conj" and token.head >= 0 and "obj" not in slots and not self.is_passive(verb):
            for child in self._children[token.head]:
                if self.tokens[child].relation == "obj" and child > verb:
                    slots["obj"] = list(self.conjuncts(child))

    def _noun_slots(self, noun: int) -> Slots:
        slots: dict[str, list[int]] = {}
        for child in self._children[noun]:
            self._place_under_noun(slots, child)
        token = self.tokens[noun]
        if token.relation == "conj" and token.head >= 0 and "poss" not in slots:
            for child in self._children[token.head]:  # "India's visit and talks"
                if self.tokens[child].relation == "nmod:poss":
                    slots["poss"] = list(self.conjuncts(child))
        if self.child(noun, "cop") is not None and self.preposition(noun) in _ENGAGED_IN:
            subject = self.child(noun, "nsubj", "nsubj:outer")
            if subject is not None:
                slots["light.subj"] = list(self.conjuncts(subject))
        self._borrow_from_light_verb(slots, noun)
        self._borrow_from_purpose(slots, noun)
        return {slot: tuple(fillers) for slot, fillers in slots.items()}

    def _place_under_noun(self, slots: dict[str, list[int]], child: int) -> None:
        token = self.tokens[child]
        relation = token.relation
        if relation == "nmod:poss":
            slots.setdefault("poss", []).extend(self.conjuncts(child))
        elif relation in ("nmod", "obl", "obl:agent"):
            slots.setdefault(f"p:{self.preposition(child)}", []).extend(self.conjuncts(child))
        elif relation in ("compound", "nmod:desc", "nmod:unmarked"):
            slots.setdefault("comp", []).extend(self._compound_words(child))
        elif relation == "amod":
            slots.setdefault("adj", []).extend(self._compound_words(child))
        elif relation in ("acl", "advcl", "xcomp") and token.upos in ("VERB", "AUX", "NOUN", "ADJ"):
            mark = self.preposition(child)
            if mark == "to" and self._is_infinitive(child):
                slots.setdefault("xcomp", []).extend(self._clauses(child))
            elif mark == "that":
                slots.setdefault("ccomp", []).extend(self._clauses(child))
            elif mark:
                slots.setdefault(f"p:{mark}", []).extend(self._clauses(child))
        elif relation == "ccomp":
            slots.setdefault("ccomp", []).extend(self._clauses(child))

    def _compound_words(self, index: int) -> list[int]:
        """A modifier with its own modifiers and conjuncts: "India-China" is one word under the other in a tree."""
        found = [index]
        for child in self._children[index]:
            if self.tokens[child].relation in ("compound", "amod", "conj", "nmod:desc", "flat"):
                found.extend(self._compound_words(child))
        return sorted(found)

    def light_verb(self, noun: int) -> int | None:
        """The verb that carries `noun` without a sense of its own ("issue a warning"), if there is one."""
        token = self.tokens[noun]
        head = token.head
        if token.relation == "conj" and head >= 0 and self.tokens[head].upos == "NOUN":
            token, head = self.tokens[head], self.tokens[head].head
        if head < 0 or token.relation not in ("obj", "nsubj:pass", "obl", "acl:relcl"):
            return None
        return head if self._is_light_over(head, noun) else None

    def _is_light_over(self, verb: int, noun: int) -> bool:
        lemma = self.tokens[noun].lemma.lower()
        for row in self._light_verbs.get(self.tokens[verb].lemma.lower(), ()):
            if row.nouns is not None and lemma not in row.nouns:
                continue
            particle = self.child(verb, "compound:prt")
            if row.prt is None or (particle is not None and self.tokens[particle].lemma.lower() == row.prt):
                return True
        return False

    def _borrow_from_light_verb(self, slots: dict[str, list[int]], noun: int) -> None:
        verb = self.light_verb(noun)
        if verb is None:
            relative = self.child(noun, "acl:relcl", "acl")
            if relative is None or not self._is_light_over(relative, noun):
                return
            verb = relative  # "the warning issued by Moscow", "talks held in Doha"
        for slot, fillers in self._verb_slots(verb).items():
            if noun in fillers:
                continue
            slots.setdefault(f"light.{slot}", []).extend(fillers)
            if slot.startswith("p:") or slot == "iobj":
                slots.setdefault(slot, []).extend(f for f in fillers if f not in slots.get(slot, ()))

    def _borrow_from_purpose(self, slots: dict[str, list[int]], noun: int) -> None:
        """ "prepares for a visit", "arrived for talks": the subject of the verb takes part in the noun's act."""
        token = self.tokens[noun]
        if "light.subj" in slots or token.relation not in ("obl", "obj") or token.head < 0:
            return
        if token.relation == "obl" and self.preposition(noun) not in _TAKING_PART:
            return
        if self.tokens[token.head].upos not in ("VERB", "AUX", "ADJ"):
            return
        subject = self._verb_slots(token.head).get("subj", ())
        if subject:
            slots["outer.subj"] = list(subject)


def words_of(reader: ClauseReader, indices: Iterable[int]) -> frozenset[str]:
    """The lemmas of some words, in lower case."""
    return frozenset(reader.tokens[i].lemma.lower() for i in indices)
