"""The columns of POLECAT, ICEWS and GDELT 2.0, in their order and under their names, and what we write into each.

In: nothing. Out: columns. "not known" in a note: the column is always empty. The codes of CAMEO are of version 1.1b3.
"""

from __future__ import annotations

from dragoman.record.exports.columns import Column

_UNKNOWN = "Empty: not known."


def _polecat_party(role: str, who: str) -> tuple[Column, ...]:
    return (
        Column(f"{role} Name", "string", f"Names of {who}", "Several are joined by a semicolon and a space."),
        Column(f"{role} Country", "string", f"Countries of {who}, ISO alpha-3"),
        Column(f"{role} COW", "string", f"Countries of {who}, Correlates of War numbers"),
        Column(f"Primary {role} Sector", "string", f"First PLOVER sector among {who}"),
        Column(f"{role} Sectors", "string", f"All PLOVER sectors of {who}"),
        Column(f"{role} Title", "string", f"Offices of {who} on the day of the report, where known"),
        Column(f"{role} Name Raw", "string", f"Words that name {who}"),
        Column(f"Wikipedia {role} ID", "string", "Title in Wikipedia", f"{_UNKNOWN} Wikidata ids: see plover.jsonl."),
    )


POLECAT: tuple[Column, ...] = (
    Column("Event ID", "string", "Id of the mention (of the event, where events were asked for)"),
    Column("Event Date", "date", "First day of the event; where no words give one, that of the report"),
    Column("Event Type", "string", "PLOVER category"),
    Column("Event Mode", "string", "Modes, joined by a semicolon and a space"),
    Column("Intensity", "number", "PLOVER score, -10 to 10"),
    Column("Quad Code", "string", "PLOVER quad class in words; PROTEST is material conflict"),
    Column("Contexts", "string", "PLOVER contexts, joined by a semicolon and a space"),
    *_polecat_party("Actor", "those who act"),
    *_polecat_party("Recipient", "those acted upon"),
    Column("Placename", "string", "Where it took place"),
    Column("City", "string", "The same, where it is a town or smaller"),
    Column("District", "string", "Second-level division", _UNKNOWN),
    Column("Province", "string", "The place, where it is a first-level division"),
    Column("Country", "string", "Country of the place, ISO alpha-3"),
    Column("Latitude", "number", "Degrees (WGS 84), of the place or of the middle of the area"),
    Column("Longitude", "number", "Degrees (WGS 84)"),
    Column("GeoNames ID", "integer", "GeoNames id of the place"),
    Column("Raw Placename", "string", "Words for the place"),
    Column("Feature Type", "string", "Feature code of GeoNames", _UNKNOWN),
    Column("Source", "string", "Who published the report"),
    Column("Publication Date", "date", "Day of publication"),
    Column("Story People", "string", "Persons in the whole story", _UNKNOWN),
    Column("Story Organizations", "string", "Organisations in the whole story", _UNKNOWN),
    Column("Story Locations", "string", "Places in the whole story", _UNKNOWN),
    Column("Language", "string", "Language, ISO 639-1"),
    Column("Version", "string", "What coded it"),
)


def _icews_party(role: str, who: str) -> tuple[Column, ...]:
    return (
        Column(f"{role} Name", "string", f"Name of {who}"),
        Column(f"{role} Sectors", "string", f"Sector of {who} in words, from PLOVER's"),
        Column(f"{role} Country", "string", f"Country of {who}, as a name"),
    )


ICEWS: tuple[Column, ...] = (
    Column("Event ID", "integer", "Number made of our id: its first 13 hexadecimal digits", "One a pair of parties."),
    Column("Event Date", "date", "First day of the event; where no words give one, that of the report"),
    *_icews_party("Source", "who acts"),
    Column("Event Text", "string", "What the CAMEO code means, in our words"),
    Column("CAMEO Code", "string", "CAMEO 1.1b3: keep the leading zero"),
    Column("Intensity", "number", "Goldstein score of the code's root", "ICEWS scores the finer codes too."),
    *_icews_party("Target", "who is acted upon"),
    Column("Story ID", "integer", "Number made of the article's id: its first 13 hexadecimal digits"),
    Column("Sentence Number", "integer", "Number of the sentence in the story, from 1"),
    Column("Publisher", "string", "Who published the story"),
    Column("City", "string", "Where it took place, if a town or smaller"),
    Column("District", "string", "Second-level division", _UNKNOWN),
    Column("Province", "string", "Where it took place, if a first-level division"),
    Column("Country", "string", "Country of the place, as a name"),
    Column("Latitude", "number", "Degrees (WGS 84)"),
    Column("Longitude", "number", "Degrees (WGS 84)"),
)


