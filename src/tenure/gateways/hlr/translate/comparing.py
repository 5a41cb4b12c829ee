"""What was proven, what the tables say, and what the network believes: where they differ."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

import msgspec

from tenure.gateways.hlr.translate.dossier import Known
from tenure.gateways.hlr.translate.subscriber import Row
from tenure.promises.numbers.model import Served
from tenure.values.msisdn import Msisdn

MODES: Final[Mapping[bool, str]] = {True: "", False: "CSPS"}
"""The network access mode of a line that is closed, or is not."""


class Difference(Enum):
    """Where the three differ about a number, in words."""

    NONE = "they agree"
    WAITS = "a task waits; look again when it is done"
    NETWORK_LACKS = "the network does not know the SIM that was proven"
    NETWORK_DIFFERS = "the network serves it otherwise than was proven"
    NETWORK_KEEPS = "the network keeps a number that ended"
    TABLES_DIFFER = "the tables say what nobody proved: somebody edited them"
    UNPROVEN = "the network knows a number that nobody proved to it"


PUT_RIGHT: Final = frozenset(
    {Difference.NETWORK_LACKS, Difference.NETWORK_DIFFERS, Difference.NETWORK_KEEPS}
)
"""What the gateway may put right: the network follows the proof.  The rest is for a person."""
ALARMS: Final = frozenset({Difference.TABLES_DIFFER, Difference.UNPROVEN}) | PUT_RIGHT


class Compared(msgspec.Struct, frozen=True):
    """One number: what was proven, what the tables say, what the network believes."""

    msisdn: Msisdn
    difference: Difference
    known: Known | None
    served: Served | None
    row: Row | None

    def __repr__(self) -> str:
        return f"Compared({self.difference.name})"


def compared(
    msisdn: Msisdn, known: Known | None, served: Served | None, row: Row | None, *, waits: bool
) -> Compared:
    """Where the three differ about a number, the gravest first; nobody knows while a task waits."""
    difference = Difference.WAITS if waits else _difference(known, served, row)
    return Compared(msisdn, difference, known, served, row)


def _difference(known: Known | None, served: Served | None, row: Row | None) -> Difference:
    if known is None or (known.imsi is None and known.ended_at is None):
        return Difference.NONE if row is None else Difference.UNPROVEN
    network = _of_network(known, row)
    if network is not Difference.NONE:
        return network
    # The tables have no line for a number that ended; and none that is there can be invented.
    agree = known.imsi is None if served is None else _agree(known, served)
    return Difference.NONE if agree else Difference.TABLES_DIFFER


def _of_network(known: Known, row: Row | None) -> Difference:
    if known.imsi is None:
        return Difference.NONE if row is None else Difference.NETWORK_KEEPS
    if row is None:
        return Difference.NETWORK_LACKS
    fits = row.imsi == known.imsi and row.mode == MODES[known.closed]
    return Difference.NONE if fits else Difference.NETWORK_DIFFERS


def _agree(known: Known, served: Served) -> bool:
    return served.imsi == known.imsi and served.closed == known.closed
