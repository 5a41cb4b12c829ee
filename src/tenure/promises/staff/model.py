"""Those of us who act: logins, the humans behind them, and what their roles let them do."""

from enum import Enum, IntEnum

import msgspec

from tenure.values.instant import Instant


class Role(Enum):
    """What somebody of ours is there for."""

    CARE = "care"
    FRAUD = "fraud"
    FINANCE = "finance"
    ENGINEER = "engineer"
    PRIVACY = "privacy"
    SUPERVISOR = "supervisor"


class Task(IntEnum):
    """What a command asks to be allowed to do."""

    ISSUE_VOUCHERS = 1
    BLOCK_VOUCHERS = 2
    TOP_UP = 3
    BAR_LINE = 4
    ENROL = 5


class Member(msgspec.Struct, frozen=True):
    """A login of ours."""

    login: str
    human_id: int
    """Who it is: two logins of one human are one approver."""
    name: str
    since: Instant
    suspended_at: Instant | None
    roles: frozenset[Role]

    def __repr__(self) -> str:
        return f"Member({self.login!r})"


class Refusal(IntEnum):
    """Why somebody may not act, in descending precedence."""

    UNKNOWN_MEMBER = 1
    SUSPENDED = 2
    ROLE_MISSING = 3
    LOGIN_TAKEN = 4
    LOGIN_MALFORMED = 5
