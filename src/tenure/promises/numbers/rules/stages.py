"""Where a number stands in its life, what it may do there, and how a line may be changed."""

from typing import Final, assert_never

import msgspec

from tenure.promises.numbers.model import (
    Bar,
    Block,
    Change,
    Line,
    ReportFound,
    ReportLost,
    Resume,
    Stage,
    Suspend,
)
from tenure.promises.tariffs.model import Service
from tenure.terms.model import Lifecycle
from tenure.values.instant import DAY_MS, Instant

ACTIVE: Final = Stage.ACTIVE


def stage(validity_end: Instant, lifecycle: Lifecycle, at: Instant, *, postpaid: bool) -> Stage:
    """GTC-LIFE, INC-90: the stage at an instant; each period begins where the one before ends."""
    if postpaid or at < validity_end:
        return ACTIVE
    both_blocked_at = validity_end + lifecycle.outgoing_blocked_days * DAY_MS
    if at < both_blocked_at:
        return Stage.OUTGOING_BLOCKED
    if at < both_blocked_at + lifecycle.both_blocked_days * DAY_MS:
        return Stage.BOTH_BLOCKED
    return Stage.DUE_FOR_RECYCLING


def may_go_out(
    line: Line, at_stage: Stage, at: Instant, service: Service | None = None
) -> Block | None:
    """What keeps the line from outgoing use, the gravest first; None when nothing does.

    A restriction is of services: it is seen only when the service is named.
    """
    grave = _blocks_both_ways(line, at)
    if grave is not None:
        return grave
    if line.restricted_until is not None and service is not None:
        until = line.restricted_until[service - 1]
        if until is not None and at < until:
            return Block.RESTRICTED
    if line.bar_outgoing:
        return Block.BARRED
    return None if at_stage is ACTIVE else Block.STAGE_BLOCKED


def may_come_in(line: Line, at_stage: Stage, at: Instant) -> Block | None:
    """What keeps the line from incoming use, the gravest first; None when nothing does.

    A restriction leaves what comes in, so that the holder can always be told of it.
    """
    grave = _blocks_both_ways(line, at)
    if grave is not None:
        return grave
    if line.bar_incoming:
        return Block.BARRED
    reachable = at_stage in (Stage.ACTIVE, Stage.OUTGOING_BLOCKED)
    return None if reachable else Block.STAGE_BLOCKED


def _blocks_both_ways(line: Line, at: Instant) -> Block | None:
    # GTC-LOST: usage from the instant of the report on is nobody's to pay.
    if line.lost_at is not None and at >= line.lost_at:
        return Block.LOST_OR_STOLEN
    return Block.SUSPENDED if line.suspended else None


def served(line: Line) -> bool:
    """Whether the network serves the line at all; one direction alone is charging's to refuse."""
    both = line.bar_outgoing and line.bar_incoming
    return not (line.suspended or line.lost_at is not None or both)


def changed(line: Line, change: Change, at: Instant) -> Line:
    """The line as it is after the change; an equal line when it was so already."""
    match change:
        case Bar(outgoing=outgoing, incoming=incoming):
            return msgspec.structs.replace(
                line,
                bar_outgoing=line.bar_outgoing if outgoing is None else outgoing,
                bar_incoming=line.bar_incoming if incoming is None else incoming,
            )
        case ReportLost():
            # The first report counts: from then on the subscriber pays nothing (GTC-LOST).
            return line if line.lost_at is not None else msgspec.structs.replace(line, lost_at=at)
        case ReportFound():
            return msgspec.structs.replace(line, lost_at=None)
        case Suspend():
            return msgspec.structs.replace(line, suspended=True)
        case Resume():
            return msgspec.structs.replace(line, suspended=False)
        case _:
            assert_never(change)
