"""Measures on a real PostgreSQL: told, recorded, obeyed by charging in the next request."""

import asyncio

import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.access import operations as access
from tenure.promises.access.model import (
    Chosen,
    Group,
    Measure,
    Refusal,
    Suspend,
    Terminate,
)
from tenure.promises.charging.model import Refusal as NoUse
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import NoticeKind
from tenure.promises.numbers import operations as numbers
from tenure.promises.staff import operations as staff
from tenure.promises.tariffs.model import Direction, Service
from tenure.values.instant import HOUR_MS, SECOND_MS, Instant
from tenure.values.msisdn import Msisdn
from tenure.values.refused import Refused
from tests.access.given import (
    ADA,
    BEN,
    FIGURES,
    OVERLOAD,
    SUSPEND,
    TERMINATE,
    act,
    approved,
    begin,
    lines,
    ours,
    requested,
    restrict,
    terminated,
    told_to_end,
    why,
)
from tests.staff.given import AT

END = Instant(AT + 2 * HOUR_MS)


def why_not(found: object) -> Refusal | object:
    return found.refusal if isinstance(found, Refused) else found


async def told(pool: Pool, msisdn: str = ADA) -> list[NoticeKind]:
    """What a number was told, the newest first."""
    return [one.telling.kind for one in await perform(pool, notices.of_number, msisdn)]


def leaves(owner: str) -> list[str]:
    """The kinds of leaves of this promise, in their order."""
    with psycopg.connect(owner) as connection:
        rows = connection.execute(
            "SELECT kind FROM record.leaf WHERE kind LIKE 'access.%' ORDER BY seq"
        ).fetchall()
    return [str(kind) for (kind,) in rows]


async def test_a_restriction_is_told_recorded_and_obeyed_until_its_end(
    pool: Pool, owner: str
) -> None:
    await lines(pool, ADA)
    await begin(pool, Service.DATA, "before")
    await begin(pool, Service.VOICE, "call")

    measure = await perform(pool, access.restrict, FIGURES, ADA, restrict(), act())

    assert isinstance(measure, Measure)
    assert await told_to_end(pool, AT) == ["restricted"]
    answer = await begin(pool, Service.DATA, "before", number=1)
    assert [group.refusal for group in answer.groups] == [NoUse.RESTRICTED]
    assert (await begin(pool, Service.DATA, "new")).refusal is NoUse.RESTRICTED
    assert (await begin(pool, Service.VOICE, "other call")).refusal is None
    last = Instant(END - SECOND_MS)
    assert (await begin(pool, Service.DATA, "last", last)).refusal is NoUse.RESTRICTED
    assert (await begin(pool, Service.DATA, "first", END)).refusal is None
    assert await told(pool) == [NoticeKind.ACCESS_RESTRICTED]
    assert leaves(owner) == ["access.restricted"]


async def test_what_several_measures_come_to(pool: Pool) -> None:
    """Of each service the latest end; a lifted one leaves what the others say."""
    await lines(pool, ADA)
    short = await perform(pool, access.restrict, FIGURES, ADA, restrict(1), act())
    both = frozenset({Service.DATA, Service.SMS})
    longer = await perform(pool, access.restrict, FIGURES, ADA, restrict(3, both), act())
    assert isinstance(short, Measure)
    assert isinstance(longer, Measure)

    line = await perform(pool, numbers.find, ADA)
    assert line is not None
    three = Instant(AT + 3 * HOUR_MS)
    assert line.restricted_until == [None, three, None, three, None]

    await perform(pool, access.lift, longer.measure_id, "asked for too much", act())
    line = await perform(pool, numbers.find, ADA)
    assert line is not None
    assert line.restricted_until == [None, None, None, Instant(AT + HOUR_MS), None]

    await perform(pool, access.lift, short.measure_id, "resolved", act())
    line = await perform(pool, numbers.find, ADA)
    assert line is not None
    assert line.restricted_until is None
    assert (await begin(pool, Service.DATA, "again")).refusal is None
    kinds = await told(pool)
    assert kinds == [NoticeKind.ACCESS_ENDED] * 2 + [NoticeKind.ACCESS_RESTRICTED] * 2


