"""Those of us who act: one human is one row, roles are narrow, and a suspension is at once."""

from itertools import product

import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.staff import operations as staff
from tenure.promises.staff import rules
from tenure.promises.staff.model import READING, Document, Member, Refusal, Role, Task
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tests.staff.given import ACT, AT, by, enrolled, hired, key_of

MATRIX = """
                     sales care fraud finance stock legal engineer supervisor reviewer privacy regulator
ISSUE_VOUCHERS         .    .     .      x      .     .      .         .         .        .        .
BLOCK_VOUCHERS         .    .     x      x      .     .      .         .         .        .        .
TOP_UP                 .    x     .      x      .     .      .         .         .        .        .
BAR_LINE               .    x     x      .      .     .      .         .         .        .        .
ENROL                  .    .     .      .      .     .      .         x         .        .        .
SELL_LINE              x    .     .      .      .     .      .         .         .        .        .
IMPORT_STOCK           .    .     .      .      x     .      .         .         .        .        .
REQUEST_TRANSFER       x    x     .      .      .     .      .         .         .        .        .
APPROVE_TRANSFER       .    .     x      .      .     .      .         x         .        .        .
REQUEST_SIM            x    x     .      .      .     .      .         .         .        .        .
APPROVE_SIM            .    .     x      .      .     .      .         x         .        .        .
WITNESS                x    x     .      .      .     .      .         .         .        .        .
REQUEST_LEGAL_ORDER    .    .     .      .      .     x      .         .         .        .        .
APPROVE_LEGAL_ORDER    .    .     .      .      .     x      .         x         .        .        .
LOOK_UP                .    x     x      .      .     x      .         .         .        x        .
HANDLE_CASES           .    x     x      .      .     x      .         .         .        .        .
HOLD                   .    x     x      .      .     x      .         .         .        .        .
RESTRICT               .    .     x      .      .     x      .         .         .        .        .
BREAK_GLASS            .    x     x      .      .     .      x         .         .        .        .
RECYCLE                .    .     .      .      x     .      .         .         .        .        .
APPROVE                .    .     .      .      .     .      .         x         .        .        .
REVIEW                 .    .     .      .      .     .      .         .         x        .        .
READ_REPORTS           .    .     .      .      .     .      .         x         x        x        x
KEEP_RECORD            .    .     .      .      .     .      x         .         .        .        .
PUBLISH                .    .     .      .      .     x      .         .         .        .        .
KEEP_CONSENT           x    x     .      .      .     .      .         .         .        .        .
HOLD_DATA              .    .     .      .      .     x      .         .         .        x        .
HANDLE_BREACH          .    .     .      .      .     x      .         .         .        x        .
DISCLOSE               .    .     .      .      .     x      .         .         .        x        .
RECEIVE_RIGHTS         x    x     .      .      .     x      .         .         .        x        .
ANSWER_RIGHTS          .    .     .      .      .     .      .         .         .        x        .
ANALYSE                .    .     .      .      .     .      .         .         .        x        .
END_USAGE              .    .     .      .      .     .      .         .         .        x        .
"""  # noqa: E501 -- a table is read whole


def matrix() -> dict[tuple[Task, Role], bool]:
    """Who may do what, as the table says."""
    head, *rows = MATRIX.strip().splitlines()
    roles = [Role(name) for name in head.split()]
    found = {}
    for row in rows:
        task, *marks = row.split()
        for role, mark in zip(roles, marks, strict=True):
            found[Task[task], role] = mark == "x"
    return found


def member(*roles: Role, suspended_at: Instant | None = None) -> Member:
    return Member("sok", 1, "Sok", AT, suspended_at, frozenset(roles))


def test_the_table_is_complete() -> None:
    assert set(matrix()) == set(product(Task, Role))


@pytest.mark.parametrize("task", Task, ids=lambda task: task.name)
def test_a_role_may_do_its_tasks_and_nothing_else(task: Task) -> None:
    for role in Role:
        found = rules.allowed(member(role), task)

        assert isinstance(found, Member) == matrix()[task, role], role
        if isinstance(found, Refused):
            assert found.refusal is Refusal.ROLE_MISSING


