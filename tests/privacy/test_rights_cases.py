"""A request about what is held, from any channel to its answer; each bad one has its outcome."""

from collections.abc import Sequence
from typing import Any

import pytest

from tenure.commands.promises.audit import figure, settings
from tenure.commands.promises.register import checks
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.consent import operations as consent
from tenure.promises.privacy.model.rights import Dossier, Outcome, Receipt, Refusal, State, Step
from tenure.promises.privacy.operations import rights
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Approval
from tenure.terms import pack
from tenure.terms.rights import Ground, Right
from tenure.values.instant import HOUR_MS, Instant
from tenure.values.refused import Refused
from tests.numbers.stocked import msisdn
from tests.privacy.rights_asked import (
    KH,
    LATER,
    act,
    asked,
    case_id,
    hours,
    in_shop,
    proven,
    received,
    settled,
    whose,
    worked,
)
from tests.staff.given import key_of as staff_key


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


async def refused_with(pool: Pool, number: int = 1, at: Instant = LATER) -> tuple[object, object]:
    """How a case ended that was worked on, and why."""
    found = await worked(pool, number, at)
    assert isinstance(found, Dossier), found
    assert found.now.state is State.CLOSED
    return found.now.outcome, found.now.ground


async def test_a_former_number_is_answered_for_its_own_time_and_a_strangers_not_at_all(
    pool: Pool,
) -> None:
    await settled(pool)
    known = await received(pool, asked(msisdn=str(msisdn(5)), right=Right.RESTRICT))
    await proven(pool, known)
    assert await refused_with(pool) == (Outcome.REFUSED, Ground.NOT_THEIR_NUMBER)

    own = await received(pool, asked(2, right=Right.RESTRICT, msisdn=str(msisdn(0))))
    await proven(pool, own)
    assert await refused_with(pool, 2) == (Outcome.DONE, None)


async def test_a_guardian_answers_until_the_birthday_and_nobody_else_does(pool: Pool) -> None:
    await settled(pool)
    for number, by, ground in ((1, 7, None), (2, 3, Ground.NOT_ENTITLED)):
        new = asked(number, Right.RESTRICT, whose=whose(6), by=by)
        await proven(pool, await received(pool, new), signer=by)
        answered = await work_and_letter(pool, number)
        assert answered.now.ground is ground

    # Born on 2015-06-01: of age from 2033-06-01 on.
    at = hours(7 * 365 * 24)
    new = asked(3, Right.RESTRICT, whose=whose(6), by=7, received_at=at)
    late = await received(pool, new, at=at)
    await proven(pool, late, at=at, signer=7)
    answered = await work_and_letter(pool, 3, at)
    assert answered.now.ground is Ground.WARD_OF_AGE


async def work_and_letter(pool: Pool, number: int, at: Instant = LATER) -> Dossier:
    """The answer goes by letter to who has no number."""
    found = await worked(pool, number, at)
    assert isinstance(found, Dossier), found
    if found.now.state is State.CLOSED:
        return found
    told_ = await perform(
        pool,
        rights.told_by_letter,
        case_id(number),
        "of today",
        act("mealea", at),
    )
    assert isinstance(told_, Dossier), told_
    closed = await worked(pool, number, at)
    assert isinstance(closed, Dossier), closed
    assert closed.now.state is State.CLOSED
    return closed


async def test_who_repeats_a_request_proves_it_again_and_is_answered_by_reference(
    pool: Pool,
) -> None:
    await settled(pool)
    first = await received(pool, asked(1, Right.CORRECT))
    await proven(pool, first)
    again = await received(pool, asked(2, Right.CORRECT))
    assert again.case.same_as == first.case.case_id
    waits = await worked(pool, 2)
    assert isinstance(waits, Refused)
    assert waits.refusal is Refusal.WAITS_FOR_PROOF

    await proven(pool, again)

    assert await refused_with(pool, 2) == (Outcome.REFERRED, None)
    assert (await told(pool))[-1].endswith(KH.privacy.rights.answers["referred"]["km"])


async def test_to_erase_and_to_keep_the_same_keeps_it(pool: Pool) -> None:
    await settled(pool)
    wanted = asked(1, Right.DELETE, full_name="person  1", msisdn=str(msisdn(0)))
    erase = await received(pool, wanted)
    assert erase.case.in_writing
    keep = await received(pool, asked(2, Right.RESTRICT))
    for one in (erase, keep):
        await proven(pool, one)

    assert await refused_with(pool, 1) == (Outcome.REFUSED, Ground.CONTRADICTED)
    assert await refused_with(pool, 2) == (Outcome.DONE, None)


NOT_WRITTEN: list[dict[str, Any]] = [
    {"full_name": "", "msisdn": str(msisdn(0))},
    {"full_name": "Person 2", "msisdn": str(msisdn(0))},
    {"full_name": "Person 1"},
    {"full_name": "Person 1", "msisdn": str(msisdn(0)), "channel": Receipt.CALL},
]


