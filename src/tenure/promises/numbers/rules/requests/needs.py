"""What each kind of request waits for, and which standing of the number keeps it from effect."""

from collections.abc import Mapping
from typing import Final

import msgspec

from tenure.promises.numbers.model.requests import Kind, Party, Refusal
from tenure.terms.model import Keeping
from tenure.values.instant import DAY_MS

RESTORED_WITHIN_MS: Final = DAY_MS
"""INC-24H: a number is given back within 24 hours of the complaint."""


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """What a kind waits for."""

    consents: tuple[Party, ...] = ()
    """Beside these, the guardian of each who is a minor."""
    approvals: int | None = None
    """None: as many as the pack says, and never fewer than two."""
    cools_off: bool = False
    document: bool = False
    """Whether a paper stands for a consent."""
    changes_holder: bool = True
    obeys: frozenset[Refusal]
    """Which of the guards of the number's standing hold it up; the others are what it is for."""
    stopped_by: frozenset[Party]


_USUAL: Final = frozenset(
    {
        Refusal.LOST,
        Refusal.SUSPENDED,
        Refusal.BARRED,
        Refusal.DISPUTED,
        Refusal.LOCKED,
        Refusal.SIM_TOO_YOUNG,
        Refusal.AT_THE_LIMIT,
    }
)
_GIVER: Final = frozenset({Party.FROM, Party.FROM_GUARDIAN})
_EVERYBODY: Final = frozenset(Party)

NEEDS: Final[Mapping[Kind, Needs]] = {
    Kind.TRANSFER: Needs(
        consents=(Party.FROM, Party.TO), cools_off=True, obeys=_USUAL, stopped_by=_EVERYBODY
    ),
    # The dead lift no lock and report no SIM found; if they live, they are told, and stop it.
    Kind.INHERITANCE: Needs(
        consents=(Party.TO,),
        cools_off=True,
        document=True,
        obeys=_USUAL - {Refusal.LOCKED, Refusal.LOST},
        stopped_by=_EVERYBODY,
    ),
    # An order of a court is not for the holder to stop, and what the order is about may be barred.
    Kind.LEGAL_ORDER: Needs(
        cools_off=True,
        document=True,
        obeys=frozenset({Refusal.AT_THE_LIMIT}),
        stopped_by=frozenset(),
    ),
    # INC-24H: the number is blocked already, by whoever complained; whom it is taken from is told.
    Kind.RESTORATION: Needs(
        document=True, obeys=frozenset({Refusal.AT_THE_LIMIT}), stopped_by=frozenset()
    ),
    Kind.SIM: Needs(
        consents=(Party.FROM,),
        approvals=1,
        changes_holder=False,
        obeys=frozenset({Refusal.SUSPENDED, Refusal.DISPUTED, Refusal.LOCKED}),
        stopped_by=_GIVER,
    ),
    Kind.UNLOCK: Needs(
        consents=(Party.FROM,),
        approvals=0,
        cools_off=True,
        changes_holder=False,
        obeys=frozenset(),
        stopped_by=_GIVER,
    ),
}


def approvals_needed(kind: Kind, keeping: Keeping) -> int:
    """How many of ours must approve, each another human (INC-STAFF)."""
    needed = NEEDS[kind].approvals
    return keeping.transfer.approvals_min if needed is None else needed


def cools_off_ms(kind: Kind, keeping: Keeping) -> int:
    """How long a complete request still waits; a lock waits longer than anything else."""
    if kind is Kind.UNLOCK:
        return keeping.lock.lift_delay_ms
    return keeping.transfer.cooling_off_ms if NEEDS[kind].cools_off else 0


def holder_asks(kind: Kind) -> bool:
    """Whether a holder may ask by themselves: what only a paper proves, one of ours asks."""
    return Party.FROM in NEEDS[kind].consents


def open_ms(kind: Kind, keeping: Keeping) -> int:
    """How long a request may wait in all."""
    return RESTORED_WITHIN_MS if kind is Kind.RESTORATION else keeping.transfer.open_ms
