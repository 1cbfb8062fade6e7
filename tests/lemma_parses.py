"""Hand-written parses with lemmas in one line, so that tests of clauses do not depend on the network.

`word|lemma|XPOS|head|relation`, words separated by spaces, heads counted from 1 with 0 for the root; the lemma may be
left empty where it is the word in lower case. UPOS follows from XPOS.
"""

from __future__ import annotations

from dragoman.values import Sentence, Token

_UPOS = {
    "NN": "NOUN", "NNS": "NOUN", "NNP": "PROPN", "NNPS": "PROPN", "JJ": "ADJ", "RB": "ADV", "IN": "ADP", "TO": "PART",
    "DT": "DET", "CC": "CCONJ", "PRP": "PRON", "PRP$": "PRON", "WDT": "PRON", "WP": "PRON", "MD": "AUX", "CD": "NUM",
    "POS": "PART", "RP": "ADP", ".": "PUNCT", ",": "PUNCT", "HYPH": "PUNCT",
}  # fmt: skip


def parsed(line: str) -> Sentence:
    """The sentence that a line stands for; its text is the words joined by spaces."""
    tokens: list[Token] = []
    start = 0
    for index, cell in enumerate(line.split()):
        text, lemma, xpos, head, relation = cell.split("|")
        upos = "VERB" if xpos.startswith("VB") else _UPOS[xpos]
        if relation in ("aux", "aux:pass", "cop"):
            upos = "AUX"
        if relation == "mark" and xpos == "IN":
            upos = "SCONJ"
        end = start + len(text)
        tokens.append(Token(index, text, start, end, lemma or text.lower(), upos, xpos, int(head) - 1, relation, "O"))
        start = end + 1
    text = " ".join(token.text for token in tokens)
    return Sentence(0, text, 0, len(text), 0, tuple(tokens))
