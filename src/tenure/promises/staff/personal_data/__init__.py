"""What is held about those of us who act."""

from typing import Final

from tenure.promises.staff.personal_data import approvals, cases, concerns, keys, members
from tenure.values.holding import Export, shown_as

_HELD: Final = (
    *members.HOLDINGS,
    *keys.HOLDINGS,
    *approvals.HOLDINGS,
    *cases.HOLDINGS,
    *concerns.HOLDINGS,
)

# What only works while it is unknown is told to nobody.
HOLDINGS: Final = shown_as(
    _HELD,
    {
        Export.NEVER: (
            "passkey.credential_id",
            "passkey.public_key",
            "passkey.sign_count",
            "approval.credential_id",
            "approval.authenticator_data",
            "approval.client_data_json",
            "approval.signature",
            "proof.credential_id",
            "case.salt",
            "case.about",
            "look.about",
            "look.told_at",
        ),
    },
)

ROWS: Final = (
    *members.ROWS,
    *keys.ROWS,
    *approvals.ROWS,
    *cases.ROWS,
    *concerns.ROWS,
)
