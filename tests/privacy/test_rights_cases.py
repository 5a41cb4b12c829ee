"""A request about what is held, from any channel to its answer; each bad one has its outcome."""

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.consent import operations as consent
from tenure.promises.privacy.model.rights import Dossier, Outcome, Receipt, Refusal, State, Step
from tenure.terms.rights import Right
from tenure.values.instant import HOUR_MS
from tenure.values.refused import Refused
from tests.privacy.rights_asked import (
    asked,
    case_id,
    hours,
    proven,
    received,
    settled,
    worked,
)


async def told(pool: Pool, kind: str = "rights.%") -> list[str]:
    """What was told of rights, oldest first, in the words that were filled in."""
    async with pool.connection() as connection:
        cursor = await connection.execute(
            "SELECT kind || coalesce(' ' || (facts ->> 'answer'), '') FROM notices.notice"
            " WHERE kind LIKE %s ORDER BY notice_id",
            [kind],
        )
        return [str(row[0]) for row in await cursor.fetchall()]


async def test_a_no_needs_nothing_and_is_done_at_once(pool: Pool) -> None:
    await settled(pool)
    new = asked(right=Right.STOP_MARKETING, channel=Receipt.USSD)
    await received(pool, new, by="<ussd>")

    found = await worked(pool)

    assert isinstance(found, Dossier)
    assert found.now.state is State.CLOSED
    assert found.now.outcome is Outcome.DONE
    said = await perform(pool, consent.history, 1)
    assert {one.word.value for one in said} == {"refused"}
    steps = [one.step.value for one in found.steps]
    assert steps == ["receive", "pass", "scope", "check", "execute", "propagate", "tell", "close"]
    assert await worked(pool) == found


async def test_a_restriction_waits_for_a_proof_and_the_clock_stands_still(pool: Pool) -> None:
    await settled(pool)
    known = await received(pool, asked(right=Right.RESTRICT, wanted=("accuracy",)))
    waits = await worked(pool, at=hours(1))
    assert isinstance(waits, Refused)
    assert waits.refusal is Refusal.WAITS_FOR_PROOF

    done = await proven(pool, known, at=hours(11))
    assert done.now.paused_ms == 10 * HOUR_MS
    assert done.now.due_at == hours(72 + 10)
    closed = await worked(pool, at=hours(12))

    assert isinstance(closed, Dossier)
    assert closed.now.outcome is Outcome.DONE
    assert [one.step for one in closed.steps][-1] is Step.CLOSE
    (one,) = await perform(pool, consent.restrictions_of, 1)
    assert one.asked.case_ref == str(case_id(1))
