"""All SQL of staff."""

from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.staff.model import Member, Role
from tenure.values.instant import Instant, moment_of

_MEMBERS: Final = """
SELECT member.login, human_id, name, member.since, suspended_at,
       coalesce(array_agg(role.role) FILTER (WHERE role.role IS NOT NULL), '{}')
FROM staff.member LEFT JOIN staff.role ON role.login = member.login
WHERE member.login = coalesce(%s::text, member.login)
GROUP BY member.login ORDER BY member.login
"""
_ENROL: Final = """
INSERT INTO staff.member (login, human_id, name, since) VALUES (%s, %s, %s, %s)
"""
_GIVE: Final = """
INSERT INTO staff.role (login, role, since) SELECT %s, unnest(%s::text[]), %s
"""
_SUSPEND: Final = "UPDATE staff.member SET suspended_at = %s WHERE login = %s"
_ANYBODY: Final = "SELECT EXISTS (SELECT FROM staff.member)"
_NEXT_HUMAN: Final = "SELECT coalesce(max(human_id), 0) + 1 FROM staff.member"


async def members(tx: Transaction, only: str | None = None) -> list[Member]:
    """All members, or the one with this login."""
    cursor = await tx.execute(_MEMBERS, [only])
    return [
        Member(login, human_id, name, since, suspended_at, frozenset(map(Role, roles)))
        for login, human_id, name, since, suspended_at, roles in await cursor.fetchall()
    ]


async def member(tx: Transaction, login: str) -> Member | None:
    """The member with this login."""
    return next(iter(await members(tx, login)), None)


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


async def enrol(tx: Transaction, new: Member) -> None:
    """Add a member with roles; a login that exists violates member_pkey."""
    since = moment_of(new.since)
    await tx.execute(_ENROL, [new.login, new.human_id, new.name, since])
    await tx.execute(_GIVE, [new.login, sorted(role.value for role in new.roles), since])


async def suspend(tx: Transaction, login: str, at: Instant | None) -> None:
    """Suspend a login from an instant on, or end its suspension."""
    await tx.execute(_SUSPEND, [None if at is None else moment_of(at), login])