def test_who_only_reads_may_change_nothing() -> None:
    guest = member(Role.REGULATOR)
    may = {task for task in Task if isinstance(rules.allowed(guest, task), Member)}
    assert may <= READING


def test_nobody_who_asks_in_a_shop_also_approves() -> None:
    """By one role alone: whoever has two of them is still one human, and so one approver."""
    asks = {Task.REQUEST_TRANSFER, Task.REQUEST_SIM, Task.WITNESS}
    approves = {Task.APPROVE_TRANSFER, Task.APPROVE_SIM}
    for role in Role:
        may = {task for task in Task if matrix()[task, role]}
        assert not (may & asks and may & approves), role


def test_who_is_suspended_may_nothing_whatever_the_clock_says() -> None:
    found = rules.allowed(member(Role.CARE, suspended_at=AT), Task.BAR_LINE)

    assert isinstance(found, Refused)
    assert found.refusal is Refusal.SUSPENDED


def test_nobody_may_do_nothing() -> None:
    nobody = rules.allowed(None, Task.TOP_UP)

    assert isinstance(nobody, Refused)
    assert nobody.refusal is Refusal.UNKNOWN_MEMBER


async def test_the_first_needs_no_leave_and_the_others_do(pool: Pool) -> None:
    first = await enrolled(pool, "chan", Role.SUPERVISOR)
    second = await enrolled(pool, "sok", Role.CARE, Role.FINANCE)
    third = await perform(pool, hired, "dara", [Role.SUPERVISOR], "N 3", "sok")

    assert first.human_id != second.human_id
    assert isinstance(third, Refused)
    assert third.refusal is Refusal.ROLE_MISSING
    assert await perform(pool, staff.members) == [first, second]


async def test_a_human_is_enrolled_once_however_many_logins_they_have(pool: Pool) -> None:
    await enrolled(pool, "chan", Role.SUPERVISOR)
    sok = await enrolled(pool, "sok", Role.CARE, document="N 7")
    again = await enrolled(pool, "sok2", Role.FRAUD, document="N 7")
    keys = await perform(pool, staff.passkeys, "sok2")

    assert (again.human_id, again.name) == (sok.human_id, sok.name)
    assert again.roles == {Role.FRAUD}
    # A second login brings no second key: that would take a supervisor's invitation.
    assert isinstance(keys, list)
    assert [one.credential_id for one in keys] == [key_of("sok").credential_id]


WRONG = [
    ("sok", "Sok", Document("passport", "N 1"), "x", Refusal.LOGIN_TAKEN),
    ("Sok Dara", "Sok", Document("passport", "N 1"), "x", Refusal.LOGIN_MALFORMED),
    ("dara", "  ", Document("passport", "N 1"), "x", Refusal.NAME_MISSING),
    ("dara", "Dara", Document("library-card", "N 1"), "x", Refusal.DOCUMENT_MALFORMED),
    ("dara", "Dara", Document("passport", ""), "x", Refusal.DOCUMENT_MALFORMED),
    ("dara", "Dara", Document("passport", "9" * 41), "x", Refusal.DOCUMENT_MALFORMED),
    ("dara", "Dara", Document("national-id", "N sok"), "x", Refusal.NAME_DIFFERS),
    ("dara", "Dara", Document("passport", "N 1"), "sok", Refusal.PASSKEY_KNOWN),
]


@pytest.mark.parametrize(("login", "name", "document", "key", "refusal"), WRONG)
async def test_who_cannot_be_enrolled_is_told_why(
    pool: Pool, login: str, name: str, document: Document, key: str, refusal: Refusal
) -> None:
    await enrolled(pool, "chan", Role.SUPERVISOR)
    await enrolled(pool, "sok", Role.CARE)

    async def enrol() -> object:
        return await perform(
            pool,
            staff.enrol,
            login,
            name,
            [Role.CARE],
            ACT,
            document=document,
            key=key_of(key).public,
        )

    found = await enrol()

    assert isinstance(found, Refused)
    assert found.refusal is refusal
    assert len(await perform(pool, staff.members)) == 2


