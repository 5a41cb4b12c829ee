"""A base that was taken over at once: one leaf for all, which commits to who holds which number."""

import hashlib
from collections.abc import Sequence
from typing import Final

from tenure.gateways.hlr.translate.dossier import Doubt, Known
from tenure.gateways.hlr.translate.trust import Trusted
from tenure.promises.numbers.model import TakenOver
from tenure.promises.record import rules as record
from tenure.promises.record.model import Receipt
from tenure.values.refused import Refused

TAKEN_OVER: Final = "numbers.taken_over"


def adopted(
    receipt: Receipt, lines: Sequence[TakenOver], trusted: Trusted
) -> list[Known] | Refused[Doubt]:
    """Who was proven to hold each number of the base; on which SIM, the register says.

    The list is believed only as a whole: its digest stands in the leaf.
    """
    proven = record.verify(receipt, trusted.record)
    if isinstance(proven, Refused):
        return Refused(Doubt.DISBELIEVED, proven.refusal.name)
    if proven.kind != TAKEN_OVER:
        return Refused(Doubt.OTHER_KIND)
    if "digest" not in proven.about:
        return Refused(Doubt.NOT_OPENED)
    if digest_of(lines) != proven.about["digest"]:
        return Refused(Doubt.OTHER_REQUEST)
    place = (proven.origin, proven.index)
    return [Known(line.msisdn, *place, None, str(line.holder_id)) for line in lines]


def digest_of(lines: Sequence[TakenOver]) -> str:
    """What the leaf commits to: a line of number, holder and card each, in the order of numbers."""
    ordered = sorted(lines, key=lambda line: line.msisdn)
    text = "".join(f"{one.msisdn} {one.holder_id} {one.iccid}\n" for one in ordered)
    return hashlib.sha256(text.encode()).hexdigest()
