"""What is unusual is raised once, closed by somebody else, and all of it stands in one report."""

from datetime import UTC, datetime

import msgspec
import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import (
    Concern,
    Pattern,
    Purpose,
    Refusal,
    Report,
    Role,
    Task,
    Watch,
)
from tenure.values.instant import DAY_MS, HOUR_MS, Instant, instant_of
from tenure.values.refused import Refused
from tests.staff.given import by, enrolled, proof

ZONE = "Asia/Phnom_Penh"
NOON = instant_of(datetime(2026, 11, 22, 5, tzinfo=UTC))
"""Twelve o'clock in Phnom Penh."""
HERS = "85512345678"
CASE = "11111111-1111-4111-8111-111111111111"
WATCH = Watch(many_looks=3, broken_glass=1, refused_requests=2, refused=5, off_hours=2)


@pytest.fixture
async def staffed(pool: Pool) -> Pool:
    """Chan oversees, mao and rith review, sok is of care, and sok opened a case."""
    await enrolled(pool, "chan", Role.SUPERVISOR)
    await enrolled(pool, "mao", Role.REVIEWER, Role.CARE)
    await enrolled(pool, "rith", Role.REVIEWER)
    await enrolled(pool, "sok", Role.CARE, document="N 7")
    act = by("sok", Instant(NOON - 9 * DAY_MS), "a letter")
    await perform(pool, staff.open_case, CASE, Purpose.COMPLAINT, HERS, act)
    return pool


async def looks(pool: Pool, count: int, at: int = NOON, login: str = "sok") -> None:
    for number in range(count):
        act = msgspec.structs.replace(by(login, Instant(at + number)))
        await perform(pool, staff.look, login, Purpose.COMPLAINT, CASE, HERS, act)


async def raised(pool: Pool, at: int = NOON + HOUR_MS) -> list[tuple[Pattern, str, int]]:
    found = await perform(pool, staff.raise_concerns, ZONE, by("<clock>", Instant(at)), WATCH)
    return [(one.pattern, one.day, one.counted) for one in found]


@pytest.mark.parametrize(("count", "found"), [(2, []), (3, [3]), (5, [5]), (6, [6])])
async def test_many_looks_are_noticed_at_the_limit(
    staffed: Pool, count: int, found: list[int]
) -> None:
    await looks(staffed, count)
    assert [one[2] for one in await raised(staffed)] == found


async def test_a_late_or_doubled_run_raises_the_same_once(staffed: Pool, owner: str) -> None:
    await looks(staffed, 4)
    first = await raised(staffed)
    again = await raised(staffed)
    late = await raised(staffed, NOON + 3 * DAY_MS)
    await looks(staffed, 2, NOON + HOUR_MS)
    more = await raised(staffed, NOON + 3 * DAY_MS)

    assert first == [(Pattern.MANY_LOOKS, "2026-11-22", 4)]
    assert again == late == []
    assert more == [(Pattern.MANY_LOOKS, "2026-11-22", 6)]
    with psycopg.connect(owner) as connection:
        rows = connection.execute(
            "SELECT count(*) FROM record.leaf WHERE kind = 'staff.concern_raised'"
        ).fetchone()
    assert rows == (2,)


@pytest.mark.parametrize(("days", "count"), [(0, 1), (1, 1), (7, 1), (8, 0)])
async def test_a_skipped_run_is_made_up_for_within_a_week(
    staffed: Pool, days: int, count: int
) -> None:
    await looks(staffed, 3)
    assert len(await raised(staffed, NOON + HOUR_MS + days * DAY_MS)) == count


async def test_two_days_of_a_few_are_not_one_of_many(staffed: Pool) -> None:
    midnight = NOON + 12 * HOUR_MS
    await looks(staffed, 2, NOON)
    await looks(staffed, 2, midnight)
    found = await raised(staffed, midnight + HOUR_MS)
    assert found == [(Pattern.OFF_HOURS, "2026-11-23", 2)]


@pytest.mark.parametrize(
    ("hour", "found"), [(5, True), (6, False), (21, False), (22, True), (23, True), (0, True)]
)
async def test_night_is_by_the_local_clock(staffed: Pool, hour: int, *, found: bool) -> None:
    await looks(staffed, 2, NOON + (hour - 12) * HOUR_MS)
    patterns = [one[0] for one in await raised(staffed, NOON + DAY_MS)]
    assert patterns == ([Pattern.OFF_HOURS] if found else [])


async def test_looks_without_a_case_and_refused_requests_are_noticed(staffed: Pool) -> None:
    glass = "33333333-3333-4333-8333-333333333333"
    await perform(staffed, staff.break_glass, glass, by("sok", NOON, "danger"))
    for number in range(2):
        at = Instant(NOON + number)
        await perform(staffed, staff.allowed, "rith", Task.REQUEST_TRANSFER, at)
    for number in range(5):
        await perform(staffed, staff.allowed, "chan", Task.TOP_UP, Instant(NOON + number))

    found = {one[0] for one in await raised(staffed)}

    assert found == {Pattern.BROKEN_GLASS, Pattern.REFUSED_REQUESTS, Pattern.REFUSED}


