"""The codebook as a page of Markdown, written from the ontology's tables, so that page and tables cannot drift.

In: an ontology. Out: the text of docs/codebook.md. It explains codes, and not how a sentence comes to its code.
In a source tree, `python -m dragoman.knowledge.codebook > docs/codebook.md` writes the page anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dragoman.knowledge.ontology import Category, Dialect, Ontology, load_ontology

_INTRODUCTION = """\
# Codebook

This page is written from the tables in `src/dragoman/knowledge/tables/ontology/` by
`dragoman.knowledge.codebook`; change the tables and not the page. Categories, modes, contexts, sectors and
scores are those of the PLOVER 2.0 draft, codes those of CAMEO 1.1b3. All explanations are our own words; where
they seem to differ from the manuals, the section on decisions says why.

An event has one **category**, any number of **modes** of that category and of **contexts**. Below the
categories lie **actions**, which are what the lexicon names; each carries its category, its modes, its CAMEO
code and the contexts that it always brings.
"""
_SCORES = """\
A score runs from -10 to 10. An event scores what its mode scores; with several modes, what the mode furthest
from zero scores; with none, what its category scores.
"""
_FUTURE = """\
An act that is announced, planned or agreed upon has not happened. It is coded as below, with the act itself in
`about` and the status `future`. Categories that are not listed keep their name.
"""
_ABOUT = """\
A request, a refusal and a threat take their mode from the act inside them. The first row that fits holds.
"""
_LEAVES = """\
A bare action over an act becomes a finer one where CAMEO has a code for it; the category stays. The act is sought
by its own name, then by the action that announces it, by its category with a mode, and by its category.
"""
_CAMEO = """\
Each code is read as one action, and each action has one code. A code that is finer than our actions is read as
the action above it. Where PLOVER's own crosswalk (CAMEO2PLOVER-2021) says something else, its reading stands in
the column *crosswalk* (*none*: it drops the code; *absent*: it does not know the code) with the decision that
gives our reason.
"""
_OLDER = """\
An older numbering is still in use, for instance in the tables that gdeltPyR ships. State which one a file uses.
These numbers differ; those that are not listed mean the same in both.
"""
_GOLDSTEIN = """\
Keyed by root, since the roots mean the same in both numberings and the codes below them do not.
"""
_DIALECTS = """\
Other sets file the same acts under other roots. A record is never changed for them; a dialect is a way of
reading it. An action goes before its CAMEO code, and this before its category. Only what differs from our
category is listed.
"""
_DECISIONS = """\
The PLOVER draft contradicts itself in ten places (d01 to d10) and is silent in others (r01 and on). Each is
decided here, once.
"""


def codebook_markdown(ontology: Ontology) -> str:
    """The whole page, ending in one newline."""
    parts = [
        _INTRODUCTION,
        "## Quad classes\n",
        markdown_table(
            ("class", "name", "content"), ((str(key), row.kind, row.gloss) for key, row in ontology.quads.items())
        ),
        "## Categories\n",
        markdown_table(("category", "quad", "score", "recipient", "CAMEO roots", "content"), _categories(ontology)),
        "## Modes\n",
        _SCORES,
        *_modes(ontology),
        "## Announced acts\n",
        _FUTURE,
        markdown_table(("act", "announced"), ((row.category, row.future) for row in ontology.futures.values())),
        "## Modes from the act inside\n",
        _ABOUT,
        markdown_table(("category", "act inside", "its modes", "its action", "mode"), _about_modes(ontology)),
        "## Actions from the act inside\n",
        _LEAVES,
        markdown_table(
            ("action", "over", "becomes"), ((x.operator, x.about, x.action) for x in ontology.leaves.values())
        ),
        "## Contexts\n",
        markdown_table(("context", "content"), ((row.id, row.gloss) for row in ontology.contexts.values())),
        "## Sectors\n",
        markdown_table(
            ("code", "kind", "content"), ((row.id, row.kind, row.gloss) for row in ontology.sectors.values())
        ),
        "## Actions\n",
        *_actions(ontology),
        "## CAMEO 1.1b3\n",
        _CAMEO,
        markdown_table(("code", "content", "action", "PLOVER", "crosswalk", "decision"), _cameo(ontology)),
        "## The older CAMEO numbering\n",
        _OLDER,
        markdown_table(
            ("older", "1.1b3", "content"), ((row.id, row.code, row.note) for row in ontology.older.values())
        ),
        "## Goldstein scores\n",
        _GOLDSTEIN,
        markdown_table(("root", "numbering", "score"), _goldstein(ontology)),
        "## Dialects\n",
        _DIALECTS,
        *_dialects(ontology),
        "## Decisions\n",
        _DECISIONS,
        *_decisions(ontology),
    ]
    return "\n".join(parts).rstrip("\n") + "\n"


def codes_markdown(ontology: Ontology) -> str:
    """The codes that stand in data: classes, categories, modes, announced acts, contexts, sectors, CAMEO."""
    parts = [
        "## Quad classes\n",
        markdown_table(
            ("class", "name", "content"), ((str(key), x.kind, x.gloss) for key, x in ontology.quads.items())
        ),
        "## Categories\n",
        markdown_table(("category", "quad", "score", "recipient", "CAMEO roots", "content"), _categories(ontology)),
        "## Modes\n",
        _SCORES,
        *_modes(ontology),
        "## Announced acts\n",
        _FUTURE,
        markdown_table(("act", "announced"), ((row.category, row.future) for row in ontology.futures.values())),
        "## Contexts\n",
        markdown_table(("context", "content"), ((row.id, row.gloss) for row in ontology.contexts.values())),
        "## Sectors\n",
        markdown_table(("code", "kind", "content"), ((x.id, x.kind, x.gloss) for x in ontology.sectors.values())),
        "## CAMEO 1.1b3\n",
        markdown_table(("code", "content"), ((row.id, row.label) for row in ontology.cameo.values())),
    ]
    return "\n".join(parts).rstrip("\n") + "\n"


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows as a table of Markdown, ending in one newline."""
    lines = [f"| {' | '.join(header)} |", "|" + "---|" * len(header)]
    for row in rows:
        cells = [cell.replace("|", "\\|") for cell in row]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _plover(category: str, modes: Sequence[str]) -> str:
    return f"{category} {', '.join(modes)}".rstrip()


