"""The second keeper of prices: the doors of the database verify all of it, whoever asks."""

import hashlib
import json

import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.record import operations as record
from tenure.promises.staff import operations as staff
from tenure.promises.tariffs import operations as tariffs
from tenure.promises.tariffs import rules
from tenure.promises.tariffs.model import Considered
from tenure.values.instant import DAY_MS, SECOND_MS, Instant, moment_of
from tests.notices.crowd import crowd
from tests.staff.given import AT
from tests.tariffs.announced import CLERK, NEW, SMART, agreed, announcing, hire, publish

DAY = Instant(AT + 40 * DAY_MS)
"""The day that is announced."""

FORGED = {
    "version_everybody_affected_was_told_in_time": (
        "SELECT tariffs.put_in_force('smart-kh', '2027-03', %(day)s, %(leaf)s, %(at)s)"
    ),
    "version_never_in_force_early": (
        "SELECT tariffs.put_in_force('smart-kh', '2027-03', %(at)s, %(leaf)s, %(at)s)"
    ),
    "version_founding_is_the_beginning": (
        "SELECT tariffs.found('smart-kh', ARRAY['x'], ARRAY['\\x00'::bytea], ARRAY[%(at)s],"
        " 0, 'sok', %(leaf)s, %(at)s)"
    ),
    "version_notice_never_gets_shorter": (
        "SELECT tariffs.publish('smart-kh', 'x', '\\x00', %(at)s, '{}', 0, '{}', 1, NULL, 'sok',"
        " %(leaf)s, %(at)s)"
    ),
    "version_is_published_in_time": (
        "SELECT tariffs.publish('smart-kh', 'x', '\\x00', %(at)s, '{}', 2592000000, '{}', 1, NULL,"
        " 'sok', %(leaf)s, %(at)s)"
    ),
    "version_approved_by_another_human": (
        "SELECT tariffs.publish('smart-kh', 'x', '\\x00', %(day)s, '{}', 2592000000, '{}', 1, NULL,"
        " 'sok', %(leaf)s, %(at)s)"
    ),
    "version_has_its_leaf": (
        "SELECT tariffs.withdraw('smart-kh', '2027-03', 'because', %(leaf)s, %(at)s)"
    ),
}


@pytest.mark.parametrize("refused", sorted(FORGED))
async def test_the_database_refuses_what_the_rules_did_not_ask_for(
    pool: Pool, database: str, owner: str, refused: str
) -> None:
    crowd(owner, 6)
    await hire(pool)
    await publish(pool, announcing(DAY))

    given = {"at": moment_of(AT), "day": moment_of(DAY), "leaf": 1}
    with psycopg.connect(database) as connection, pytest.raises(psycopg.IntegrityError) as error:
        connection.execute(FORGED[refused].encode(), given)

    assert error.value.diag.constraint_name == refused


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tariffs.version SET in_force_from = effective_from",
        "DELETE FROM tariffs.version",
        "INSERT INTO tariffs.version (operator, version) VALUES ('smart-kh', 'x')",
    ],
)
async def test_the_application_cannot_write_versions(database: str, statement: str) -> None:
    with (
        psycopg.connect(database) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


async def test_nothing_else_than_what_was_approved_is_published(pool: Pool, database: str) -> None:
    """The day of the approved body is moved by a second, behind the rules' back."""
    await hire(pool)
    same = announcing(DAY, rows=SMART.versions[-1].rows)
    await agreed(pool, same)
    considered = await perform(pool, tariffs.consider, same, "", CLERK)
    assert isinstance(considered, Considered)
    digest = rules.digest_of(considered.new)
    body = json.loads(considered.text)
    said = {"operator": "smart-kh", "version": NEW, "digest": digest.hex()}
    async with pool.connection() as tx:
        leaf = await record.append(tx, CLERK, "tariffs.published", said, {})
    request_hash = hashlib.sha256(considered.text.encode()).digest()
    (vanna,) = await perform(pool, staff.approvals, request_hash)

    with psycopg.connect(database) as connection, pytest.raises(psycopg.IntegrityError) as error:
        connection.execute(
            "SELECT tariffs.publish('smart-kh', %s, %s, %s, '{}', %s, %s, %s, NULL, 'sok', %s, %s)",
            [NEW, digest, moment_of(Instant(DAY + SECOND_MS)), body["notice_ms"], considered.text,
             vanna.approved_by, leaf, moment_of(AT)],
        )  # fmt: skip

    assert error.value.diag.constraint_name == "version_is_what_was_asked"
