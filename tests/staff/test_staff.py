"""No one of ours can act alone: roles, suspension, and approvals that the table itself refuses."""

import msgspec
import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff import rules
from tenure.promises.staff.model import Member, Refusal, Role, Task
from tenure.values.instant import Instant
from tenure.values.refused import Refused

AT = Instant(1_800_000_000_000)
ACT = Act("chan", AT, bytes(range(32)))


def member(*roles: Role, suspended_at: Instant | None = None) -> Member:
    return Member("sok", 1, "Sok", AT, suspended_at, frozenset(roles))


MAY = {
    Task.ISSUE_VOUCHERS: {Role.FINANCE},
    Task.BLOCK_VOUCHERS: {Role.FINANCE, Role.FRAUD},
    Task.TOP_UP: {Role.FINANCE, Role.CARE},
    Task.BAR_LINE: {Role.CARE, Role.FRAUD},
    Task.ENROL: {Role.SUPERVISOR},
}


@pytest.mark.parametrize("task", Task)
@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_its_tasks_and_nothing_else(task: Task, role: Role) -> None:
    found = rules.allowed(member(role), task, AT)

    assert isinstance(found, Member) == (role in MAY[task])
    if isinstance(found, Refused):
        assert found.refusal is Refusal.ROLE_MISSING


def test_a_suspension_takes_effect_at_its_instant() -> None:
    suspended = member(Role.CARE, suspended_at=AT)

    before = rules.allowed(suspended, Task.BAR_LINE, Instant(AT - 1))
    after = rules.allowed(suspended, Task.BAR_LINE, AT)

    assert isinstance(before, Member)
    assert isinstance(after, Refused)
    assert after.refusal is Refusal.SUSPENDED


def test_nobody_may_do_nothing() -> None:
    nobody = rules.allowed(None, Task.TOP_UP, AT)

    assert isinstance(nobody, Refused)
    assert nobody.refusal is Refusal.UNKNOWN_MEMBER


async def test_the_first_needs_no_leave_and_the_others_do(pool: Pool) -> None:
    first = await perform(pool, staff.enrol, "chan", "Chan", [Role.SUPERVISOR], ACT)
    second = await perform(pool, staff.enrol, "sok", "Sok", [Role.CARE, Role.FINANCE], ACT)
    as_sok = msgspec.structs.replace(ACT, by="sok")
    third = await perform(pool, staff.enrol, "dara", "Dara", [Role.SUPERVISOR], as_sok)
    taken = await perform(pool, staff.enrol, "sok", "Sok", [Role.CARE], ACT)
    malformed = await perform(pool, staff.enrol, "Sok Dara", "Sok", [Role.CARE], ACT)

    assert isinstance(first, Member)
    assert isinstance(second, Member)
    assert first.human_id != second.human_id
    refusals = [one.refusal for one in (third, taken, malformed) if isinstance(one, Refused)]
    assert refusals == [Refusal.ROLE_MISSING, Refusal.LOGIN_TAKEN, Refusal.LOGIN_MALFORMED]
    assert await perform(pool, staff.members) == [first, second]


async def test_who_is_suspended_may_not_act_until_it_ends(pool: Pool) -> None:
    await perform(pool, staff.enrol, "chan", "Chan", [Role.SUPERVISOR], ACT)
    await perform(pool, staff.enrol, "sok", "Sok", [Role.CARE], ACT)

    suspended = await perform(pool, staff.suspend, "sok", ACT)
    now = await perform(pool, staff.allowed, "sok", Task.BAR_LINE, AT)
    ended = await perform(pool, staff.suspend, "sok", ACT, ends=True)
    then = await perform(pool, staff.allowed, "sok", Task.BAR_LINE, AT)
    unknown = await perform(pool, staff.suspend, "nobody", ACT)
    as_sok = msgspec.structs.replace(ACT, by="sok")
    by_sok = await perform(pool, staff.suspend, "chan", as_sok)

    assert isinstance(suspended, Member)
    assert suspended.suspended_at == AT
    assert isinstance(now, Refused)
    assert now.refusal is Refusal.SUSPENDED
    assert isinstance(ended, Member)
    assert isinstance(then, Member)
    assert isinstance(unknown, Refused)
    assert isinstance(by_sok, Refused)
    assert by_sok.refusal is Refusal.ROLE_MISSING


BEHIND_THE_RULES = [
    ("approval_never_by_the_asker", (b"h" * 32, 1, 1)),
    ("approval_of_exactly_this_request", (b"h" * 32, 2, 3)),
    ("approval_of_exactly_this_request", (b"x" * 32, 1, 3)),
]


@pytest.mark.parametrize(("constraint", "values"), BEHIND_THE_RULES)
def test_an_approver_can_neither_be_the_asker_nor_lie_about_who_asked(
    owner: str, constraint: str, values: tuple[object, ...]
) -> None:
    with psycopg.connect(owner) as connection:
        connection.execute("INSERT INTO staff.request VALUES (%s, 'test', 1, now())", [b"h" * 32])
        with pytest.raises(psycopg.IntegrityError) as caught:
            connection.execute(
                "INSERT INTO staff.approval VALUES (%s, %s, %s, now())", list(values)
            )

    assert caught.value.diag.constraint_name == constraint
