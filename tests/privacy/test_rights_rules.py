"""How a case moves and when it is due: tables first, then laws that hypothesis tries to break."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.promises.privacy.model.rights import (
    MOVES,
    PERSON,
    Case,
    Facts,
    NewCase,
    Outcome,
    Position,
    Receipt,
    Refusal,
    Result,
    State,
    Step,
)
from tenure.promises.privacy.rules import rights as rules
from tenure.terms.rights import Ground, ProofWay, Right, Scope
from tenure.values.instant import HOUR_MS, Instant, parse_instant
from tenure.values.refused import Refused
from tenure.values.sealing import Whose
from tests.numbers.stocked import ID, KH
from tests.privacy.rights_asked import case_id

FRIDAY = parse_instant("2026-11-20T23:50:00+07:00")


def case(right: Right = Right.KNOW, **changed: Any) -> Case:
    """A request in Indonesia that was received on a Friday at 23:50, and entered on Saturday."""
    rule = ID.privacy.rights.rule(right)
    made = Case(
        case_id=case_id(1),
        right=right,
        whose=Whose(PERSON, 1),
        asked_by=None,
        document="",
        channel=Receipt.DEALER,
        received_at=FRIDAY,
        entered_at=Instant(FRIDAY + 10 * HOUR_MS),
        language="id",
        msisdn="",
        in_writing=False,
        wanted=(),
        scope=rule.scope,
        answer_ms=rule.answer_ms,
        extension_max_ms=rule.extension_max_ms,
        pauses=True,
        needs_proof=bool(rule.proofs),
        same_as=None,
    )
    return msgspec.structs.replace(made, **changed)


def test_a_request_of_friday_night_is_due_on_monday_night() -> None:
    first = rules.opened(case(), "sok", case().entered_at)
    assert first.due_at == parse_instant("2026-11-23T23:50:00+07:00")
    # Triage on Saturday took none of its time away.
    assert rules.percent(first, case(), case().entered_at) == 13


@pytest.mark.parametrize(
    ("hours", "heard"),
    [(35, ()), (36, (50,)), (54, (50, 75)), (65, (50, 75, 90)), (99, (50, 75, 90))],
)
def test_officers_hear_before_the_deadline(hours: int, heard: tuple[int, ...]) -> None:
    first = rules.opened(case(), "sok", FRIDAY)
    at = Instant(FRIDAY + hours * HOUR_MS)
    assert rules.due_alerts(first, case(), ID.privacy.rights, at) == heard


@pytest.mark.parametrize(
    ("right", "wanted", "refusal"),
    [
        (Right.WITHDRAW, ("offers",), None),
        (Right.WITHDRAW, ("offers", "ofers"), Refusal.WORD_UNKNOWN),
        (Right.RESTRICT, ("claim",), None),
        (Right.RESTRICT, ("nonsense",), Refusal.WORD_UNKNOWN),
        (Right.RESTRICT, ("claim", "inaccurate"), Refusal.WORD_UNKNOWN),
        (Right.CORRECT, ("any field at all",), None),
        (Right.COPY, (), None),
    ],
)
def test_a_word_that_nobody_knows_is_told_at_the_counter(
    right: Right, wanted: tuple[str, ...], refusal: Refusal | None
) -> None:
    new = NewCase(case_id(1), right, Whose(PERSON, 1), Receipt.SHOP, FRIDAY, wanted)
    known = {Right.WITHDRAW: ["offers"], Right.RESTRICT: ["claim", "inaccurate"]}
    found = rules.received(new, KH.privacy.rights.rule(right), known, FRIDAY)
    assert (found.refusal if isinstance(found, Refused) else None) == refusal


REACHES = [
    (KH, Right.KNOW, Scope.EVERYTHING),
    (KH, Right.COPY, Scope.REGISTRATION),
    (KH, Right.DELETE, Scope.MESSAGING),
    (ID, Right.KNOW, Scope.EVERYTHING),
    (ID, Right.COPY, Scope.EVERYTHING),
    (ID, Right.DELETE, Scope.HELD),
]


@pytest.mark.parametrize(("terms", "right", "scope"), REACHES)
def test_what_a_right_reaches_is_a_rule_of_the_country(
    terms: Any, right: Right, scope: Scope
) -> None:
    assert terms.privacy.rights.rule(right).scope is scope
    assert terms.privacy.rights.rule(right).answer_ms == 72 * HOUR_MS


@pytest.mark.parametrize("right", sorted(Right))
def test_a_way_that_the_pack_does_not_name_proves_nothing(right: Right) -> None:
    rule = KH.privacy.rights.rule(right)
    for way in ProofWay:
        found = rules.proof(case(right), way, rule)
        assert isinstance(found, Refused) == (way not in rule.proofs)
    is_a_no = right in {Right.WITHDRAW, Right.STOP_MARKETING}
    assert bool(rule.proofs) is not is_a_no


GROUNDS = [
    (case(), Facts(), None),
    (case(asked_by=7), Facts(answers_for=False, was_guardian=True), Ground.WARD_OF_AGE),
    (case(asked_by=7), Facts(answers_for=False), Ground.NOT_ENTITLED),
    (case(asked_by=7), Facts(), None),
    (case(msisdn="855123"), Facts(held_number=False), Ground.NOT_THEIR_NUMBER),
    (case(), Facts(held_number=False), None),
    (case(scope=Scope.MESSAGING), Facts(), Ground.NOT_IN_WRITING),
    (case(scope=Scope.MESSAGING, in_writing=True), Facts(), None),
    (
        case(asked_by=7, msisdn="855123", scope=Scope.MESSAGING),
        Facts(answers_for=False, held_number=False),
        Ground.NOT_ENTITLED,
    ),
]


@pytest.mark.parametrize(("asked", "facts", "ground"), GROUNDS)
def test_what_is_in_the_way_of_the_reach(asked: Case, facts: Facts, ground: Ground | None) -> None:
    assert rules.scope_ground(asked, facts) is ground


IN_THE_WAY = [
    (Right.KNOW, Facts(transfers=True, keeps=True), None),
    (Right.COPY, Facts(transfers=True), None),
    (Right.CORRECT, Facts(transfers=True), Ground.TRANSFER),
    (Right.DELETE, Facts(transfers=True), Ground.TRANSFER),
    (Right.DELETE, Facts(transfers=True, keeps=True), Ground.CONTRADICTED),
    (Right.RESTRICT, Facts(transfers=True, keeps=True), None),
]


@pytest.mark.parametrize(("right", "facts", "ground"), IN_THE_WAY)
def test_what_is_in_the_way_of_the_whole(right: Right, facts: Facts, ground: Ground | None) -> None:
    assert rules.hold_ground(case(right), facts) is ground


KEPT = Result("a", done=False, ground=Ground.RETENTION)
HELD = Result("b", done=False, ground=Ground.HOLD)
GONE = Result("c", done=True)


@pytest.mark.parametrize(
    ("results", "outcome", "ground"),
    [
        ((GONE,), Outcome.DONE, None),
        ((GONE, KEPT), Outcome.PARTIAL, Ground.RETENTION),
        ((KEPT, GONE, HELD), Outcome.PARTIAL, Ground.HOLD),
        ((KEPT, HELD), Outcome.REFUSED, Ground.HOLD),
        ((), Outcome.DONE, None),
    ],
)
def test_one_part_that_is_kept_never_blocks_the_others(
    results: tuple[Result, ...], outcome: Outcome, ground: Ground | None
) -> None:
    assert rules.answered(results) == (outcome, ground)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(Step)),
            st.integers(0, 80 * HOUR_MS),
            st.sampled_from(sorted(Outcome)),
        ),
        max_size=25,
    ),
    st.sampled_from([Right.KNOW, Right.WITHDRAW]),
)
def test_whatever_is_tried_in_whatever_order(
    tried: list[tuple[Step, int, Outcome]], right: Right
) -> None:
    asked = case(right, extension_max_ms=24 * HOUR_MS)
    now, at = rules.opened(asked, "sok", FRIDAY), FRIDAY
    for step, later_ms, outcome in tried:
        at = Instant(at + later_ms)
        found = attempted(now, asked, step, outcome, at)
        if isinstance(found, Refused):
            assert found.refusal in {
                Refusal.NOT_NOW, Refusal.CASE_CLOSED, Refusal.WAITS_FOR_PROOF,
                Refusal.NOT_EXTENDABLE, Refusal.TOO_LATE,
            }  # fmt: skip
            continue
        assert MOVES[(now.state, step)] is found.state
        lawful(asked, now, found)
        now = found


def attempted(
    now: Position, asked: Case, step: Step, outcome: Outcome, at: Instant
) -> Position | Refused[Refusal]:
    """One step as an operation would try it."""
    if step is Step.EXTEND:
        return rules.extended(now, asked, 10 * HOUR_MS, "many numbers", "mealea", at)
    if step is Step.DECLINE:
        ground = Ground.UNFOUNDED if outcome is Outcome.REFUSED else None
        return rules.declined(now, asked, outcome, ground, "mealea", at)
    if step is Step.EXECUTE:
        return rules.executed(now, asked, (GONE, KEPT), "<clock>", at)
    return rules.moved(now, asked, step, "<clock>", at)


def lawful(asked: Case, before: Position, now: Position) -> None:
    """What holds after every step."""
    assert now.seq == before.seq + 1
    assert now.at >= before.at
    assert now.due_at == asked.received_at + asked.answer_ms + now.paused_ms + now.extended_ms
    if now.paused_ms > before.paused_ms:
        assert before.state is State.PROVING
    assert now.extended_ms <= asked.extension_max_ms
    if now.step is Step.EXTEND:
        assert now.at < before.due_at
    if now.outcome in rules.GOOD and asked.needs_proof:
        assert now.proven
    if before.outcome is not None:
        assert now.outcome is before.outcome
