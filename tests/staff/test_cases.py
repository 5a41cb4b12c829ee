"""Nobody of ours looks at a subscriber's data without an open case about them, or without noise."""

import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import (
    GLASS_MS,
    TELL_MS,
    Case,
    Glass,
    Look,
    Purpose,
    Refusal,
    Role,
)
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tests.staff.given import AT, by, enrolled

HERS = "85512345678"
HIS = "85512345679"
CASE = "11111111-1111-4111-8111-111111111111"
OTHER = "22222222-2222-4222-8222-222222222222"
GLASS = "33333333-3333-4333-8333-333333333333"


@pytest.fixture
async def staffed(pool: Pool) -> Pool:
    """Chan oversees, mao reviews, sok is of care, eng an engineer, and sok opened a case."""
    await enrolled(pool, "chan", Role.SUPERVISOR)
    await enrolled(pool, "mao", Role.REVIEWER)
    await enrolled(pool, "sok", Role.CARE)
    await enrolled(pool, "eng", Role.ENGINEER)
    opened = await perform(
        pool, staff.open_case, CASE, Purpose.COMPLAINT, HERS, by("sok", reason="a letter")
    )
    assert isinstance(opened, Case)
    return pool


async def look(
    pool: Pool,
    login: str = "sok",
    purpose: Purpose = Purpose.COMPLAINT,
    case: str | None = CASE,
    msisdn: str = HERS,
    at: int = AT,
) -> Look | Refused[Refusal]:
    act = by(login, Instant(at))
    return await perform(pool, staff.look, login, purpose, case, msisdn, act)


ROWS = [
    pytest.param("sok", Purpose.COMPLAINT, CASE, HERS, None, id="an open case"),
    pytest.param("sok", Purpose.COMPLAINT, None, HERS, Refusal.CASE_MISSING, id="no case"),
    pytest.param("sok", Purpose.COMPLAINT, OTHER, HERS, Refusal.CASE_MISSING, id="no such case"),
    pytest.param("sok", Purpose.COMPLAINT, "12", HERS, Refusal.CASE_MISSING, id="nonsense"),
    pytest.param("sok", Purpose.CARE, CASE, HIS, Refusal.CASE_OF_ANOTHER_NUMBER, id="of another"),
    pytest.param("eng", Purpose.COMPLAINT, CASE, HERS, Refusal.ROLE_MISSING, id="not their task"),
    pytest.param("nobody", Purpose.CARE, CASE, HERS, Refusal.UNKNOWN_MEMBER, id="nobody"),
    pytest.param("sok", Purpose.BREAK_GLASS, None, HERS, Refusal.GLASS_WHOLE, id="whole glass"),
    pytest.param("sok", Purpose.BREAK_GLASS, CASE, HERS, Refusal.GLASS_WHOLE, id="and a case"),
    pytest.param("sok", Purpose.DEMONSTRATION, None, HERS, Refusal.CASE_MISSING, id="real people"),
]


@pytest.mark.parametrize(("login", "purpose", "case", "msisdn", "refusal"), ROWS)
async def test_who_may_look_at_what(  # noqa: PLR0913, PLR0917 -- the row of a table
    staffed: Pool,
    owner: str,
    login: str,
    purpose: Purpose,
    case: str | None,
    msisdn: str,
    refusal: Refusal | None,
) -> None:
    found = await look(staffed, login, purpose, case, msisdn)

    assert (found.refusal if isinstance(found, Refused) else None) is refusal
    with psycopg.connect(owner) as connection:
        looks = connection.execute("SELECT count(*) FROM staff.look").fetchone()
        attempts = connection.execute("SELECT count(*) FROM staff.attempt").fetchone()
    assert looks == (int(refusal is None),)
    assert attempts == (int(refusal is not None),)


async def test_a_closed_case_opens_nothing(staffed: Pool) -> None:
    closed = await perform(staffed, staff.close_case, CASE, by("sok", Instant(AT + 10)))
    again = await perform(staffed, staff.close_case, CASE, by("sok", Instant(AT + 10)))
    none = await perform(staffed, staff.close_case, OTHER, by("sok"))

    before, after = await look(staffed, at=AT + 9), await look(staffed, at=AT + 10)

    assert isinstance(closed, Case)
    assert isinstance(before, Look)
    for found, refusal in (
        (again, Refusal.CASE_CLOSED),
        (none, Refusal.CASE_UNKNOWN),
        (after, Refusal.CASE_CLOSED),
    ):
        assert isinstance(found, Refused)
        assert found.refusal is refusal
    assert await perform(staffed, staff.cases) == []


@pytest.mark.parametrize(
    ("login", "kind", "reason", "refusal"),
    [
        ("eng", Purpose.FAULT, "why", Refusal.ROLE_MISSING),
        ("sok", Purpose.FAULT, " ", Refusal.REASON_MISSING),
        ("sok", Purpose.BREAK_GLASS, "why", Refusal.CASE_MISSING),
        ("sok", Purpose.DEMONSTRATION, "why", Refusal.CASE_MISSING),
    ],
)
async def test_a_case_needs_a_reason_and_a_role(
    staffed: Pool, login: str, kind: Purpose, reason: str, refusal: Refusal
) -> None:
    found = await perform(staffed, staff.open_case, OTHER, kind, HIS, by(login, reason=reason))
    assert isinstance(found, Refused)
    assert found.refusal is refusal


async def test_a_case_does_not_tell_which_number(staffed: Pool, owner: str) -> None:
    await look(staffed)
    with psycopg.connect(owner) as connection:
        rows = connection.execute("SELECT c::text FROM staff.case c").fetchall()
        bodies = connection.execute("SELECT body FROM record.leaf").fetchall()
    assert len(rows) == 1
    assert HERS not in str(rows) + str(bodies)


