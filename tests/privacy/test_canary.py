"""A canary in every personal column: after the erasure nothing of it is anywhere."""

import logging
from pathlib import Path
from typing import Final

import psycopg
import pytest

from tenure.commands import ending
from tenure.postgres.pool import Pool
from tenure.promises.privacy.operations.retention import Ledger
from tenure.values.instant import iso
from tests.privacy import canaries
from tests.privacy.ended import after, erased, left

OURS: Final = "approval attempt case challenge concern glass human invitation member passkey proof"
WITHOUT: Final = frozenset(
    {
        "notices.delivery",
        "numbers.binding",
        "numbers.hold",
        "privacy.breach_step",
        "privacy.entry",
        "privacy.letter",
        "privacy.rights_proof",
        "privacy.winner",
        "staff.role",
        *(f"staff.{one}" for one in OURS.split()),
    }
)
"""Tables of ours, and those that this test makes no row in: their own tests do."""
LEAVING: Final = (
    "UPDATE numbers.tenure SET during = tstzrange(lower(during), %(at)s) WHERE upper_inf(during)",
    "UPDATE numbers.binding SET during = tstzrange(lower(during), %(at)s) WHERE upper_inf(during)",
    "UPDATE numbers.sim SET died_at = %(at)s",
    "DELETE FROM numbers.line",
    "UPDATE people.guardian SET until = %(at)s",
)
MARKED_MIN: Final = 150
STAYS: Final = {
    "money.purse": "sums that nobody's name leads to any more; no tenure has the purse",
    "money.entry_other": "entries of that purse; details of use end by the month",
}
"""Where a marker may stay, and why it is nobody's there."""


async def test_nothing_of_a_canary_is_left(
    pool: Pool, owner: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await left(pool, owner)
    with psycopg.connect(owner) as connection:
        # Nobody is with us any more: the other holder left the day after.
        for statement in LEAVING:
            connection.execute(statement.encode(), {"at": iso(after(1))})
    took, refused, empty = canaries.marked(owner)
    assert refused == set()
    assert empty <= WITHOUT
    assert len(took) >= MARKED_MIN
    assert {"people.person.name", "record.opening.value", "people.item.value"} <= took.keys()
    assert canaries.found(owner)

    await erased(pool, tmp_path / "ledger", after(4000))
    await ending.end_periods(pool, Ledger(tmp_path / "ledger"), after(4000))
    await ending.go_on(pool, Ledger(tmp_path / "ledger"), after(4031))

    assert canaries.found(owner).keys() <= STAYS.keys()
    assert canaries.MARK not in (tmp_path / "ledger").read_text()
    assert canaries.MARK not in caplog.text
