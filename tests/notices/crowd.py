"""Many lines and their holders, put straight into the tables: a campaign needs a crowd."""

from typing import Final

import psycopg

from tenure.values.instant import Instant, moment_of

FIRST: Final = 85_510_000_000
SINCE: Final = Instant(1_790_000_000_000)

_PEOPLE: Final = """
INSERT INTO people.person (person_id, name, language, since)
SELECT n, 'Person ' || n, 'km', %(since)s FROM generate_series(1, %(people)s::bigint) AS n
"""
_LEAF: Final = """
INSERT INTO record.leaf (at, kind, body, leaf_hash)
VALUES (%(since)s, 'numbers.opened', '{}', sha256('\\x00'::bytea || '{}')) RETURNING seq
"""
_PURSES: Final = """
INSERT INTO money.purse (purse_id, funds_micros, funds_end)
SELECT n, 0, %(since)s FROM generate_series(1, %(lines)s::bigint) AS n
"""
# Every third line reads Khmer, every third English, every third a language that is not offered.
_LINES: Final = """
INSERT INTO numbers.line (msisdn, imsi, purse_id, offer, language, since, postpaid)
SELECT (%(first)s + n)::text, (456060000000000 + n)::text, n,
       CASE WHEN n %% 5 = 0 THEN 'postpaid' ELSE 'prepaid' END,
       (ARRAY['km', 'en', 'xx'])[1 + n %% 3], %(since)s, n %% 5 = 0
FROM generate_series(1, %(lines)s::bigint) AS n
"""
# Two lines a person; the last tenth of the lines is held by nobody.
_TENURES: Final = """
INSERT INTO numbers.tenure (msisdn, holder_id, during, opened_as, leaf_seq, purse_id, prepaid)
SELECT (%(first)s + n)::text, 1 + n / 2, tstzrange(%(since)s, NULL), 'import', %(leaf)s, n, false
FROM generate_series(1, %(held)s::bigint) AS n
"""


def crowd(owner_dsn: str, lines: int) -> None:
    """So many lines, of which nine in ten are held."""
    held = lines - lines // 10
    asked = {"lines": lines, "held": held, "people": 1 + held // 2, "first": FIRST}
    given = {**asked, "since": moment_of(SINCE)}
    with psycopg.connect(owner_dsn) as connection:
        connection.execute(_PEOPLE, given)
        row = connection.execute(_LEAF, given).fetchone()
        assert row is not None
        connection.execute(_PURSES, given)
        connection.execute(_LINES, given)
        connection.execute(_TENURES, {**given, "leaf": row[0]})


def rows(owner_dsn: str, query: str) -> list[tuple[object, ...]]:
    """What is in the tables."""
    with psycopg.connect(owner_dsn) as connection:
        return connection.execute(query.encode()).fetchall()
