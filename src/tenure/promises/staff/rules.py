"""Which role may do which task; pure."""

import re
from collections.abc import Mapping
from typing import Final

from tenure.promises.staff.model import Member, Refusal, Role, Task
from tenure.values.instant import Instant
from tenure.values.refused import Refused

MAY: Final[Mapping[Task, frozenset[Role]]] = {
    Task.ISSUE_VOUCHERS: frozenset({Role.FINANCE}),
    Task.BLOCK_VOUCHERS: frozenset({Role.FINANCE, Role.FRAUD}),
    Task.TOP_UP: frozenset({Role.FINANCE, Role.CARE}),
    Task.BAR_LINE: frozenset({Role.CARE, Role.FRAUD}),
    Task.ENROL: frozenset({Role.SUPERVISOR}),
}
"""Least privilege: who is not named for a task may not do it, whatever else they are."""

_LOGIN: Final = re.compile(r"[a-z][a-z0-9._-]{0,39}")


def allowed(member: Member | None, task: Task, at: Instant) -> Member | Refused[Refusal]:
    """The member, if they may do the task at the instant.  A suspension takes effect at once."""
    if member is None:
        return Refused(Refusal.UNKNOWN_MEMBER, "no such login; enrol it with: tenure staff enrol")
    if member.suspended_at is not None and at >= member.suspended_at:
        return Refused(Refusal.SUSPENDED, "this login is suspended; a supervisor can tell why")
    if not member.roles & MAY[task]:
        needed = " or ".join(sorted(role.value for role in MAY[task]))
        return Refused(Refusal.ROLE_MISSING, f"this needs the role {needed}")
    return member


def enrolled(new: Member, known: Member | None) -> Member | Refused[Refusal]:
    """The new member, or why that login cannot be had."""
    if not _LOGIN.fullmatch(new.login):
        return Refused(
            Refusal.LOGIN_MALFORMED, "a login is a small letter, then letters, digits, . _ or -"
        )
    if known is not None:
        return Refused(Refusal.LOGIN_TAKEN, "this login exists; choose another")
    return new