async def test_messages_are_deleted_on_a_request_in_writing_with_full_name_and_number(
    pool: Pool,
) -> None:
    await settled(pool)
    for number, named in enumerate(NOT_WRITTEN, 1):
        known = await received(pool, asked(number, Right.DELETE, **named))
        await proven(pool, known)
        assert await refused_with(pool, number) == (Outcome.REFUSED, Ground.NOT_IN_WRITING)

    full: dict[str, Any] = {"full_name": "Person 1", "msisdn": str(msisdn(0))}
    known = await received(pool, asked(9, Right.DELETE, **full))
    await proven(pool, known)
    # Nothing was volunteered: nothing is held of this kind.
    assert await refused_with(pool, 9) == (Outcome.REFUSED, Ground.NOT_HELD)


async def test_a_request_that_nobody_proves_lapses_and_its_person_hears_of_both(
    pool: Pool,
) -> None:
    await settled(pool)
    await received(pool, asked(right=Right.KNOW, channel=Receipt.EMAIL))
    await worked(pool)

    assert await refused_with(pool, at=hours(336)) == (Outcome.REFUSED, Ground.NOT_PROVEN)
    kinds = [one.partition(" ")[0] for one in await told(pool)]
    assert kinds == ["rights.received", "rights.proof", "rights.answered"]


async def test_a_sim_shows_nothing_and_neither_does_anybody_elses_key(pool: Pool) -> None:
    await settled(pool)
    known = await received(pool)
    stolen = await perform(
        pool, rights.prove, KH, case_id(1), in_shop(known, ppm=900_000), act("sok", LATER)
    )
    assert isinstance(stolen, Refused)
    assert stolen.refusal is Refusal.NOT_PROVEN
    with pytest.raises(AssertionError, match="NOT_PROVEN"):
        await proven(pool, known, signer=2)

    seen = await perform(pool, rights.prove, KH, case_id(1), in_shop(known), act("sok", LATER))
    assert isinstance(seen, Dossier)
    assert seen.now.proven


async def test_an_extension_has_a_reason_and_comes_before_the_deadline(pool: Pool) -> None:
    await settled(pool)
    known = await received(pool)

    async def extended(by_hours: int, reason: str, at: Instant) -> object:
        by_ms = by_hours * HOUR_MS
        reasoned = Act("mealea", at, bytes(32), reason)
        found = await perform(pool, rights.extend, KH, known.case.case_id, by_ms, reasoned)
        return found.refusal if isinstance(found, Refused) else found.now.due_at

    assert await extended(24, " ", hours(1)) is Refusal.REASON_MISSING
    assert await extended(73, "many", hours(1)) is Refusal.NOT_EXTENDABLE
    assert await extended(24, "many", hours(72)) is Refusal.TOO_LATE
    assert await extended(24, "many numbers", hours(71)) == hours(96)
    assert await extended(49, "more", hours(95)) is Refusal.NOT_EXTENDABLE
    assert "rights.extended" in {one.partition(" ")[0] for one in await told(pool)}


async def test_officers_hear_of_a_case_once_each_time_before_its_deadline(pool: Pool) -> None:
    await settled(pool)
    known = await received(pool)
    await proven(pool, known)
    ids = [case_id(1)]
    heard: list[Sequence[int]] = []
    for at in (35, 36, 36, 65, 80):
        new = await perform(pool, rights.remind, KH, ids, act("<clock>", hours(at)))
        heard.append([one.percent for one in new])
    assert heard == [[], [50], [], [75, 90], []]
    (row,) = await perform(pool, rights.cases, hours(80))
    assert row.late
    assert row.percent > 100


async def test_what_no_rule_refuses_two_refuse_for_one_reason(pool: Pool) -> None:
    await settled(pool)
    known = await received(pool, asked(right=Right.KNOW))
    case, why = known.case.case_id, Act("mealea", hours(1), bytes(32), "asked every day")

    alone = await perform(pool, rights.refuse, case, why)
    assert isinstance(alone, Refused)
    assert alone.refusal is Refusal.APPROVAL_MISSING
    hashed = await perform(pool, rights.ask_refusal, case, why)
    assert isinstance(hashed, bytes)
    signed = staff_key("vanna").assertion(hashed)
    given = await perform(pool, staff.approve, hashed, "vanna", signed, act("vanna", hours(2)))
    assert isinstance(given, Approval), given

    other = Act("mealea", hours(3), bytes(32), "another reason")
    differs = await perform(pool, rights.refuse, case, other)
    assert isinstance(differs, Refused)
    done = await perform(pool, rights.refuse, case, Act("mealea", hours(3), bytes(32), why.reason))
    assert isinstance(done, Dossier), done

    assert await refused_with(pool, at=hours(4)) == (Outcome.REFUSED, Ground.UNFOUNDED)
    for check in checks():
        if check.name.startswith("rights-"):
            judged = await perform(pool, figure, check, settings(pack.load("smart-kh")))
            assert not judged.broken, (check.name, judged.example)
