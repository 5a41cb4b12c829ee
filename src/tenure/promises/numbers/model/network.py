"""What the gateway to the network is to do, and the papers that it is shown."""

import msgspec

from tenure.values.instant import Instant
from tenure.values.msisdn import Imsi, Msisdn
from tenure.values.passkey import Assertion


class Task(msgspec.Struct, frozen=True):
    """The network is to act on a leaf; what it acts on is the leaf and its proof, not this."""

    task_id: int
    msisdn: Msisdn
    leaf_seq: int
    asked_at: Instant
    attempts: int
    problem: str | None

    def __repr__(self) -> str:
        return f"Task({self.task_id})"


class Signed(msgspec.Struct, frozen=True):
    """Somebody agreed, as it was signed."""

    who: str
    """The person, or for an approval the human of ours."""
    assertion: Assertion
    party: str = ""
    """"" for an approval."""
    witness: str | None = None

    def __repr__(self) -> str:
        return f"Signed({self.party or 'approval'})"


class Papers(msgspec.Struct, frozen=True):
    """What was asked before something was done, and all who agreed."""

    body: str
    leaf_seq: int
    """Of the request."""
    consents: tuple[Signed, ...]
    approvals: tuple[Signed, ...]

    def __repr__(self) -> str:
        return f"Papers({self.leaf_seq})"


class Served(msgspec.Struct, frozen=True):
    """How a line stands in the tables, as far as the network is concerned."""

    msisdn: Msisdn
    imsi: Imsi
    closed: bool