async def test_a_suspension_cuts_everything_but_emergencies_until_the_last_is_lifted(
    pool: Pool, owner: str
) -> None:
    await lines(pool, ADA)
    await begin(pool, Service.VOICE, "call")
    one = await perform(pool, access.suspend, ADA, SUSPEND, act())
    two = await perform(pool, access.suspend, ADA, Suspend(why()), act())
    assert isinstance(one, Measure)
    assert isinstance(two, Measure)

    assert await told_to_end(pool, AT) == ["suspended"]
    for direction in Direction:
        answer = await begin(pool, Service.VOICE, f"{direction}", direction=direction)
        assert answer.refusal is NoUse.SUSPENDED
    assert (await begin(pool, Service.VOICE, "help", to="119")).refusal is None

    await perform(pool, access.lift, one.measure_id, "proven wrong", act())
    assert (await begin(pool, Service.VOICE, "still")).refusal is NoUse.SUSPENDED
    await perform(pool, access.lift, two.measure_id, "proven wrong", act())
    assert (await begin(pool, Service.VOICE, "free")).refusal is None
    assert await told(pool) == [NoticeKind.ACCESS_ENDED] * 2 + [NoticeKind.ACCESS_SUSPENDED] * 2
    assert leaves(owner) == ["access.suspended"] * 2 + ["access.lifted"] * 2


async def test_a_termination_needs_proof_and_another_human(pool: Pool, owner: str) -> None:
    await lines(pool, ADA)
    await ours(pool)
    unproven = await perform(pool, access.ask_termination, ADA, Terminate(why()), act())
    assert why_not(unproven) is Refusal.PROOF_MISSING
    unasked = await perform(pool, access.terminate, ADA, TERMINATE, act())
    assert why_not(unasked) is Refusal.NOT_REQUESTED
    request = await requested(pool)
    alone = await perform(pool, access.terminate, ADA, TERMINATE, act())
    assert why_not(alone) is Refusal.APPROVAL_MISSING
    await approved(pool, request, "mao")  # the one who asked: refused by staff
    alone = await perform(pool, access.terminate, ADA, TERMINATE, act())
    assert why_not(alone) is Refusal.APPROVAL_MISSING
    await approved(pool, request)
    other = await perform(pool, access.terminate, ADA, Terminate(why(), "another"), act())
    assert why_not(other) is Refusal.NOT_REQUESTED
    assert (await begin(pool, Service.VOICE, "until then")).refusal is None

    measure = await perform(pool, access.terminate, ADA, TERMINATE, act())

    assert isinstance(measure, Measure)
    assert (await begin(pool, Service.VOICE, "after")).refusal is NoUse.SUSPENDED
    assert (await begin(pool, Service.VOICE, "help", to="117")).refusal is None
    assert await told(pool) == [NoticeKind.ACCESS_TERMINATED]
    again = await perform(pool, access.terminate, ADA, TERMINATE, act())
    assert why_not(again) is Refusal.TERMINATED_ALREADY
    back = await perform(pool, access.lift, measure.measure_id, "regretted", act())
    assert why_not(back) is Refusal.FINAL
    assert leaves(owner) == ["access.requested", "access.terminated"]


async def test_an_approval_is_worth_nothing_once_the_approver_is_suspended(pool: Pool) -> None:
    await lines(pool, ADA)
    await ours(pool)
    await approved(pool, await requested(pool))

    await perform(pool, staff.suspend, "chan", act(by="chan"))
    found = await perform(pool, access.terminate, ADA, TERMINATE, act(Instant(AT + 1)))
    assert why_not(found) is Refusal.APPROVAL_MISSING


async def test_who_asks_again_for_the_same_gets_the_same_measure(pool: Pool, owner: str) -> None:
    """An answer that was lost makes no second measure, which nobody would know to lift."""
    await lines(pool, ADA)
    one = await perform(pool, access.suspend, ADA, SUSPEND, act())
    again = await perform(pool, access.suspend, ADA, SUSPEND, act())
    slow = await perform(pool, access.restrict, FIGURES, ADA, restrict(), act())
    slower = await perform(pool, access.restrict, FIGURES, ADA, restrict(), act())

    assert (again, slower) == (one, slow)
    assert leaves(owner) == ["access.suspended", "access.restricted"]
    assert await told(pool) == [NoticeKind.ACCESS_RESTRICTED, NoticeKind.ACCESS_SUSPENDED]

    assert isinstance(one, Measure)
    await perform(pool, access.lift, one.measure_id, "proven wrong", act())
    anew = await perform(pool, access.suspend, ADA, SUSPEND, act())
    assert isinstance(anew, Measure)
    assert anew.measure_id != one.measure_id


