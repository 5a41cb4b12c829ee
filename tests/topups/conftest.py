"""Lines that every test of top-ups may begin with."""

import msgspec
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.money import operations as money
from tenure.promises.numbers import operations as numbers
from tests.topups.given import purse
from tests.topups.lines import ACT, LINES, line


@pytest.fixture
async def opened(pool: Pool) -> Pool:
    """Fifty prepaid lines with funds of 3 each, and a postpaid one that owes 9."""
    lines = [line(number, postpaid=False) for number in range(LINES)]
    purses = [msgspec.structs.replace(purse(3), purse_id=number) for number in range(LINES)]
    purses.append(msgspec.structs.replace(purse(owed=9, limit=20), purse_id=LINES))
    purses = [
        msgspec.structs.replace(one, seq=0, version=0, sessions=b"\x92\x90\x90") for one in purses
    ]
    await perform(pool, numbers.open_lines, [*lines, line(LINES, postpaid=True)], ACT)
    await perform(pool, money.open_purses, purses)
    return pool
