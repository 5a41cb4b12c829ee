"""A hold postpones exactly what it names, ends by four eyes, and then what waited goes on."""

import uuid
from pathlib import Path
from typing import Final

import msgspec
import psycopg
import pytest

from tenure.commands import ending
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy.model.retention import Ground, Hold, Refusal
from tenure.promises.privacy.operations import holding, retention
from tenure.promises.privacy.operations.retention import Ledger
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.values.instant import DAY_MS, Instant
from tenure.values.refused import Refused
from tests.numbers.stocked import KH, act
from tests.privacy.ended import GONE, THERE, after, erased, left
from tests.privacy.test_retention_erasing import rows
from tests.staff.given import key_of

NAME: Final = "SELECT name FROM people.person WHERE person_id = 1"


def wanted(at: Instant, *keeps: str) -> Hold:
    """A hold of person 1 for a case."""
    return Hold(
        uuid.UUID(int=7, version=4), GONE, keeps, None, None, "12/2026", "a court", "a" * 64,
        Instant(at + 30 * DAY_MS), at, "", b"",
    )  # fmt: skip


async def held(pool: Pool, at: Instant, *keeps: str, approved: bool = True) -> Hold:
    """Asked by legal, and approved by a supervisor."""
    found = await perform(pool, holding.hold, KH, wanted(at, *keeps), act("rith", at))
    assert isinstance(found, Hold), found
    if approved:
        await approve(pool, found.request_hash, at)
    return found


async def approve(pool: Pool, hashed: bytes, at: Instant) -> None:
    """A supervisor signs."""
    shown = key_of("vanna").assertion(hashed)
    given = await perform(pool, staff.approve, hashed, "vanna", shown, act("vanna", at))
    assert not isinstance(given, Refused), given


async def released(pool: Pool, hold: Hold, at: Instant) -> object:
    """Asked by legal, approved by a supervisor, and done."""
    asked = msgspec.structs.replace(act("sam", at), reason="the case is closed")
    hashed = await perform(pool, holding.ask_release, str(hold.hold_id), asked)
    assert isinstance(hashed, bytes), hashed
    await approve(pool, hashed, at)
    return await perform(pool, holding.release, str(hold.hold_id), act("sam", at))


async def test_a_hold_before_the_erasure_and_its_release_after_it(
    pool: Pool, owner: str, tmp_path: Path
) -> None:
    await left(pool, owner)
    hold = await held(pool, after(370), "identity")
    made = await erased(pool, tmp_path / "ledger", after(401))
    grounds = {(one.store, one.ground) for one in made.left}
    assert ("people.person", Ground.HELD) in grounds
    assert rows(owner, NAME) == [("Person 1",)]

    assert await released(pool, hold, after(402)) == 1

    # Nobody asks again: the clock finds what waits.
    await ending.go_on(pool, Ledger(tmp_path / "ledger"), after(402))
    assert rows(owner, NAME) == [("",)]


async def test_a_hold_covers_only_what_it_names(pool: Pool, owner: str, tmp_path: Path) -> None:
    await left(pool, owner)
    await held(pool, after(390), "evidence")
    await erased(pool, tmp_path / "ledger", after(401))
    # The name goes, whatever proves the transfer stays.
    assert rows(owner, NAME) == [("",)]
    assert rows(owner, "SELECT count(*) FROM numbers.consent WHERE person_id = 1") == [(1,)]


async def test_a_hold_nobody_else_approved_lapses_after_two_weeks(
    pool: Pool, owner: str, tmp_path: Path
) -> None:
    await left(pool, owner)
    await held(pool, after(400), approved=False)
    await erased(pool, tmp_path / "ledger", after(401))
    assert rows(owner, NAME) == [("Person 1",)]
    await ending.go_on(pool, Ledger(tmp_path / "ledger"), after(400 + 15))
    assert rows(owner, NAME) == [("",)]


async def test_an_open_dispute_of_a_number_keeps_what_the_pack_says(
    pool: Pool, owner: str, tmp_path: Path
) -> None:
    await left(pool, owner)
    with psycopg.connect(owner) as connection:
        connection.execute(
            "INSERT INTO numbers.hold (msisdn, kind, reference, since, leaf_seq)"
            " SELECT t.msisdn, 'dispute', 'c1', lower(t.during), t.leaf_seq"
            " FROM numbers.tenure t WHERE t.holder_id = 1"
        )
    made = await erased(pool, tmp_path / "ledger", after(401))
    assert rows(owner, NAME) == [("Person 1",)]
    assert {one.keep for one in made.left if one.ground is Ground.HELD} >= {"identity", "evidence"}


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"reference": " "}, Refusal.REFERENCE_MISSING),
        ({"document": ""}, Refusal.DOCUMENT_MISSING),
        ({"since": Instant(2), "until": Instant(1)}, Refusal.PERIOD_EMPTY),
        ({"review_at": Instant(1)}, Refusal.REVIEW_TOO_LATE),
        ({"review_at": after(10 + 367)}, Refusal.REVIEW_TOO_LATE),
        ({"keeps": ("everything",)}, Refusal.CLASS_UNKNOWN),
        ({"whose": GONE._replace(whom=4711)}, Refusal.SUBJECT_UNKNOWN),
    ],
)
async def test_a_hold_that_does_not_say_what_it_is_for_is_refused(
    pool: Pool, owner: str, changed: dict[str, object], refusal: Refusal
) -> None:
    await left(pool, owner)
    asked = msgspec.structs.replace(wanted(after(10)), **changed)
    found = await perform(pool, holding.hold, KH, asked, act("rith", after(10)))
    assert isinstance(found, Refused)
    assert found.refusal is refusal


async def test_nobody_releases_alone(pool: Pool, owner: str) -> None:
    await left(pool, owner)
    hold = await held(pool, after(370))
    alone = await perform(pool, holding.release, str(hold.hold_id), act("rith", after(371)))
    assert isinstance(alone, Refused)
    assert alone.refusal is Refusal.APPROVAL_MISSING

    async def forged(tx: object, doer: Act) -> None:
        asked = msgspec.structs.replace(doer, reason="closed")
        hashed = await holding.ask_release(tx, str(hold.hold_id), asked)  # type: ignore[arg-type]
        await tx.execute(  # type: ignore[attr-defined]  # past the rules, as an attacker would
            "SELECT privacy.release_hold(%s, %s, to_timestamp(%s), 1)",
            [hold.hold_id, hashed, after(372) / 1000],
        )

    with pytest.raises(psycopg.errors.CheckViolation) as broken:
        await perform(pool, forged, act("rith", after(371)))
    assert broken.value.diag.constraint_name == "release_needs_another_pair_of_eyes"


async def test_what_is_held_is_told_of_each(pool: Pool, owner: str) -> None:
    await left(pool, owner)
    hold = await held(pool, after(370), "usage", "identity")
    assert [one.hold_id for one in await perform(pool, holding.held, GONE)] == [hold.hold_id]
    assert await perform(pool, holding.held, THERE) == []
    twice = await perform(pool, retention.erase, THERE, hold.hold_id, act("<holder>", after(371)))
    assert not isinstance(twice, Refused), "what is held of one keeps nothing of another"
