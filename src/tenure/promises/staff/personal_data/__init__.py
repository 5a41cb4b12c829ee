"""What is held about those of us who act."""

from typing import Final

from tenure.promises.staff.personal_data import approvals, cases, concerns, keys, members

HOLDINGS: Final = (
    *members.HOLDINGS,
    *keys.HOLDINGS,
    *approvals.HOLDINGS,
    *cases.HOLDINGS,
    *concerns.HOLDINGS,
)

ROWS: Final = (
    *members.ROWS,
    *keys.ROWS,
    *approvals.ROWS,
    *cases.ROWS,
    *concerns.ROWS,
)