async def test_lifting_a_suspension_leaves_a_terminated_line_cut(pool: Pool) -> None:
    await lines(pool, ADA)
    await ours(pool)
    suspended = await perform(pool, access.suspend, ADA, SUSPEND, act())
    assert isinstance(suspended, Measure)
    await terminated(pool)
    await perform(pool, access.lift, suspended.measure_id, "superseded", act())
    assert (await begin(pool, Service.VOICE, "call")).refusal is NoUse.SUSPENDED


@pytest.mark.parametrize("chosen", [Chosen(offer="prepaid"), Chosen(msisdns=(ADA, BEN, ADA))])
async def test_a_group_is_restricted_told_and_lifted_together(
    pool: Pool, owner: str, chosen: Chosen
) -> None:
    other = Msisdn("85512345670")
    await lines(pool, ADA, BEN)
    await lines(pool, other, offer="business")
    await begin(pool, Service.DATA, "live", msisdn=BEN)

    group = await perform(pool, access.restrict_group, FIGURES, chosen, OVERLOAD, act())

    assert isinstance(group, Group)
    assert group.lines == 2
    assert await told_to_end(pool, AT, 2) == ["restricted"]
    for msisdn in (ADA, BEN):
        answer = await begin(pool, Service.DATA, f"of {msisdn}", msisdn=msisdn)
        assert answer.refusal is NoUse.RESTRICTED
        assert await told(pool, msisdn) == [NoticeKind.ACCESS_TRAFFIC]
    assert (await begin(pool, Service.DATA, "free", msisdn=other)).refusal is None
    assert await told(pool, other) == []

    lifted = await perform(pool, access.lift_group, group.group_id, "resolved", act())
    assert isinstance(lifted, Group)
    for msisdn in (ADA, BEN):
        answer = await begin(pool, Service.DATA, f"after {msisdn}", msisdn=msisdn)
        assert answer.refusal is None
        kinds = await told(pool, msisdn)
        assert kinds == [NoticeKind.ACCESS_ENDED, NoticeKind.ACCESS_TRAFFIC]
    again = await perform(pool, access.lift_group, group.group_id, "resolved", act())
    assert why_not(again) is Refusal.ENDED_ALREADY
    assert leaves(owner) == ["access.group_restricted", "access.group_lifted"]


async def test_a_group_ends_by_itself_and_leaves_other_measures(pool: Pool) -> None:
    await lines(pool, ADA)
    await perform(pool, access.restrict, FIGURES, ADA, restrict(5), act())
    chosen = Chosen(offer="prepaid")
    group = await perform(pool, access.restrict_group, FIGURES, chosen, OVERLOAD, act())
    assert isinstance(group, Group)
    assert (await begin(pool, Service.DATA, "five", END)).refusal is NoUse.RESTRICTED
    late = await perform(pool, access.lift_group, group.group_id, "resolved", act(END))
    assert why_not(late) is Refusal.ENDED_ALREADY
    five = Instant(AT + 5 * HOUR_MS)
    assert (await begin(pool, Service.DATA, "over", five)).refusal is None


async def test_many_lines_are_restricted_in_one_act(pool: Pool, owner: str) -> None:
    many = [Msisdn(f"8551{number:07d}") for number in range(20_001)]
    await lines(pool, *many)
    chosen = Chosen(offer="prepaid")
    group = await perform(pool, access.restrict_group, FIGURES, chosen, OVERLOAD, act())
    assert isinstance(group, Group)
    assert group.lines == 20_001
    with psycopg.connect(owner) as connection:
        counted = connection.execute(
            "SELECT count(*), count(DISTINCT m.notice_id), count(l.restricted_until),"
            " bool_and(n.msisdn = m.msisdn)"
            " FROM access.measure m JOIN numbers.line l USING (msisdn)"
            " JOIN notices.notice n USING (notice_id)"
        ).fetchone()
    assert counted == (20_001, 20_001, 20_001, True)
    assert leaves(owner) == ["access.group_restricted"]


