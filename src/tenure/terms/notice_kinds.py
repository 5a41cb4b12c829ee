"""What a subscriber is told of, and the facts that the words about it may use."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class NoticeKind(StrEnum):
    """An occasion to tell somebody something; each has a text in every language of the pack."""

    LIFECYCLE_REMINDER = "lifecycle.reminder"
    LIFECYCLE_RECYCLED = "lifecycle.recycled"
    TRANSFER_ASKED = "transfer.asked"
    TRANSFER_CONSENTED = "transfer.consented"
    TRANSFER_APPROVED = "transfer.approved"
    TRANSFER_STOPPED = "transfer.stopped"
    TRANSFER_REFUSED = "transfer.refused"
    TRANSFER_EFFECTED = "transfer.effected"
    TRANSFER_ATTEMPTED = "transfer.attempted"
    SIM_ASKED = "sim.asked"
    SIM_REPLACED = "sim.replaced"
    SIM_OLD = "sim.old"
    LOCK_SET = "lock.set"
    LOCK_LIFTING = "lock.lifting"
    LOCK_LIFTED = "lock.lifted"
    ACCESS_RESTRICTED = "access.restricted"
    ACCESS_SUSPENDED = "access.suspended"
    ACCESS_TERMINATED = "access.terminated"
    ACCESS_ENDED = "access.ended"
    ACCESS_TRAFFIC = "access.traffic"
    SECURITY_ATTEMPT = "security.attempt"
    SECURITY_PROOF = "security.proof"
    """Of how the holder proves who they are, something changed."""
    STAFF_BREAK_GLASS = "staff.break_glass"

    @property
    def text_id(self) -> str:
        """The name of its text in the files of the pack."""
        return f"notice-{self.value.replace('.', '-').replace('_', '-')}"


ALWAYS: Final = frozenset({"number", "operator", "care"})
"""What every text may name: the number it is about, who we are, and whom to call."""

FACTS: Final[Mapping[NoticeKind, frozenset[str]]] = {
    NoticeKind.LIFECYCLE_REMINDER: frozenset({"days", "recycled_at"}),
    NoticeKind.TRANSFER_APPROVED: frozenset({"effective_at"}),
    NoticeKind.LOCK_LIFTING: frozenset({"lifted_at"}),
    NoticeKind.ACCESS_RESTRICTED: frozenset({"reason", "clause", "ends_at"}),
    NoticeKind.ACCESS_SUSPENDED: frozenset({"reason", "clause"}),
    NoticeKind.ACCESS_TERMINATED: frozenset({"reason", "clause"}),
    NoticeKind.ACCESS_TRAFFIC: frozenset({"reason", "clause", "ends_at"}),
    NoticeKind.STAFF_BREAK_GLASS: frozenset({"seen_at"}),
}
"""What must be told with a notice, because its text may name it; other kinds need nothing.

A fact that ends in ``_at`` is an instant (ISO 8601), and is shown by the operator's clocks."""


def facts_of(kind: NoticeKind) -> frozenset[str]:
    """The facts that must come with a notice of this kind."""
    return FACTS.get(kind, frozenset())
