"""What a receipt proves, in a sentence: the place, the checkpoint, and who cosigned it when."""

from collections.abc import Sequence
from typing import Final

from tenure.gateways.web.translate.lines import Wording, clock_time, date
from tenure.gateways.web.wire.stories import Proof
from tenure.promises.record import rules
from tenure.promises.record.model import Receipt
from tenure.promises.record.rules import MalformedError
from tenure.values.instant import SECOND_MS, Instant

NOT_YET: Final = "written down, but no witness has cosigned it yet; look again in a moment"
UNREADABLE: Final = "its checkpoint cannot be read; ask: tenure record verify"


def second(at: Instant, said: Wording) -> str:
    """21 December 2026, 14:03:21."""
    return f"{date(at, said.zone)}, {clock_time(at, said.zone)}"


def seen_by(note: str, witnesses: Sequence[str]) -> dict[str, Instant]:
    """Which of these witnesses (verifier keys) have cosigned a checkpoint, and when."""
    try:
        keys = [rules.key_of(vkey) for vkey in witnesses]
        found = rules.signers(rules.note_of(note), keys) or {}
    except MalformedError:
        return {}
    return {key.name: Instant(found[key.vkey] * SECOND_MS) for key in keys if key.vkey in found}


def proof(leaf: int, receipt: Receipt | None, witnesses: Sequence[str], said: Wording) -> Proof:
    """How a leaf is proven."""
    if receipt is None:
        return Proof(leaf, NOT_YET)
    try:
        size = rules.checkpoint_of(rules.note_of(receipt.note).text).size
    except MalformedError:
        return Proof(leaf, UNREADABLE)
    seen = seen_by(receipt.note, witnesses)
    when = f" of {second(max(seen.values()), said)}" if seen else ""
    whom = f"cosigned by {' and '.join(seen)}" if seen else "cosigned by nobody who is known here"
    words = (
        f"proved in the record: leaf {leaf:,}, at place {receipt.index:,} under the checkpoint of"
        f" {size:,} leaves{when}, {whom}"
    )
    return Proof(leaf, words, rules.paper_text(receipt))