async def test_a_demonstration_is_nothing_unusual(staffed: Pool) -> None:
    await perform(staffed, staff.enrol, "demo", "Demo", tuple(Role), by("chan"))
    for number in range(9):
        act = by("demo", Instant(NOON + number))
        await perform(staffed, staff.look, "demo", Purpose.DEMONSTRATION, None, HERS, act)
    assert await raised(staffed) == []


async def test_a_concern_is_closed_with_words_by_another_reviewer(staffed: Pool) -> None:
    await looks(staffed, 3, login="mao")
    await raised(staffed)
    [concern] = await perform(staffed, staff.concerns)
    number = concern.concern_id

    async def close(login: str, words: str, which: int = number) -> Refusal | Concern:
        act = by(login, NOON, words)
        found = await perform(staffed, staff.close_concern, which, act)
        return found.refusal if isinstance(found, Refused) else found

    assert await close("chan", "fine") is Refusal.ROLE_MISSING
    assert await close("mao", "fine") is Refusal.OWN_CONCERN
    assert await close("rith", " ") is Refusal.REASON_MISSING
    assert await close("rith", "fine", 999) is Refusal.CONCERN_UNKNOWN
    assert isinstance(await close("rith", "a fire"), Concern)
    assert await close("rith", "fine") is Refusal.CONCERN_CLOSED
    assert await perform(staffed, staff.concerns) == []


BEHIND_THE_RULES = [
    (
        "concern_never_closed_by_the_one_it_is_about",
        "closed_at = now(), words = 'x', closed_by = 4",
    ),
    ("concern_closed_with_words", "closed_at = now(), words = '', closed_by = 1"),
    ("concern_closed_with_words", "closed_at = now(), closed_by = 1"),
    ("concern_counts_something", "counted = 0"),
    ("concern_pattern_is_known", "pattern = 'red-hair'"),
    ("concern_about_a_human", "human_id = 99"),
    ("concern_closed_by_a_human", "closed_at = now(), words = 'x', closed_by = 99"),
]


@pytest.mark.parametrize(("constraint", "change"), BEHIND_THE_RULES)
async def test_the_tables_refuse_it_as_well(
    staffed: Pool, owner: str, constraint: str, change: str
) -> None:
    await looks(staffed, 3)
    await raised(staffed)
    with psycopg.connect(owner) as connection, pytest.raises(psycopg.IntegrityError) as caught:
        connection.execute(f"UPDATE staff.concern SET {change}".encode())  # noqa: S608 -- ours

    assert caught.value.diag.constraint_name == constraint


async def test_a_report_has_all_that_a_human_did_or_saw_under_all_logins(staffed: Pool) -> None:
    await enrolled(staffed, "sok2", Role.FRAUD, document="N 7")
    await perform(staffed, staff.prove, await proof(staffed, "sok", at=NOON), NOON)
    await looks(staffed, 3)
    await perform(staffed, staff.allowed, "sok2", Task.ENROL, NOON)
    await raised(staffed)

    found = await perform(staffed, staff.report, "sok2", by("chan", NOON))

    assert isinstance(found, Report)
    assert [one.login for one in found.members] == ["sok", "sok2"]
    said = [(one.what, one.words) for one in found.events]
    assert ("did", "staff.case_opened") in said
    assert said.count(("saw", "line for complaint")) == 3
    assert ("signed in", "as sok") in said
    assert ("was refused", "ENROL: ROLE_MISSING") in said
    assert ("raised a concern", "many-looks on 2026-11-22: 3") in said
    assert [one.at for one in found.events] == sorted(one.at for one in found.events)
    [saw, *_] = [one for one in found.events if one.what == "saw"]
    assert saw.about == {"msisdn": HERS, "case": CASE}
    assert HERS not in repr(found)


async def test_a_report_is_read_by_who_may_and_that_is_kept(staffed: Pool, owner: str) -> None:
    sok = await perform(staffed, staff.report, "chan", by("sok", NOON))
    nobody = await perform(staffed, staff.report, "nobody", by("chan", NOON))
    await perform(staffed, staff.report, "sok", by("rith", NOON))

    for found, refusal in ((sok, Refusal.ROLE_MISSING), (nobody, Refusal.UNKNOWN_MEMBER)):
        assert isinstance(found, Refused)
        assert found.refusal is refusal
    with psycopg.connect(owner) as connection:
        rows = connection.execute(
            "SELECT value FROM record.leaf JOIN record.opening ON leaf_seq = seq"
            " WHERE kind = 'staff.reported' AND field = 'by'"
        ).fetchall()
    assert rows == [("rith",)]
