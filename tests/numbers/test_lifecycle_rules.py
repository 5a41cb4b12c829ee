"""The life of a number as tables: every boundary a second and a millisecond to both sides."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.promises.numbers.model.lifecycle import (
    Effect,
    Evidence,
    Hold,
    HoldKind,
    HoldRefusal,
    Kept,
    Lapsed,
)
from tenure.promises.numbers.rules import lifecycle as rules
from tenure.terms import pack
from tenure.terms.model import Terms
from tenure.values.instant import DAY_MS, HOUR_MS, SECOND_MS, Instant, parse_instant
from tenure.values.msisdn import Imsi, Msisdn
from tenure.values.refused import Refused

KH, ID = pack.load("smart-kh").terms, pack.load("smartfren-id").terms
END = parse_instant("2026-12-20T12:00:00.123+07:00")
LAPSED = Lapsed(
    msisdn=Msisdn("85512345678"),
    imsi=Imsi("456060000000001"),
    purse_id=1,
    validity_end=END,
    language="km",
    holder_id=1,
    receives=True,
    reminded=0,
    reminded_at=None,
    barred=False,
)
NOTHING, BAR = Effect(), Effect(bar=True)


def remind(step: int) -> Effect:
    return Effect(step)


# How many reminders there were, the last of them when (days), the boundary in days after the end
# of the validity, and what is due before and on it.
BOUNDARIES = [
    (KH, 0, None, 1, NOTHING, remind(1)),
    (KH, 1, 1, 30, NOTHING, remind(2)),
    (KH, 2, 30, 53, NOTHING, remind(3)),
    (KH, 3, 53, 58, NOTHING, remind(4)),
    (KH, 4, 58, 59, NOTHING, NOTHING),
    (KH, 4, 58, 60, NOTHING, BAR),
    (KH, 0, None, 60, remind(1), BAR),
    (KH, 0, None, 90, BAR, BAR),
    # Caught up a day at a time.
    (KH, 1, 54, 55, NOTHING, remind(2)),
    (KH, 2, 55.5, 56.5, NOTHING, remind(3)),
    (KH, 3, 59.5, 60, NOTHING, BAR),
    (ID, 0, None, 1, NOTHING, remind(1)),
    (ID, 1, 1, 14, NOTHING, remind(2)),
    (ID, 2, 14, 25, NOTHING, remind(3)),
    (ID, 3, 25, 29, NOTHING, remind(4)),
    (ID, 4, 29, 30, NOTHING, BAR),
]


@pytest.mark.parametrize("row", BOUNDARIES)
@pytest.mark.parametrize("near_ms", [1, SECOND_MS])
def test_what_the_clock_causes_around_every_boundary(
    row: tuple[Terms, int, float | None, float, Effect, Effect], near_ms: int
) -> None:
    terms, reminded, last, day, before, on = row
    lapsed = msgspec.structs.replace(
        LAPSED,
        reminded=reminded,
        reminded_at=None if last is None else Instant(END + round(last * DAY_MS)),
    )
    boundary = END + round(day * DAY_MS)
    assert rules.effect(lapsed, terms, Instant(boundary - near_ms)) == before
    assert rules.effect(lapsed, terms, Instant(boundary)) == on
    assert rules.effect(lapsed, terms, Instant(boundary + near_ms)) == on


@pytest.mark.parametrize("zone", ["+07:00", "Z", "+09:00", "-11:00"])
def test_a_day_is_a_day_whatever_clocks_show(zone: str) -> None:
    """Neither country changes its clocks; a validity end in any zone is an instant."""
    end = parse_instant(f"2026-10-25T00:30:00{zone}")
    lapsed = msgspec.structs.replace(LAPSED, validity_end=end)
    due = Instant(end + 24 * HOUR_MS)
    assert rules.effect(lapsed, KH, Instant(due - 1)) == NOTHING
    assert rules.effect(lapsed, KH, due) == remind(1)


def test_before_the_end_nothing_is_due() -> None:
    assert rules.effect(LAPSED, KH, Instant(END - 1)) == NOTHING
    assert rules.effect(LAPSED, KH, END) == NOTHING


def test_who_cannot_receive_is_not_reminded_but_barred_all_the_same() -> None:
    deaf = msgspec.structs.replace(LAPSED, receives=False)
    assert rules.effect(deaf, KH, Instant(END + 30 * DAY_MS)) == NOTHING
    assert rules.effect(deaf, KH, Instant(END + 60 * DAY_MS)) == BAR


def test_what_is_barred_is_not_barred_again() -> None:
    barred = msgspec.structs.replace(LAPSED, barred=True)
    assert rules.effect(barred, KH, Instant(END + 60 * DAY_MS)) == NOTHING


@pytest.mark.parametrize(
    ("after_ms", "days"),
    [(0, 90), (1, 89), (DAY_MS, 89), (30 * DAY_MS, 60), (90 * DAY_MS - 1, 0), (91 * DAY_MS, 0)],
)
def test_nobody_is_told_more_days_than_there_are(after_ms: int, days: int) -> None:
    assert rules.days_left(END, KH.lifecycle, Instant(END + after_ms)) == days


EVIDENCE = Evidence(
    msisdn=LAPSED.msisdn,
    imsi=LAPSED.imsi,
    iccid="8985506000000000019",
    purse_id=1,
    holder_id=1,
    language="km",
    validity_end=END,
    reminders=3,
    held=False,
    locked=False,
    asked=False,
    topped_up=False,
)
KEEPS: dict[Kept, dict[str, object]] = {
    Kept.NOT_HELD: {"holder_id": None},
    Kept.TOPPED_UP: {"topped_up": True},
    Kept.HELD: {"held": True},
    Kept.LOCKED: {"locked": True},
    Kept.ASKED: {"asked": True},
    Kept.IN_USE: {},
    Kept.TOO_FEW_REMINDERS: {"reminders": 2},
}
RECYCLING = KH.keeping.recycling


def test_with_all_evidence_a_number_goes() -> None:
    assert rules.kept(EVIDENCE, RECYCLING, quiet=True) is None
    (judged,) = rules.judged([EVIDENCE], {1}, RECYCLING)
    assert judged.kept is None


def test_every_reason_is_in_the_table() -> None:
    assert list(KEEPS) == list(Kept)


@given(st.sets(st.sampled_from(Kept), min_size=1))
def test_the_gravest_reason_is_named(reasons: set[Kept]) -> None:
    changed: dict[str, object] = {}
    for reason in reasons:
        changed |= KEEPS[reason]
    evidence = msgspec.structs.replace(EVIDENCE, **changed)
    quiet = Kept.IN_USE not in reasons
    assert rules.kept(evidence, RECYCLING, quiet=quiet) is min(reasons)


def test_a_number_without_a_sim_of_ours_is_nobodys() -> None:
    unbound = msgspec.structs.replace(EVIDENCE, iccid=None)
    assert rules.kept(unbound, RECYCLING, quiet=True) is Kept.NOT_HELD


HOLD = Hold(1, LAPSED.msisdn, HoldKind.COMPLAINT, "12", END, None)


def test_a_case_holds_a_number_once() -> None:
    kind = HoldKind.COMPLAINT
    assert rules.may_hold_still(kind, "13", [HOLD]) is None
    assert rules.may_hold_still(HoldKind.DISPUTE, "12", [HOLD]) is None
    for case, wanted in ((" ", HoldRefusal.CASE_MISSING), ("12", HoldRefusal.HELD_ALREADY)):
        refused = rules.may_hold_still(kind, case, [HOLD])
        assert refused is not None
        assert refused.refusal is wanted
    assert rules.to_release(kind, "12", [HOLD]) == HOLD
    assert isinstance(rules.to_release(HoldKind.DISPUTE, "12", [HOLD]), Refused)