def _gdelt_actor(actor: str, who: str) -> tuple[Column, ...]:
    return (
        Column(f"{actor}Code", "string", f"CAMEO code of {who}: groups of three letters, general to specific"),
        Column(f"{actor}Name", "string", f"Name of {who}, in capitals"),
        Column(f"{actor}CountryCode", "string", f"Country of {who}, in CAMEO's letters (Romania is ROM)"),
        Column(f"{actor}KnownGroupCode", "string", "CAMEO code of the organisation or armed group"),
        Column(f"{actor}EthnicCode", "string", "Ethnic group", _UNKNOWN),
        Column(f"{actor}Religion1Code", "string", "Religion", _UNKNOWN),
        Column(f"{actor}Religion2Code", "string", "Denomination", _UNKNOWN),
        Column(f"{actor}Type1Code", "string", f"CAMEO role of {who}"),
        Column(f"{actor}Type2Code", "string", "Second role"),
        Column(f"{actor}Type3Code", "string", "Third role"),
    )


def _gdelt_place(of: str, what: str, note: str = "") -> tuple[Column, ...]:
    return (
        Column(f"{of}Geo_Type", "integer", f"{what}: 1 country, 2 US state, 3 US town, 4 town, 5 division", note),
        Column(f"{of}Geo_FullName", "string", f"{what}: name, then country", note),
        Column(f"{of}Geo_CountryCode", "string", f"{what}: FIPS 10-4 code of the country", note),
        Column(f"{of}Geo_ADM1Code", "string", f"{what}: FIPS code of the division; of a country, its own", note),
        Column(f"{of}Geo_ADM2Code", "string", f"{what}: second-level division", _UNKNOWN),
        Column(f"{of}Geo_Lat", "number", f"{what}: latitude", note),
        Column(f"{of}Geo_Long", "number", f"{what}: longitude", note),
        Column(f"{of}Geo_FeatureID", "string", f"{what}: GNS or GNIS feature; of a country, its code", note),
    )


GDELT: tuple[Column, ...] = (
    Column("GLOBALEVENTID", "integer", "Number made of our id: its first 13 hexadecimal digits", "One a pair."),
    Column("SQLDATE", "integer", "First day of the event, YYYYMMDD"),
    Column("MonthYear", "integer", "The same, YYYYMM"),
    Column("Year", "integer", "The same, YYYY"),
    Column("FractionDate", "number", "The same, year and ((month - 1) * 30 + day) / 365"),
    *_gdelt_actor("Actor1", "who acts"),
    *_gdelt_actor("Actor2", "who is acted upon"),
    Column("IsRootEvent", "integer", "1: told in the first paragraph; empty: the text has no paragraphs"),
    Column("EventCode", "string", "CAMEO 1.1b3: keep the leading zero"),
    Column("EventBaseCode", "string", "Its first three digits"),
    Column("EventRootCode", "string", "Its first two digits"),
    Column("QuadClass", "integer", "GDELT's class by root: PROTEST is 3 here, 4 in PLOVER"),
    Column("GoldsteinScale", "number", "Goldstein score of the root", "GDELT scores the finer codes too."),
    Column("NumMentions", "integer", "Mentions of the event in all reports"),
    Column("NumSources", "integer", "Publishers that tell of it"),
    Column("NumArticles", "integer", "Articles that tell of it, copies counted"),
    Column("AvgTone", "number", "Tone of the reports", _UNKNOWN),
    *_gdelt_place("Actor1", "Where the actor was", _UNKNOWN),
    *_gdelt_place("Actor2", "Where the other was", _UNKNOWN),
    *_gdelt_place("Action", "Where it took place"),
    Column("DATEADDED", "integer", "When the first report was published, YYYYMMDDHHMMSS in UTC"),
    Column("SOURCEURL", "string", "Address of the report that stands for the event"),
)
