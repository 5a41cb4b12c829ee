"""Which numbers are ours to give, as files of ranges say."""

import bisect
import re
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from tenure.promises.numbers.model.holding import HoldingRefusal, NumberRange
from tenure.promises.numbers.rules.naming import normalised
from tenure.terms.model import Terms
from tenure.values.refused import Refused

Refusal = HoldingRefusal

CLASS: Final = re.compile(r"[a-z][a-z-]{0,29}", re.ASCII)
ORDINARY: Final = "ordinary"


class Stocked(msgspec.Struct, frozen=True):
    """What becomes of the rows of a number file."""

    new: tuple[NumberRange, ...]
    special: tuple[NumberRange, ...]
    """Single numbers that get another class than their range."""
    known: int
    refused: tuple[tuple[int, HoldingRefusal], ...]


def number_range(row: Mapping[str, str], terms: Terms) -> NumberRange | Refused[Refusal]:
    """A row of a number file: first, last (empty for one number), class (empty for ordinary)."""
    typed = row.get("first") or ""
    if not typed:
        return Refused(Refusal.FIELD_MISSING, "first is empty; write a number")
    ends = []
    for text in (typed, row.get("last") or typed):
        number = normalised(text, terms.country)
        if isinstance(number, Refused):
            return Refused(Refusal.NUMBER_MALFORMED, number.detail)
        ends.append(number)
    first, last = ends
    if not first.startswith(terms.country_code):
        detail = f"our numbers begin with {terms.country_code}; correct the file"
        return Refused(Refusal.NUMBER_MALFORMED, detail)
    if len(first) != len(last) or first > last:
        detail = "the last number is below the first, or has other digits; correct the file"
        return Refused(Refusal.RANGE_MALFORMED, detail)
    number_class = row.get("class") or ORDINARY
    if not CLASS.fullmatch(number_class):
        detail = "a class is a word in small letters, such as gold"
        return Refused(Refusal.CLASS_MALFORMED, detail)
    return NumberRange(first, last, number_class)


def stocked(given: Sequence[NumberRange], there: Mapping[int, Sequence[NumberRange]]) -> Stocked:
    """What of these rows is new.  ``there`` is what is in stock, by the row that overlaps it."""
    new: list[NumberRange] = []
    ends: list[tuple[int, int, NumberRange]] = []
    special, refused, known = [], [], 0
    for place, row in enumerate(given):
        low, high = int(row.first), int(row.last)
        after = bisect.bisect_left(ends, (low, low), key=lambda one: one[:2])
        beside = ends[max(after - 1, 0) : after + 1]
        here = [one for first, last, one in beside if first <= high and low <= last]
        around = [*there.get(place, ()), *here]
        if not around:
            new.append(row)
            ends.insert(after, (low, high, row))
        elif _within(row, around) and around[0].number_class == row.number_class:
            known += 1
        elif _within(row, around) and low == high:
            special.append(row)
        else:
            refused.append((place, Refusal.RANGE_OVERLAPS))
    return Stocked(tuple(new), tuple(special), known, tuple(refused))


def _within(row: NumberRange, around: Sequence[NumberRange]) -> bool:
    """A single number in a range, or a range that is there exactly so."""
    if len(around) != 1:
        return False
    there = around[0]
    return row.first == row.last or (row.first, row.last) == (there.first, there.last)
