"""A canary in every personal column: after the erasure nothing of it is anywhere."""

import logging
from contextlib import closing
from typing import Final

import psycopg
import pytest

from tenure.commands import ending
from tenure.keystore import opening
from tenure.postgres.embedded import Cluster
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy.model.retention import Entry
from tenure.promises.privacy.operations import retention
from tenure.promises.staff.model import Role
from tenure.values.instant import iso
from tenure.values.sealing import Whose
from tests.numbers.stocked import act
from tests.privacy import canaries
from tests.privacy import canary_places as places
from tests.privacy.ended import GONE, after, entry_id, left
from tests.privacy.rights_asked import OFFICER
from tests.privacy.test_retention_logs import seen as recognised
from tests.staff.given import enrolled

LEAVING: Final = (
    "UPDATE numbers.tenure SET during = tstzrange(lower(during), %(at)s) WHERE upper_inf(during)",
    "UPDATE numbers.binding SET during = tstzrange(lower(during), %(at)s) WHERE upper_inf(during)",
    "UPDATE numbers.sim SET died_at = %(at)s",
    "DELETE FROM numbers.line",
    "UPDATE people.guardian SET until = %(at)s",
)
MARKED_MIN: Final = 200
STAYS: Final = {
    "money.purse": "sums that nobody's name leads to any more; no tenure has the purse",
    "money.entry_other": "entries of that purse; details of use end by the month",
    # The name of a login that is nobody's: the row that said whose it was is gone.
    "tariffs.version": "who published a price list",
    "topups.batch": "who issued vouchers",
    "access.traffic_group": "who decided a measure about traffic",
}
"""Where a marker may stay, and why it is nobody's there."""


async def test_nothing_of_a_canary_is_left(
    pool: Pool,
    owner: str,
    cluster: Cluster,
    tmp_path_factory: pytest.TempPathFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    await left(pool, owner)
    await enrolled(pool, OFFICER, Role.PRIVACY)
    # Not the folder of this test, which has the marker in its name.
    data, read = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("read")
    with psycopg.connect(owner) as connection:
        # Nobody is with us any more: the other holder left the day after.
        for statement in LEAVING:
            connection.execute(statement.encode(), {"at": iso(after(1))})
    took, refused, empty = canaries.marked(owner)
    assert refused == set()
    assert empty == set(), "every table that tells of anybody has a row of theirs"
    assert len(took) >= MARKED_MIN
    assert {"people.person.name", "record.opening.value", "people.item.value"} <= took.keys()
    assert canaries.found(owner)
    with psycopg.connect(owner) as connection:
        # A marker is no envelope, and an export refuses what it cannot open; its row stays marked.
        connection.execute("UPDATE people.item SET sealed = NULL")
    assert canaries.MARK in await places.told(pool, data, after(3999), read)

    with closing(opening.make(data / "keys" / "people", at_ms=0)) as shelf:
        ledger = ending.ledger_below(data)
        for number, whose in ((1, GONE), (2, Whose("human", canaries.HUMAN))):
            entry = await perform(
                pool, retention.erase, whose, entry_id(number), act("<holder>", after(4000))
            )
            assert isinstance(entry, Entry), entry
            await ending.proceed(pool, ledger, entry, after(4000), shelf)
        await ending.end_periods(pool, ledger, after(4000))
        await ending.go_on(pool, ledger, after(4031), shelf)
    await places.sent(pool, data, after(4031))

    assert canaries.found(owner).keys() <= STAYS.keys()
    with psycopg.connect(owner) as connection:
        theirs = "SELECT count(*) FROM numbers.tenure WHERE holder_id = 1"
        assert connection.execute(theirs).fetchone() == (0,)
    seen = await places.pages(pool, data, after(4031))
    assert [path for path, text in seen.items() if canaries.MARK in text] == []
    assert [
        (path, found) for path in places.FIGURES for found in recognised(places.figures(seen[path]))
    ] == []
    held = places.files(data, cluster.home / "postgres.log")
    assert any("exports" in name for name in held), "a package that nobody fetched lies there"
    assert [name for name, octets in held.items() if canaries.MARK.encode() in octets] == []
    assert canaries.MARK not in caplog.text