def _categories(ontology: Ontology) -> Iterator[Sequence[str]]:
    for row in ontology.categories.values():
        recipient = "required" if row.recipient_required else "if any"
        yield row.id, str(row.quad), _number(row.score), recipient, ", ".join(row.roots), row.gloss


def _modes(ontology: Ontology) -> Iterator[str]:
    for category in ontology.categories.values():
        own = [mode for mode in ontology.modes.values() if mode.category == category.id]
        if own:
            yield f"### {category.id}\n"
            yield markdown_table(
                ("mode", "score", "content"), ((mode.mode, _number(mode.score), mode.gloss) for mode in own)
            )
    without = [row.id for row in ontology.categories.values() if not _has_modes(ontology, row)]
    yield f"No modes: {', '.join(without)}.\n"


def _has_modes(ontology: Ontology, category: Category) -> bool:
    return any(mode.category == category.id for mode in ontology.modes.values())


def _about_modes(ontology: Ontology) -> Iterator[Sequence[str]]:
    for rows in ontology.about_modes.values():
        for row in rows:
            yield row.operator, row.about, ", ".join(sorted(row.modes)) or "any", row.action or "any", row.mode


def _actions(ontology: Ontology) -> Iterator[str]:
    for category in ontology.categories.values():
        yield f"### {category.id}: actions\n"
        own = [action for action in ontology.actions.values() if action.category == category.id]
        yield markdown_table(
            ("action", "modes", "CAMEO", "contexts", "announced as", "content"),
            (
                (
                    action.id,
                    ", ".join(action.modes),
                    action.cameo,
                    ", ".join(action.contexts),
                    action.promise or "",
                    action.gloss,
                )
                for action in own
            ),
        )


def _cameo(ontology: Ontology) -> Iterator[Sequence[str]]:
    for row in ontology.cameo.values():
        action = ontology.actions[row.action]
        yield row.id, row.label, action.id, _plover(action.category, action.modes), row.printed, row.decision


def _goldstein(ontology: Ontology) -> Iterator[Sequence[str]]:
    for row in ontology.goldstein.values():
        yield row.root, row.numbering, _number(row.score)


def _dialects(ontology: Ontology) -> Iterator[str]:
    for dialect in ontology.dialects.values():
        yield f"### {dialect.name}\n"
        yield markdown_table(("our", "key", "root", "quad"), _differences(dialect, ontology))


def _differences(dialect: Dialect, ontology: Ontology) -> Iterator[Sequence[str]]:
    for kind, entries in (("category", dialect.categories), ("action", dialect.actions), ("CAMEO code", dialect.cameo)):
        for key, (root, quad) in entries.items():
            if kind != "category" or (root, quad) != (key, ontology.quad(key)):
                yield kind, key, root, str(quad)


def _decisions(ontology: Ontology) -> Iterator[str]:
    for row in ontology.decisions:
        affects = ", ".join(f"`{name}`" for name in row.affects)
        yield f"**{row.id}. {row.question}** {row.decided} *Why:* {row.reason} *See:* {affects}.\n"


if __name__ == "__main__":
    print(codebook_markdown(load_ontology()), end="")
