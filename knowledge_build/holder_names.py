"""Names of holders of office as raw tables write them, read into a given name, a family name and keys for look-up.

In: names in the manner of the CIA's lists, where capitals mark the name that a person goes by ("Narendra MODI", "XI
Jinping", "Ayman al-SAFADI"). Out: `PersonName`. It cannot know how news agencies spell a name: that is said by hand
rows and by person_aliases.csv.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from dragoman.knowledge.offices import fold, given_agree, skeleton

_PARTICLES = frozenset("al el bin ibn de da do dos von van der den ten la le di du and".split())  # noqa: SIM905
_SMALL = frozenset(("bin", "ibn", "bint", "ben", "ould", "al", "el", "de", "da", "do", "e", "y", "van", "von", "der"))
_SUFFIXES = {"jr", "sr", "ii", "iii", "iv"}
_CAPS = re.compile(r"^(?:al-|el-|ul-|as-|at-|d[’'])?[^\W\d_a-zß-öø-ÿ][^\W\d_a-zß-öø-ÿ'’‘`-]+[.,]?$")
_ABBREVIATED = re.compile(r"(?:Gen|Col|Capt|Maj|Lt|Adm|Brig|Dr|Prof|Mr|Mrs|Ms|ret)\.")
_REMARK = re.compile(r"(?!(?:al|el|as|ul)-)(?:[a-z]{2,}|\d)")
_PATRONYMIC = re.compile(r"(?:ovich|yevich|evich|ovna|yevna|evna|ichna|oviç|oglu|uly)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PersonName:
    """`full` as a news agency prints it, `family` as it calls the person afterwards, `variants` other spellings."""

    full: str
    family: str
    variants: tuple[str, ...] = ()


def is_caps(word: str) -> bool:
    """Whether a word is written in capitals to mark it as the name that a person goes by."""
    bare = word.strip("\"'(),.“”")
    if not bare or fold(bare) in _SUFFIXES or re.fullmatch(r"(?:[A-Z]\.)+", word):
        return False
    return bool(_CAPS.match(bare)) and sum(letter.isupper() for letter in bare) >= 2


def small(word: str) -> str:
    """A word in capitals as it is usually written: LOPEZ -> Lopez, al-SAFADI -> al-Safadi, XVI stays."""
    if (not word.isupper() and not is_caps(word)) or (re.fullmatch(r"[IVX]+", word) and len(word) > 1 and word != "XI"):
        return word
    parts = re.split(r"([-'’])", word)
    done = [part if part.lower() in ("al", "el") and not part.isupper() else part.capitalize() for part in parts]
    text = "".join(done)
    return re.sub(r"^Mc([a-z])", lambda match: "Mc" + match[1].upper(), text)


_RANKS = frozenset(  # words of titles that are written like names
    "General Gen. Gen Col. Col Colonel Capt. Adm. Lt. Maj. Brig. Field Marshal Council Homeland Republic".split()  # noqa: SIM905
    + "Confederation Union Commission State Affairs Leader President Presidents Minister Ministers Chairman".split()  # noqa: SIM905
    + "Chairperson Chief Executive Government Sheikh Tan Sri Dato Datuk Ratu Lyonpo Sir Dame Dr. Lord Prime".split()  # noqa: SIM905
    + "Vice Deputy First Second Interim Acting Head Secretary Premier Premiers King Queen Prince Princess".split()  # noqa: SIM905
    + "Amir Sultan Transition Presidency Transitional Emeritus Crown (Col.) (Gen.)".split()  # noqa: SIM905
)


def bare_name(text: str) -> str:
    """What remains of a title and a name when the title is taken off: "President of the Republic Ashraf GHANI"."""
    words = re.sub(r"[\"“”][^\"“”]*[\"“”]", " ", text).split()
    first = next((i for i, word in enumerate(words) if is_caps(word)), None)
    if first is None:
        return text
    while first > 0:
        word = words[first - 1]
        after_of = first > 1 and words[first - 2].lower() in ("of", "the", "for", "and")
        name_like = word[0].isupper() or word.lower() in _PARTICLES or re.match(r"(?:al|el|as|ul)-", word)
        if not name_like or word.strip(",") in _RANKS or after_of or word.endswith((",", ")")):
            break
        first -= 1
    return " ".join(words[first:])


def from_caps(raw: str) -> PersonName | None:
    """Read a name whose going name stands in capitals; none where there is no such word or more than one person."""
    raw = re.sub(r"\([^)]*\)|\[[^\]]*\]|[\"“”][^\"“”]*[\"“”]", " ", raw)
    raw = re.split(r",\s*(?!Jr|Sr)|;| - | a\.k\.a\.", raw)[0]
    words = [word for word in raw.replace(",", " ").split() if fold(word) not in ("dr", "sir", "dame", "gen", "sheikh")]
    words = [word for word in words if not _ABBREVIATED.fullmatch(word)]
    marks = [i for i, word in enumerate(words) if is_caps(word)]
    if not marks:
        return None
    first, last = marks[0], marks[0]
    for i in marks[1:]:
        between = [word.lower() for word in words[last + 1 : i]]
        if all(word in _PARTICLES for word in between):
            last = i
        else:
            break
    family_words = [small(word) if fold(word) not in _PARTICLES else word.lower() for word in words[first : last + 1]]
    family = " ".join(family_words)
    remarks = (i for i in range(last + 1, len(words)) if _REMARK.match(words[i]) and words[i] not in _PARTICLES)
    words = words[: next(remarks, None)]
    before, after = [small(word) for word in words[:first]], [small(word) for word in words[last + 1 :]]
    before_short = [word for word in before if not _PATRONYMIC.search(word)] or before
    full = " ".join([*before_short, *family_words, *(after if not before else ())])
    long = " ".join([*before, *family_words, *after])
    variants = tuple(dict.fromkeys(name for name in (long,) if name != full))
    return PersonName(full, family, variants)


def given_words(name: str, family: str) -> list[str]:
    """The folded words of a name that are not of the family name."""
    inner = set(fold(family).split())
    return [word for word in fold(name).split() if word not in inner and word not in _SMALL]


def same_person(one: PersonName, other: PersonName) -> bool:
    """Whether two spellings can be one person: same family name (or its consonants) and a given name in common."""
    if fold(one.full) == fold(other.full):
        return True
    own = {fold(name) for name in (one.full, *one.variants)}
    if own & {fold(name) for name in (other.full, *other.variants)}:
        return True
    shorter, longer = sorted((fold(one.full).split(), fold(other.full).split()), key=len)
    if len(shorter) > 1 and shorter[0] == longer[0] and in_order(shorter, longer) and sum(map(len, shorter)) > 8:
        return True
    families = fold(one.family), fold(other.family)
    first, second = given_words(one.full, one.family), given_words(other.full, other.family)
    if not first or not second:
        return families[0] == families[1]
    spelt = min(map(len, families)) > 4 and skeleton(families[0]) == skeleton(families[1])
    near = spelt and SequenceMatcher(None, *families, autojunk=False).ratio() > 0.75
    if families[0] != families[1] and not near:
        return families[0] in fold(other.full) and sorted(fold(one.full).split()) == sorted(fold(other.full).split())
    if family_first(one) or family_first(other):
        return "".join(first) == "".join(second)
    return given_agree(first, second)


def in_order(shorter: list[str], longer: list[str]) -> bool:
    """Whether all words of one name stand in the other in the same order."""
    rest = iter(longer)
    return all(word in rest for word in shorter)


def is_bare(name: PersonName) -> bool:
    """Whether a name is a family name and nothing else."""
    return not given_words(name.full, name.family)


def family_first(name: PersonName) -> bool:
    """Whether the family name opens the full name, as in Chinese and Korean: given names then count as a whole."""
    full, family = fold(name.full), fold(name.family)
    return full.startswith(family + " ") and not full.endswith(" " + family)


def alike(one: PersonName, other: PersonName) -> float:
    """How well a known spelling and one told agree: 3 for equal full names, else the share of given names met."""
    if fold(one.full) == fold(other.full):
        return 3.0
    first, second = given_words(one.full, one.family), given_words(other.full, other.family)
    if not first or not second:
        return 0.0
    return sum(word in second for word in first) / len(first) + 0.1 * (first[0] == second[0])


def keys_of(name: PersonName) -> list[str]:
    """Folded texts under which a holder is found: family, full name, given plus family, and the variants."""
    keys = [fold(name.family), fold(name.full), *map(fold, name.variants)]
    given = given_words(name.full, name.family)
    if given and fold(name.full).endswith(fold(name.family)):
        keys.append(f"{given[0]} {fold(name.family)}")
    return [key for key in dict.fromkeys(keys) if key]