NOBODY = Msisdn("85599999999")


async def test_what_is_refused_leaves_no_trace(pool: Pool, owner: str) -> None:
    await lines(pool, ADA)
    await ours(pool)
    measure = await perform(pool, access.restrict, FIGURES, ADA, restrict(1), act())
    assert isinstance(measure, Measure)
    before = leaves(owner), await told(pool)
    late = act(Instant(AT + HOUR_MS))
    nobody = Chosen(msisdns=(NOBODY,))
    for found, refusal in (
        (await perform(pool, access.restrict, FIGURES, NOBODY, restrict(), act()), 1),
        (await perform(pool, access.suspend, NOBODY, SUSPEND, act()), 1),
        (await perform(pool, access.ask_termination, NOBODY, TERMINATE, act()), 1),
        (await perform(pool, access.terminate, NOBODY, TERMINATE, act()), 1),
        (await perform(pool, access.lift, 99, "wrong", act()), Refusal.UNKNOWN_MEASURE),
        (await perform(pool, access.lift, measure.measure_id, " ", act()), 4),
        (await perform(pool, access.lift, measure.measure_id, "late", late), 16),
        (await perform(pool, access.lift_group, 99, "wrong", act()), Refusal.UNKNOWN_MEASURE),
        (await perform(pool, access.lift_group, 99, "", act()), Refusal.REASON_MISSING),
        (await perform(pool, access.restrict_group, FIGURES, nobody, OVERLOAD, act()), 3),
        (await perform(pool, access.restrict_group, FIGURES, nobody, restrict(), act()), 7),
    ):
        assert why_not(found) is Refusal(refusal)
    assert (leaves(owner), await told(pool)) == before


async def test_a_measure_is_nothing_to_a_next_holder(pool: Pool, owner: str) -> None:
    """A new holder has a new purse; nothing that was decided about the former one is about them."""
    await lines(pool, ADA)
    measure = await perform(pool, access.suspend, ADA, SUSPEND, act())
    assert isinstance(measure, Measure)
    with psycopg.connect(owner) as connection:
        connection.execute(
            "UPDATE numbers.line SET purse_id = 77, suspended = false WHERE purse_id = 1"
        )
    line = await perform(pool, numbers.find, ADA)
    assert line is not None
    assert await perform(pool, access.of_line, line) == []
    found = await perform(pool, access.lift, measure.measure_id, "too late", act())
    assert why_not(found) is Refusal.ENDED_ALREADY


async def test_two_who_lift_at_once_lift_once(pool: Pool, owner: str) -> None:
    await lines(pool, ADA)
    measure = await perform(pool, access.suspend, ADA, SUSPEND, act())
    assert isinstance(measure, Measure)
    found = await asyncio.gather(
        *(
            perform(pool, access.lift, measure.measure_id, f"reason {number}", act())
            for number in range(4)
        )
    )
    assert sum(isinstance(one, Measure) for one in found) == 1
    assert leaves(owner).count("access.lifted") == 1


async def test_who_holds_live_sessions_hears_of_what_changes_and_of_nothing_else(
    pool: Pool, database: str
) -> None:
    """One announcement for each line whose limits changed, with the commit."""
    await lines(pool, ADA, BEN)
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as listening:
        await listening.execute("LISTEN tenure_changed")
        first = await perform(pool, access.restrict, FIGURES, ADA, restrict(5), act())
        # A shorter one of the same service changes nothing for the network.
        await perform(pool, access.restrict, FIGURES, ADA, restrict(2), act())
        await perform(pool, access.suspend, BEN, SUSPEND, act())
        assert isinstance(first, Measure)
        await perform(pool, access.lift, first.measure_id, "resolved", act())
        heard = [one.payload async for one in listening.notifies(timeout=30, stop_after=3)]
    assert heard == ["1", "2", "1"]
