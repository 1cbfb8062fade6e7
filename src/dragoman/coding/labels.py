"""Who speaks in a transcript, sentence by sentence, by the labels in capitals before the speeches.

In: the sentences of an article. Out: for each sentence that stands under a label, the last word of that label, folded:
"MR PRICE: We have ..." gives price. "QUESTION:" ends what was said before it and names nobody.
It reads labels in capitals only, and does not tell who the bearer of the name is.
"""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.knowledge.offices import fold
from dragoman.values import Sentence

_LONGEST = 7  # words before the colon
_NOBODY = ("question", "q", "answer", "a", "note", "moderator", "operator", "voice", "participant")


def labels_of(sentences: Sequence[Sentence]) -> dict[int, str]:
    """The label's last word for the sentences under it, by their index; sentences without one are left out."""
    found: dict[int, str] = {}
    current = ""
    for sentence in sentences:
        label = _label(sentence)
        if label is not None:
            current = label
        if current:
            found[sentence.index] = current
    return found


def _label(sentence: Sentence) -> str | None:
    """The last word of a label that opens a sentence, empty for a question's; none where no label stands."""
    words: list[str] = []
    for token in sentence.tokens[:_LONGEST]:
        if token.text == ":":
            break
        words.append(token.text)
    else:
        return None
    letters = [word for word in words if any(letter.isalpha() for letter in word)]
    if not letters or not all(word.isupper() for word in letters):
        return None
    last = fold(letters[-1])
    return "" if last in _NOBODY or len(last) == 1 else last
