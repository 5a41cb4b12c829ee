"""Every guard of a request, around every boundary, judged twice: by the rules and by the database.

The rows stand in decisions/effect.txt.  Each begins with a request that everybody signed, changes
one thing with all rights on the database and all triggers off, and then tries.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tenure.postgres.arrays import adapt
from tenure.postgres.embedded import APPLICATION, SUPERUSER, Cluster
from tenure.postgres.pool import pool_of
from tenure.postgres.transaction import Transaction
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model.requests import Ask, Kind, Locked, Party, Progress, Proof
from tenure.promises.numbers.operations.requests import effecting, loading
from tenure.promises.numbers.rules import requests as rules
from tenure.promises.numbers.store import requests as store
from tenure.values.instant import Instant, moment_of
from tests.numbers.asked import (
    LATER,
    NEW,
    OLD,
    by_passkey,
    populated,
    request_id,
    wanted,
)
from tests.numbers.stocked import KH, act, card, msisdn
from tests.staff.given import key_of as staff_key
from tests.tariffs.tables import Case, cases

FILE = Path(__file__).parent / "decisions" / "effect.txt"
SPAN = r"(\d+) d (\d\d):(\d\d):(\d\d)"
APPROVERS = {
    Kind.LEGAL_ORDER: ("sam", "vanna"),
    Kind.SIM: ("lina",),
    Kind.UNLOCK: (),
}
PARTIES = {
    Kind.TRANSFER: ((Party.FROM, OLD), (Party.TO, NEW)),
    Kind.INHERITANCE: ((Party.TO, NEW),),
    Kind.SIM: ((Party.FROM, OLD),),
    Kind.UNLOCK: ((Party.FROM, OLD),),
}

# What a row changes, with every right and every trigger off.  %(at)s is the attempt, %(span)s the
# span that the row names.
BORN = (
    "UPDATE people.person SET born_on = (%(at)s - interval '18 years')::date + {}"
    " WHERE person_id = {}"
)
MINOR = (
    "UPDATE people.person SET born_on = '2015-06-01' WHERE person_id = {0};"
    " INSERT INTO people.guardian VALUES ({0}, 7, '2020-01-01Z', NULL, 1)"
)
LINA = "(SELECT human_id FROM staff.member WHERE login = 'lina')"
BREAKS = {
    "nothing": "",
    "it was stopped": "UPDATE numbers.request SET ended_at = %(at)s, outcome = 'stopped',"
    " ended_leaf_seq = 1",
    "nobody holds the number": "UPDATE numbers.tenure SET during = tstzrange(lower(during),"
    " %(at)s - interval '1 s') WHERE upper_inf(during)",
    "somebody else holds the number": "UPDATE numbers.tenure SET holder_id = 3, purse_id = 77"
    " WHERE upper_inf(during)",
    "the holder has no document": "UPDATE people.person SET document_kind = NULL,"
    " document_number = NULL WHERE person_id = 1",
    "the new holder has no date of birth": "UPDATE people.person SET born_on = NULL"
    " WHERE person_id = 2",
    "the new holder never held it": "DELETE FROM numbers.tenure WHERE holder_id = 2",
    "the new holder is 18 tomorrow": BORN.format(1, 2),
    "the new holder is 18 today": BORN.format(0, 2),
    "the holder is 18 tomorrow": BORN.format(1, 1),
    "the new holder is a minor with a guardian": MINOR.format(2),
    "the holder is a minor with a guardian": MINOR.format(1),
    "lost since ago": "UPDATE numbers.line SET lost_at = %(at)s - %(span)s",
    "lost in": "UPDATE numbers.line SET lost_at = %(at)s + %(span)s",
    "suspended": "UPDATE numbers.line SET suspended = true",
    "barred": "UPDATE numbers.line SET bar_outgoing = true",
    "held by a complaint since ago": "INSERT INTO numbers.hold (msisdn, kind, reference, since,"
    " leaf_seq) SELECT msisdn, 'complaint', 'c1', %(at)s - %(span)s, 1 FROM numbers.request",
    "held by a complaint since in": "INSERT INTO numbers.hold (msisdn, kind, reference, since,"
    " leaf_seq) SELECT msisdn, 'complaint', 'c1', %(at)s + %(span)s, 1 FROM numbers.request",
    "a complaint closed ago": "INSERT INTO numbers.hold (msisdn, kind, reference, since, until,"
    " leaf_seq, release_leaf_seq) SELECT msisdn, 'complaint', 'c1', %(at)s - interval '1 day',"
    " %(at)s - %(span)s, 1, 1 FROM numbers.request",
    "a complaint closed in": "INSERT INTO numbers.hold (msisdn, kind, reference, since, until,"
    " leaf_seq, release_leaf_seq) SELECT msisdn, 'complaint', 'c1', %(at)s - interval '1 day',"
    " %(at)s + %(span)s, 1, 1 FROM numbers.request",
    "locked since ago": "INSERT INTO numbers.lock SELECT msisdn, 1, %(at)s - %(span)s, NULL, 1"
    " FROM numbers.request",
    "locked since in": "INSERT INTO numbers.lock SELECT msisdn, 1, %(at)s + %(span)s, NULL, 1"
    " FROM numbers.request",
    "no lock any more": "UPDATE numbers.lock SET until = %(at)s",
    "the SIM changed ago": "UPDATE numbers.binding SET during = tstzrange(%(at)s - %(span)s, NULL)",
    "the new SIM is dead": "UPDATE numbers.sim SET died_at = %(at)s WHERE iccid = %(iccid)s",
    "the new SIM is of another network": "UPDATE numbers.sim SET imsi = '510090000000009'"
    " WHERE iccid = %(iccid)s",
    "the consent of the holder is missing": "DELETE FROM numbers.consent WHERE party = 'from'",
    "the consent of the new holder is missing": "DELETE FROM numbers.consent WHERE party = 'to'",
    "a stranger consented for the holder": "UPDATE numbers.consent SET person_id = 3"
    " WHERE party = 'from'",
    "the consent of the holder came in": "UPDATE numbers.consent SET given_at = %(at)s + %(span)s"
    " WHERE party = 'from'",
    "the holder's passkey was old": "UPDATE people.passkey SET added_at = %(later)s - %(span)s"
    " WHERE person_id = 1; UPDATE record.leaf SET at = %(later)s - %(span)s WHERE seq ="
    " (SELECT leaf_seq FROM people.passkey WHERE person_id = 1)",
    "one approval is missing": "DELETE FROM staff.approval WHERE ctid = (SELECT max(ctid)"
    " FROM staff.approval)",
    "an approver was suspended ago": "UPDATE staff.human SET suspended_at = %(at)s - %(span)s"
    " WHERE human_id = LINA",
    "an approver was suspended in": "UPDATE staff.human SET suspended_at = %(at)s + %(span)s"
    " WHERE human_id = LINA",
    "an approver saw a consent": "UPDATE numbers.consent SET means = 'presence',"
    " witness = LINA, document_kind = 'passport', photo_ppm = 990000, photo_reference = 'r',"
    " client_data_json = convert_to(json_build_object('challenge', rtrim(translate(encode(sha256("
    "convert_to('seen to ' || person_id || ' ' || encode(request_hash, 'hex'), 'UTF8')), 'base64'),"
    " '+/', '-_'), '='))::text, 'UTF8')"
    " WHERE party = 'to'",
    "an approver is the holder": "UPDATE staff.human SET document_kind = 'passport',"
    " document_number = 'N1' WHERE human_id = LINA",
    "an approver is the new holder": "UPDATE staff.human SET document_kind = 'passport',"
    " document_number = 'N2' WHERE human_id = LINA",
    "an approver is the one who asked": "UPDATE staff.approval SET approved_by ="
    " (SELECT requested_by FROM numbers.request), requested_by = 0"
    " WHERE approved_by = LINA",
    "an approval came before the last consent": "UPDATE staff.approval SET approved_at ="
    " approved_at - interval '1 s' WHERE approved_by = LINA",
    "an approval came later by": "UPDATE staff.approval SET approved_at = approved_at + %(span)s"
    " WHERE approved_by = LINA",
}  # fmt: skip


@pytest.fixture(scope="module")
def prepared(cluster: Cluster, furnished: str) -> Iterator[str]:
    """A database with a held number, people and staff: every row begins with it."""
    name = "requests_decided"
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        names = {"name": sql.Identifier(name), "template": sql.Identifier(furnished)}
        connection.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {template}").format(**names))
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {name} TO {app}").format(
                **names, app=sql.Identifier(APPLICATION)
            )
        )
        asyncio.run(_furnish(cluster.dsn_of(APPLICATION, name)))
        yield cluster.dsn_of(SUPERUSER, name)
        connection.execute(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**names))


async def _furnish(dsn: str) -> None:
    async with pool_of(dsn, size_min=1, size_max=2) as pool:
        await populated(pool)


@asynccontextmanager
async def undone(dsn: str) -> AsyncIterator[Transaction]:
    """A transaction of somebody with every right, undone at the end."""
    async with await psycopg.AsyncConnection.connect(dsn) as tx:
        adapt(tx)
        yield tx
        await tx.rollback()


async def ready(tx: Transaction, kind: Kind) -> Progress:
    """A request of this kind with every consent and approval that it needs."""
    if kind is Kind.RESTORATION:
        await tx.execute(
            "INSERT INTO numbers.tenure (msisdn, holder_id, during, opened_as, leaf_seq, purse_id,"
            " prepaid) VALUES (%s, 2, '[2020-01-01Z,2021-01-01Z)', 'import', 1, 9, true)",
            [msisdn(0)],
        )
        # It went from them to its holder, and was not sold anew in between.
        await tx.execute(
            "UPDATE numbers.tenure SET opened_as = 'transfer', request_id = %s"
            " WHERE msisdn = %s AND upper_inf(during)",
            [request_id(0), msisdn(0)],
        )
    if kind is Kind.UNLOCK:
        proof = by_passkey(OLD, numbers.requests.lock_hash(msisdn(0), LATER))
        done = await numbers.requests.lock(tx, msisdn(0), proof, act("<holder>", LATER))
        assert isinstance(done, Locked), done
    asker = "rith" if kind is Kind.LEGAL_ORDER else "sok"
    ask: Ask = wanted(1, kind)
    made = await numbers.requests.ask(tx, KH, ask, act(asker, LATER))
    assert isinstance(made, Progress), made
    for party, person_id in PARTIES.get(kind, ()):
        given: Proof = by_passkey(person_id, made.request_hash)
        by = act("<holder>", LATER)
        found = await numbers.requests.consent(tx, KH, request_id(1), party, given, by)
        assert isinstance(found, Progress), found
    for login in APPROVERS.get(kind, ("vanna", "lina")):
        signed = staff_key(login).assertion(made.request_hash)
        by = act(login, LATER)
        found = await numbers.requests.approve(tx, KH, request_id(1), signed, by)
        assert isinstance(found, Progress), found
    return made


def span_of(text: str) -> timedelta:
    """A span that a cell names: 6 d 23:59:59."""
    found = re.search(SPAN, text)
    if found is None:
        return timedelta()
    days, hours, minutes, seconds = map(int, found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


async def change(tx: Transaction, what: str, at: Instant) -> None:
    """Change what the row says, with every trigger off."""
    named = " ".join(re.sub(SPAN, "", what).split())
    values = {
        "at": moment_of(at),
        "later": moment_of(LATER),
        "span": span_of(what),
        "iccid": card(9).iccid,
    }
    await tx.execute("SET LOCAL session_replication_role = replica")
    for statement in filter(None, BREAKS[named].split(";")):
        cursor = await tx.execute(statement.replace("LINA", LINA).encode(), values)
        assert cursor.rowcount > 0, "the row has to change something"
    await tx.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize("row", cases(str(FILE)), ids=lambda row: row.place.rpartition("/")[2])
async def test_a_request_takes_effect_or_why_not(prepared: str, row: Case) -> None:
    at = Instant(LATER + round(span_of(row["at"]).total_seconds() * 1000))
    async with undone(prepared) as tx:
        await ready(tx, Kind(row["kind"]))
        await change(tx, row["what is different"], at)

        stored = await store.request(tx, request_id(1))
        assert stored is not None
        case = await loading.case_of(tx, KH, stored, at)
        ruled = rules.effected(case, KH.keeping, at)
        enforced = await enforced_by_the_database(tx, case, at)

    assert ("-" if ruled is None else ruled.refusal.name) == row["the rule"], row.place
    assert enforced == row["the database"], row.place
    assert ruled is None or ruled.detail


async def enforced_by_the_database(tx: Transaction, case: object, at: Instant) -> str:
    """What the one door says to the application, when no rule is asked before."""
    try:
        leaf_seq = await effecting._recorded(tx, case, act("<clock>", at))  # type: ignore[arg-type]
        await tx.execute("SET LOCAL ROLE tenure_app")
        await store.effect(tx, request_id(1), at, leaf_seq)
    except psycopg.errors.CheckViolation as violation:
        return str(violation.diag.constraint_name)
    return "-"


def test_every_guard_has_a_row() -> None:
    """A guard that is added without its boundaries is noticed here."""
    from tenure.promises.numbers.rules.requests import judging  # noqa: PLC0415 -- its insides

    tried = {row["the rule"] for row in cases(str(FILE))}
    guards = {guard.refusal.name for guard in (*judging.BEFORE, *judging.STANDING, *judging.AGREED)}
    # To oneself and without its paper, nothing can even be asked: the table itself refuses it.
    elsewhere = {"TO_ONESELF", "DOCUMENT_MISSING", "AT_THE_LIMIT"}
    assert guards - tried == elsewhere


def test_every_change_is_tried() -> None:
    named = {
        " ".join(re.sub(SPAN, "", row["what is different"]).split()) for row in cases(str(FILE))
    }
    assert named == set(BREAKS)
