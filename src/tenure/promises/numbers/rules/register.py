"""The register of who holds what, replayed from the record alone, and held against the tables.

It shares no decision with the rules and functions that change the tables: it only repeats what the
leaves say, so that a row that was edited behind the system's back has nobody to agree with.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tenure.promises.numbers.model.register import Base, Difference, Kept, Seen, Wrong
from tenure.promises.record.model import Told

KINDS: Final = (
    "numbers.activated",
    "numbers.recycled",
    "numbers.sim_replaced",
    "numbers.taken_over",
    "numbers.transferred",
)
TAKEN_OVER: Final = "numbers.taken_over"
CHANGES: Final = frozenset({"numbers.sim_replaced", "numbers.transferred"})
"""What takes something from somebody."""
HOLDER_FIELD: Final = {
    "numbers.activated": "holder",
    "numbers.sim_replaced": "holder",
    "numbers.transferred": "to",
}
"""Which field of a leaf names who holds the number afterwards."""

Register = dict[str, Kept]
"""By number."""


def replay(
    register: Register, leaves: Iterable[Told], bases: Mapping[int, Base]
) -> Iterator[Difference]:
    """Bring the register up to date; what is wrong with the leaves themselves.

    ``bases`` has what each leaf of a base that was taken over is about, by the leaf's number.
    """
    for told in leaves:
        if told.doubted:
            yield Difference(told.about.get("msisdn", ""), Wrong.LEAF_EDITED)
        elif told.kind == TAKEN_OVER:
            yield from _take_over(register, told, bases[told.leaf_seq])
        elif (msisdn := told.about.get("msisdn")) is not None:
            _apply(register, told, msisdn)


def _apply(register: Register, told: Told, msisdn: str) -> None:
    field = HOLDER_FIELD.get(told.kind)
    if field is None:
        register.pop(msisdn, None)
        return
    about = told.about
    # PRV-KEEP: of who left, parts of a leaf have ended; who has it now is told by another leaf.
    if not {field, "iccid", "imsi"} <= about.keys():
        register.pop(msisdn, None)
        return
    register[msisdn] = Kept(int(about[field]), about["iccid"], about["imsi"])


def _take_over(register: Register, told: Told, base: Base) -> Iterator[Difference]:
    """Only rows that fit the digest of the leaf are believed."""
    rows = sorted(f"{msisdn} {holder} {iccid}\n" for msisdn, holder, iccid, _ in base.numbers)
    if hashlib.sha256("".join(rows).encode()).hexdigest() != told.about.get("digest"):
        yield Difference("", Wrong.BASE_EDITED)
        return
    for msisdn, holder_id, iccid, imsi in base.numbers:
        register[msisdn] = Kept(holder_id, iccid, imsi)


def compared(register: Mapping[str, Kept], rows: Iterable[Seen]) -> Iterator[Difference]:
    """The differences of these rows."""
    for seen in rows:
        wrong = _wrong(register.get(seen.msisdn), seen)
        if wrong is not None:
            yield Difference(seen.msisdn, wrong)


def missing(register: Mapping[str, Kept], rows: Iterable[Seen]) -> Iterator[Difference]:
    """The numbers that somebody holds by the record, and that are in no row at all."""
    there = {seen.msisdn for seen in rows}
    for msisdn in register.keys() - there:
        yield Difference(msisdn, Wrong.HELD_BY_NOBODY)


def _wrong(kept: Kept | None, seen: Seen) -> Wrong | None:
    if kept is None:
        return None if seen.holder_id is None else Wrong.HELD_WITHOUT_RECORD
    if seen.holder_id is None:
        return Wrong.HELD_BY_NOBODY
    if seen.holder_id != kept.holder_id:
        return Wrong.HELD_BY_ANOTHER
    if (seen.iccid, seen.imsi) != (kept.iccid, kept.imsi):
        return Wrong.ON_ANOTHER_SIM
    return None if seen.line_imsi == kept.imsi else Wrong.LINE_ON_ANOTHER_SIM