async def test_who_is_suspended_may_not_act_under_any_login_until_it_ends(pool: Pool) -> None:
    await enrolled(pool, "chan", Role.SUPERVISOR)
    await enrolled(pool, "sok", Role.CARE, document="N 7")
    await enrolled(pool, "sok2", Role.FRAUD, document="N 7")

    suspended = await perform(pool, staff.suspend, "sok", ACT)
    now = [
        await perform(pool, staff.allowed, login, Task.BAR_LINE, AT) for login in ("sok", "sok2")
    ]
    ended = await perform(pool, staff.suspend, "sok2", ACT, ends=True)
    then = await perform(pool, staff.allowed, "sok", Task.BAR_LINE, AT)
    unknown = await perform(pool, staff.suspend, "nobody", ACT)
    by_sok = await perform(pool, staff.suspend, "chan", by("sok"))

    assert isinstance(suspended, Member)
    assert suspended.suspended_at == AT
    assert [one.refusal for one in now if isinstance(one, Refused)] == [Refusal.SUSPENDED] * 2
    assert isinstance(ended, Member)
    assert isinstance(then, Member)
    assert isinstance(unknown, Refused)
    assert isinstance(by_sok, Refused)
    assert by_sok.refusal is Refusal.ROLE_MISSING


async def test_it_is_kept_that_somebody_was_refused(pool: Pool, owner: str) -> None:
    await enrolled(pool, "chan", Role.SUPERVISOR)
    await perform(pool, staff.allowed, "chan", Task.BAR_LINE, AT)
    await perform(pool, staff.allowed, "my PIN is 1234", Task.TOP_UP, AT)

    with psycopg.connect(owner) as connection:
        found = connection.execute("SELECT login, what, refusal FROM staff.attempt ORDER BY 1")
        assert found.fetchall() == [
            ("?", "TOP_UP", "UNKNOWN_MEMBER"),
            ("chan", "BAR_LINE", "ROLE_MISSING"),
        ]


BEHIND_THE_RULES = [
    (
        "human_one_per_document",
        "INSERT INTO staff.human VALUES (9, 'X', 'national-id', 'N chan', now())",
    ),
    ("human_document_kind_is_known", "INSERT INTO staff.human VALUES (9, 'X', 'tale', '1', now())"),
    ("human_is_somebody", "INSERT INTO staff.human VALUES (0, 'X', 'passport', '1', now())"),
    ("member_is_a_human", "INSERT INTO staff.member VALUES ('dara', 9, now())"),
    ("member_login_is_a_name", "INSERT INTO staff.member VALUES ('<clock>', 1, now())"),
    ("role_is_known", "INSERT INTO staff.role VALUES ('chan', 'king', now())"),
    ("role_of_a_member", "INSERT INTO staff.role VALUES ('dara', 'care', now())"),
]


@pytest.mark.parametrize(("constraint", "statement"), BEHIND_THE_RULES)
async def test_the_tables_refuse_it_as_well(
    pool: Pool, owner: str, constraint: str, statement: str
) -> None:
    await enrolled(pool, "chan", Role.SUPERVISOR)
    with psycopg.connect(owner) as connection, pytest.raises(psycopg.IntegrityError) as caught:
        connection.execute(statement.encode())

    assert caught.value.diag.constraint_name == constraint


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE staff.member SET human_id = 2",
        "UPDATE staff.human SET document_number = '2'",
        "DELETE FROM staff.human",
        "DELETE FROM staff.attempt",
        "UPDATE staff.passkey SET human_id = 2",
        "UPDATE staff.passkey SET public_key = ''",
        "DELETE FROM staff.proof",
        "UPDATE staff.challenge SET until_at = now()",
        "UPDATE staff.session SET login = 'x'",
        "DELETE FROM staff.approval",
        "UPDATE staff.request SET requested_by = 2",
    ],
)
def test_the_application_cannot_change_who_somebody_is(database: str, statement: str) -> None:
    with (
        psycopg.connect(database) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())
