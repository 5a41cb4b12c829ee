"""What time causes about standing reports: each that is due is said once a day until it left."""

import logging

import pytest

from tenure.commands.up.reporting import reporting
from tenure.postgres.pool import Pool
from tenure.values.instant import DAY_MS, HOUR_MS, Instant
from tests.numbers.asked import LATER
from tests.numbers.stocked import ID, KH

SAID = "tenure privacy reports"


async def test_a_report_that_is_due_is_said_once_a_day(
    pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    look = reporting(pool, ID)
    for hours in (0, 1, 23):
        await look(Instant(LATER + hours * HOUR_MS))
    assert sum(SAID in one for one in caplog.messages) == 1

    await look(Instant(LATER + DAY_MS))

    assert sum(SAID in one for one in caplog.messages) == 2


async def test_who_owes_no_report_hears_nothing(
    pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    await reporting(pool, KH)(LATER)
    assert caplog.messages == []