async def test_broken_glass_is_short_and_loud(staffed: Pool) -> None:
    act = by("sok", reason="a child is missing")
    broken = await perform(staffed, staff.break_glass, GLASS, act)
    during = await look(staffed, "sok", Purpose.BREAK_GLASS, None, HIS, AT + GLASS_MS - 1)
    after = await look(staffed, "sok", Purpose.BREAK_GLASS, None, HIS, AT + GLASS_MS)
    by_another = await look(staffed, "eng", Purpose.BREAK_GLASS, None, HIS)

    assert isinstance(broken, Glass)
    assert isinstance(during, Look)
    for found in (after, by_another):
        assert isinstance(found, Refused)
        assert found.refusal is Refusal.GLASS_WHOLE
    heard = {}
    for member in await perform(staffed, staff.members):
        heard[member.login] = await perform(staffed, staff.alerts, member, AT)
    assert [len(heard[login]) for login in ("chan", "mao", "sok", "eng")] == [1, 1, 0, 0]
    assert heard["chan"][0].reason == "a child is missing"
    [chan] = [one for one in await perform(staffed, staff.members) if one.login == "chan"]
    assert await perform(staffed, staff.alerts, chan, AT) == []


async def test_who_breaks_it_says_why_and_may(staffed: Pool) -> None:
    silent = await perform(staffed, staff.break_glass, GLASS, by("sok"))
    reviewer = await perform(staffed, staff.break_glass, GLASS, by("mao", reason="curious"))
    for found, refusal in ((silent, Refusal.REASON_MISSING), (reviewer, Refusal.ROLE_MISSING)):
        assert isinstance(found, Refused)
        assert found.refusal is refusal


async def test_the_one_it_was_about_is_told_a_day_later_once(staffed: Pool) -> None:
    await perform(staffed, staff.break_glass, GLASS, by("eng", reason="danger"))
    await look(staffed, "eng", Purpose.BREAK_GLASS, None, HIS)
    await look(staffed)

    early = await perform(staffed, staff.to_tell, Instant(AT + TELL_MS - 1))
    due = await perform(staffed, staff.to_tell, Instant(AT + TELL_MS))
    await perform(staffed, staff.told, [one.look_id for one in due], Instant(AT + TELL_MS))

    assert early == []
    assert [one.msisdn for one in due] == [HIS]
    assert await perform(staffed, staff.to_tell, Instant(AT + TELL_MS)) == []


async def test_an_invented_human_shows_an_invented_population(staffed: Pool) -> None:
    await perform(staffed, staff.enrol, "demo", "Demo", tuple(Role), by("chan"))

    first = await look(staffed, "demo", Purpose.DEMONSTRATION, None)
    again = await look(staffed, "demo", Purpose.DEMONSTRATION, None)

    assert isinstance(first, Look)
    assert isinstance(again, Look)
    assert first.case == again.case
    assert first.case is not None
    assert first.case.kind is Purpose.DEMONSTRATION


BEHIND_THE_RULES = [
    ("look_has_a_case_or_breaks_the_glass", "UPDATE staff.look SET case_id = NULL, about = NULL"),
    ("look_has_a_case_or_breaks_the_glass", "UPDATE staff.look SET purpose = 'break-glass'"),
    ("look_at_the_number_of_its_case", "UPDATE staff.look SET about = sha256('another')"),
    ("look_at_the_number_of_its_case", "UPDATE staff.look SET about = NULL"),
    ("look_purpose_is_known", "UPDATE staff.look SET purpose = 'curiosity'"),
    ("look_by_a_member", "UPDATE staff.look SET human_id = 1"),
    ("look_is_in_the_record", "UPDATE staff.look SET leaf_seq = 999"),
    ("look_while_the_glass_is_broken", "UPDATE staff.look SET until_at = at + interval '1 s'"),
    ("glass_is_short", "UPDATE staff.glass SET until_at = since + interval '16 minutes'"),
    ("glass_says_why", "UPDATE staff.glass SET reason = ''"),
    ("case_says_why", "UPDATE staff.case SET reason = ''"),
    ("case_kind_is_known", "UPDATE staff.case SET kind = 'break-glass'"),
    ("case_closed_after_it_was_opened", "UPDATE staff.case SET closed_at = '1999-01-01Z'"),
    ("alert_of_a_glass", "INSERT INTO staff.alert VALUES (gen_random_uuid(), 1)"),
]


@pytest.mark.parametrize(("constraint", "statement"), BEHIND_THE_RULES)
async def test_the_tables_refuse_it_as_well(
    staffed: Pool, owner: str, constraint: str, statement: str
) -> None:
    await look(staffed)
    await perform(staffed, staff.break_glass, GLASS, by("eng", reason="danger"))
    with psycopg.connect(owner) as connection, pytest.raises(psycopg.IntegrityError) as caught:
        connection.execute(statement.encode())

    assert caught.value.diag.constraint_name == constraint


async def test_a_look_behind_broken_glass_is_of_who_broke_it_and_in_time(
    staffed: Pool, owner: str
) -> None:
    await perform(staffed, staff.break_glass, GLASS, by("eng", reason="danger"))
    await look(staffed, "eng", Purpose.BREAK_GLASS, None, HIS)
    for constraint, change in (
        ("look_by_who_broke_the_glass", "human_id = 3, login = 'sok'"),
        ("look_while_the_glass_is_broken", "at = until_at"),
    ):
        statement = f"UPDATE staff.look SET {change}"  # noqa: S608 -- ours
        with psycopg.connect(owner) as connection, pytest.raises(psycopg.IntegrityError) as caught:
            connection.execute(statement.encode())
        assert caught.value.diag.constraint_name == constraint
