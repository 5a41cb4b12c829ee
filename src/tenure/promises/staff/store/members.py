"""All SQL about humans, their logins and their roles."""

from typing import Any, Final

from tenure.postgres.transaction import Transaction
from tenure.promises.staff.model import INVENTED, Document, Human, Member, Role
from tenure.values.instant import Instant, moment_of

_MEMBERS: Final = """
SELECT member.login, human_id, human.name, member.since, human.suspended_at,
       coalesce(array_agg(role.role) FILTER (WHERE role.role IS NOT NULL), '{}'),
       human.document_kind
FROM staff.member JOIN staff.human USING (human_id)
     LEFT JOIN staff.role ON role.login = member.login
WHERE member.login = coalesce(%s::text, member.login)
GROUP BY member.login, human_id, human.name, member.since, human.suspended_at, document_kind
ORDER BY member.login
"""
_HUMAN: Final = """
SELECT human_id, name, document_kind, document_number, since, suspended_at FROM staff.human
"""
_BY_DOCUMENT: Final = f"{_HUMAN} WHERE document_kind = %s AND document_number = %s"
_BY_ID: Final = f"{_HUMAN} WHERE human_id = %s"
_ENTER: Final = """
INSERT INTO staff.human (human_id, name, document_kind, document_number, since)
VALUES (%s, %s, %s, %s, %s)
"""
_ENROL: Final = "INSERT INTO staff.member (login, human_id, since) VALUES (%s, %s, %s)"
_GIVE: Final = """
INSERT INTO staff.role (login, role, since) SELECT %s, unnest(%s::text[]), %s
"""
_SUSPEND: Final = "UPDATE staff.human SET suspended_at = %s WHERE human_id = %s"
_ANYBODY: Final = "SELECT EXISTS (SELECT FROM staff.member)"
_NEXT_HUMAN: Final = "SELECT coalesce(max(human_id), 0) + 1 FROM staff.human"
_LOGINS: Final = "SELECT login FROM staff.member WHERE human_id = %s ORDER BY login"
_SUSPENDED: Final = "SELECT human_id FROM staff.human WHERE suspended_at IS NOT NULL"
_ATTEMPT: Final = "INSERT INTO staff.attempt (login, what, refusal, at) VALUES (%s, %s, %s, %s)"


async def members(tx: Transaction, only: str | None = None) -> list[Member]:
    """All members, or the one with this login."""
    cursor = await tx.execute(_MEMBERS, [only])
    return [
        Member(login, human_id, name, since, gone_at, frozenset(map(Role, roles)), kind == INVENTED)
        for login, human_id, name, since, gone_at, roles, kind in await cursor.fetchall()
    ]


async def member(tx: Transaction, login: str) -> Member | None:
    """The member with this login."""
    return next(iter(await members(tx, login)), None)


async def by_document(tx: Transaction, document: Document) -> Human | None:
    """The human with this document."""
    cursor = await tx.execute(_BY_DOCUMENT, [document.kind, document.number])
    return _human(await cursor.fetchone())


async def human(tx: Transaction, human_id: int) -> Human | None:
    """The human with this number."""
    cursor = await tx.execute(_BY_ID, [human_id])
    return _human(await cursor.fetchone())


def _human(row: tuple[Any, ...] | None) -> Human | None:
    if row is None:
        return None
    human_id, name, kind, number, since, suspended_at = row
    return Human(human_id, name, Document(kind, number), since, suspended_at)


async def logins(tx: Transaction, human_id: int) -> list[str]:
    """The logins of one human."""
    cursor = await tx.execute(_LOGINS, [human_id])
    return [login for (login,) in await cursor.fetchall()]


async def anybody(tx: Transaction) -> bool:
    """Whether there is any member yet."""
    cursor = await tx.execute(_ANYBODY)
    row = await cursor.fetchone()
    return row is not None and bool(row[0])


async def next_human_id(tx: Transaction) -> int:
    """A number for a human who has no login yet."""
    cursor = await tx.execute(_NEXT_HUMAN)
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def enter(tx: Transaction, new: Human) -> None:
    """Add a human; a document that is known violates human_one_per_document."""
    document = new.document
    values = [new.human_id, new.name, document.kind, document.number, moment_of(new.since)]
    await tx.execute(_ENTER, values)


async def enrol(tx: Transaction, new: Member) -> None:
    """Add a login with roles; a login that exists violates member_pkey."""
    since = moment_of(new.since)
    await tx.execute(_ENROL, [new.login, new.human_id, since])
    await tx.execute(_GIVE, [new.login, sorted(role.value for role in new.roles), since])


async def suspend(tx: Transaction, human_id: int, at: Instant | None) -> None:
    """Suspend a human from an instant on, or end their suspension."""
    await tx.execute(_SUSPEND, [None if at is None else moment_of(at), human_id])


async def suspended(tx: Transaction) -> set[int]:
    """The humans who are suspended."""
    cursor = await tx.execute(_SUSPENDED)
    return {int(row[0]) for row in await cursor.fetchall()}


async def attempted(tx: Transaction, login: str, what: str, refusal: str, at: Instant) -> None:
    """Keep that somebody was refused something."""
    await tx.execute(_ATTEMPT, [login, what, refusal, moment_of(at)])
