"""What the layouts of others look up: our ontology, the codes of others, names of parties and offices, our version.

In: the knowledge tables. Out: one value, loaded once an export. It reads no record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dragoman import __version__
from dragoman.knowledge.actors import load_actors
from dragoman.knowledge.codes import CodeTables, load_codes
from dragoman.knowledge.ontology import Ontology, load_ontology


@dataclass(frozen=True, slots=True)
class Lookups:
    """Tables for the layouts of others."""

    ontology: Ontology
    codes: CodeTables
    names: Mapping[str, str]  # party -> name
    version: str

    def name(self, party: str | None) -> str:
        """The name of a country or organisation; its code where no table knows it."""
        return "" if party is None else self.names.get(party, party)

    def cow(self, party: str | None, country: str | None) -> int | None:
        """The COW number of whoever acts as a unit, else of the country that it belongs to."""
        number = self.codes.cow_number(party)
        return self.codes.cow_number(country) if number is None else number


def load_lookups() -> Lookups:
    """The tables of the package."""
    names = {identity: entity.name for identity, entity in load_actors().entities.items()}
    return Lookups(load_ontology(), load_codes(), names, f"dragoman {__version__}")


def office_words(office: str | None) -> str:
    """An office as words: "foreign-minister" is "foreign minister"."""
    return "" if office is None else office.replace("-", " ")
