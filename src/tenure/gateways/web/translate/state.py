"""The state of the record for the first page, and what of us somebody should look at."""

from collections.abc import Sequence
from typing import Final

import msgspec

from tenure.gateways.web.translate.lines import Wording
from tenure.gateways.web.translate.proofs import second, seen_by
from tenure.gateways.web.wire.stories import Record, Row
from tenure.promises.record import rules
from tenure.promises.record.operations import Standing
from tenure.promises.staff.model import Glass

NOBODY: Final = "nobody who is known here"
ALARMS: Final = (
    "{count} numbers of which the tables and the record say different things: tenure number audit"
)
NETWORK: Final = "{count} numbers for which the network does not do what it was told: tenure hlr"
GLASS: Final = "{login} has broken the glass until {until}: {reason}"
CONCERNS: Final = "{count} unusual things of ours wait for a reviewer: tenure staff concerns"


class State(msgspec.Struct, frozen=True):
    """What was loaded."""

    standing: Standing | None
    alarms: int
    troubles: int
    glasses: tuple[Glass, ...]
    concerns: int


def record(state: State, witnesses: Sequence[str], said: Wording) -> Record:
    """The state in words; names nobody but those of ours who broke the glass."""
    rows = [] if state.standing is None else _rows(state.standing, witnesses, said)
    alarms = [
        GLASS.format(login=one.login, until=second(one.until, said), reason=one.reason)
        for one in state.glasses
    ]
    for count, words in (
        (state.alarms, ALARMS), (state.troubles, NETWORK), (state.concerns, CONCERNS),
    ):  # fmt: skip
        if count:
            alarms.append(words.format(count=f"{count:,}"))
    return Record(tuple(rows), tuple(alarms))


def _rows(standing: Standing, witnesses: Sequence[str], said: Wording) -> list[Row]:
    rows = [Row("Written down", f"{standing.size + standing.waiting:,} leaves")]
    published = standing.published
    if published is None:
        return [*rows, Row("Last checkpoint", "none yet")]
    checkpoint = published.checkpoint
    seen = seen_by(published.note, witnesses)
    when = f"of {second(max(seen.values()), said)}" if seen else ""
    missing = standing.size + standing.waiting - checkpoint.size
    return [
        *rows,
        Row("Last checkpoint", f"{checkpoint.size:,} leaves", when),
        Row("Cosigned by", ", ".join(seen) or NOBODY, alarm=not seen),
        Row("Not cosigned yet", f"{missing:,} leaves"),
        Row("To be read aloud", rules.fingerprint(checkpoint.root), "the same for everybody"),
    ]
