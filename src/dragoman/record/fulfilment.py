"""Which act fulfils or cancels which announced one. In: the gathered events. Out: SQL of links, one row an event
that has any.

An announced act (future, or an agreement about it) is fulfilled by the first act of that kind of the same parties that
was done within its time, or within NINETY days where no time is named; it is cancelled by the first refusal of it that
came after. Nothing is told to fulfil what the very same report announces. Neither is ever merged with it. A link says
that the acts fit, not that nothing else came between.
"""

from __future__ import annotations

import duckdb

NINETY = 90
LINKS = ("fulfils", "cancels", "fulfilled_by", "cancelled_by")


def fulfilments(engine: duckdb.DuckDBPyConnection) -> str:
    """Make the tables that the links are read from; SQL of the links. The view `gathered` is read."""
    engine.execute(
        """CREATE TABLE sides AS SELECT id, article, event, status, negated, about_event,
            array_to_string(list_sort(list_distinct(list_filter(string_split(concat_ws('|', actor_parties,
            recipient_parties), '|'),
                lambda x: x <> ''))), '|') AS parties,
            coalesce(try_cast(date_start AS DATE), try_cast(first_published[:10] AS DATE)) AS start,
            coalesce(try_cast(date_end AS DATE), try_cast(first_published[:10] AS DATE)) AS stop,
            date_basis = 'text' AS dated, try_cast(first_published[:10] AS DATE) AS told
        FROM gathered WHERE event <> 'STATEMENT' AND NOT historical"""
    )
    engine.execute(
        """CREATE TABLE announced AS SELECT id, article, parties, coalesce(about_event, event) AS act, start, stop,
            dated, told FROM sides
        WHERE NOT negated AND parties LIKE '%|%' AND start IS NOT NULL AND told IS NOT NULL
            AND (status = 'future' OR (event IN ('AGREE', 'CONCEDE') AND about_event IS NOT NULL AND status =
            'actual'))"""
    )
    engine.execute(
        """CREATE TABLE done AS SELECT id, article, parties, event AS act, start AS on_day FROM sides
        WHERE status = 'actual' AND NOT negated AND about_event IS NULL AND parties LIKE '%|%' AND start IS NOT NULL"""
    )
    engine.execute(
        """CREATE TABLE refused AS SELECT id, parties, coalesce(about_event, event) AS act, told AS on_day FROM sides
        WHERE parties LIKE '%|%' AND told IS NOT NULL
            AND ((event = 'REJECT' AND about_event IS NOT NULL AND status = 'actual') OR (negated AND (status =
            'future' OR about_event IS NOT NULL)))"""
    )
    engine.execute(
        f"""CREATE TABLE met AS SELECT a.id AS announced, d.id AS act, a.told FROM announced a
        ASOF JOIN done d ON a.parties = d.parties AND a.act = d.act AND d.on_day >= if(a.dated, a.start, a.told)
        WHERE a.id <> d.id AND a.article <> d.article
            AND d.on_day <= if(a.dated, a.stop, a.told + {NINETY}) AND d.on_day >= a.told - 1"""
    )
    engine.execute(
        f"""CREATE TABLE dropped AS SELECT a.id AS announced, r.id AS act, a.told FROM announced a
        ASOF JOIN refused r ON a.parties = r.parties AND a.act = r.act AND r.on_day >= a.told
        WHERE a.id <> r.id AND r.on_day <= greatest(a.stop, a.told + {NINETY})"""
    )
    return """SELECT id AS of_event, min(fulfils) AS fulfils, min(cancels) AS cancels, min(fulfilled_by) AS
    fulfilled_by,
            min(cancelled_by) AS cancelled_by FROM (
        SELECT act AS id, min_by(announced, (told, announced)) AS fulfils, NULL AS cancels, NULL AS fulfilled_by,
        NULL AS cancelled_by
            FROM met GROUP BY act
        UNION ALL SELECT announced, NULL, NULL, act, NULL FROM met
        UNION ALL SELECT act, NULL, min_by(announced, (told, announced)), NULL, NULL FROM dropped GROUP BY act
        UNION ALL SELECT announced, NULL, NULL, NULL, act FROM dropped) GROUP BY id"""
