"""The auditor believes what witnesses have cosigned, and remembers what it has read."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Difference, Look, Wrong
from tenure.promises.numbers.operations.register import LOOKS_MAX
from tenure.promises.record import operations as record
from tests.gateways.witness.world import Record, recording
from tests.numbers.asked import NEW, OLD, complete, effect, later, populated
from tests.numbers.stocked import msisdn
from tests.numbers.test_register import do

HELD = str(msisdn(0))


@pytest.fixture
async def kept(pool: Pool, tmp_path: Path) -> AsyncIterator[Record]:
    """A number that somebody holds, and a record that two witnesses have seen."""
    await populated(pool)
    async with recording(pool, tmp_path) as made:
        assert await made.publisher.step()
        yield made


def auditor_of(kept: Record) -> numbers.register.Auditor:
    return numbers.register.Auditor(kept.trust)


async def look(
    kept: Record, auditor: numbers.register.Auditor, *, whole: bool = False
) -> tuple[Difference, ...]:
    found: Look = await perform(kept.pool, auditor.look, whole=whole)
    return found.differences


async def test_a_transfer_is_learnt_when_witnesses_have_seen_it(kept: Record) -> None:
    auditor = auditor_of(kept)
    assert await look(kept, auditor) == ()
    await complete(kept.pool)
    await effect(kept.pool, 1, later(days=3))

    assert await look(kept, auditor) == ()
    assert auditor.holder_id(HELD) == OLD
    assert await kept.publisher.step()
    assert await look(kept, auditor) == ()
    assert auditor.holder_id(HELD) == NEW


@pytest.mark.parametrize("placed", [False, True], ids=["waiting", "placed and not cosigned"])
async def test_what_no_witness_sees_explains_another_holder_for_two_looks(
    kept: Record, *, placed: bool
) -> None:
    auditor = auditor_of(kept)
    await look(kept, auditor)
    await complete(kept.pool)
    assert await kept.publisher.step()
    await effect(kept.pool, 1, later(days=3))
    if placed:
        await perform(kept.pool, record.log.sequence, 1_000)

    for _ in range(LOOKS_MAX):
        assert await look(kept, auditor) == ()
    found = (Difference(HELD, Wrong.HELD_BY_ANOTHER),)
    assert await look(kept, auditor) == found
    assert await look(kept, auditor, whole=True) == found
    assert auditor.holder_id(HELD) == OLD

    # The witnesses were away, and are back: it was no attack.
    assert await kept.publisher.step()
    assert await look(kept, auditor) == ()
    assert auditor.holder_id(HELD) == NEW


async def test_a_checkpoint_that_no_witness_has_cosigned_is_not_believed(
    kept: Record, owner: str
) -> None:
    auditor = auditor_of(kept)
    await look(kept, auditor)
    await complete(kept.pool)
    await effect(kept.pool, 1, later(days=3))
    await perform(kept.pool, record.log.sequence, 1_000)
    do(
        owner,
        "INSERT INTO record.checkpoint (log_id, size, root, note, published_at)"
        " SELECT log_id, (SELECT count(*) FROM record.place), root, note, published_at"
        " FROM record.checkpoint",
    )

    for _ in range(LOOKS_MAX):
        await look(kept, auditor)

    assert await look(kept, auditor) == (Difference(HELD, Wrong.HELD_BY_ANOTHER),)
    assert auditor.holder_id(HELD) == OLD


REWRITTEN = (
    "UPDATE record.opening SET value = '2' WHERE field = 'holder' AND leaf_seq IN"
    " (SELECT seq FROM record.leaf WHERE kind = 'numbers.activated');"
    "UPDATE numbers.tenure SET holder_id = 2"
)
GONE = (
    "DELETE FROM record.place WHERE leaf_seq IN"
    " (SELECT seq FROM record.leaf WHERE kind = 'numbers.activated');"
    "UPDATE numbers.tenure SET holder_id = 2"
)


@pytest.mark.parametrize("statement", [REWRITTEN, GONE], ids=["another leaf", "no leaf"])
@pytest.mark.parametrize("whole", [False, True], ids=["quick look", "whole look"])
async def test_a_record_that_is_exchanged_is_not_followed(
    kept: Record, owner: str, statement: str, *, whole: bool
) -> None:
    auditor = auditor_of(kept)
    await look(kept, auditor)

    do(owner, statement)
    auditor.compare_everything()

    found = await look(kept, auditor, whole=whole)
    assert set(found) == {
        Difference("", Wrong.RECORD_REWRITTEN),
        Difference(HELD, Wrong.HELD_BY_ANOTHER),
    }
    assert auditor.holder_id(HELD) == OLD
