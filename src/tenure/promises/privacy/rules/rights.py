"""How a case moves, when it is due, and what is in the way of a right; pure."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from tenure.promises.privacy.model.rights import (
    MOVES,
    PERSON,
    WRITTEN,
    Case,
    Facts,
    NewCase,
    Outcome,
    Position,
    Refusal,
    Result,
    State,
    Step,
)
from tenure.promises.record.model import Plain
from tenure.promises.record.rules import canonical
from tenure.terms.rights import Ground, ProofWay, Right, RightRule, Rights, Scope
from tenure.values.instant import Instant
from tenure.values.refused import Refused

WHOLE: Final = 100
PHOTO_MATCH_MIN_PPM: Final = 950_000
DISTURBED_BY_TRANSFER: Final = frozenset({Right.CORRECT, Right.DELETE})
"""What would change who somebody is while a number of theirs goes to somebody else."""
GOOD: Final = frozenset({Outcome.DONE, Outcome.PARTIAL, Outcome.REFERRED})
"""Outcomes that tell or change something of the person: never without their proof."""


def received(
    new: NewCase, rule: RightRule, known: Mapping[Right, Sequence[str]], at: Instant
) -> NewCase | Refused[Refusal]:
    """The request, or why it is none yet.  Hardly anything is refused here: a case answers it.

    ``known`` are the words that a right may name; a mistyped one could never be done.
    """
    if new.received_at > at:
        detail = "a request is received before it is entered; correct --received"
        return Refused(Refusal.RECEIVED_LATER, detail)
    if new.right is Right.RESTRICT and len(new.wanted) > 1:
        return Refused(Refusal.WORD_UNKNOWN, "name one ground of the restriction with --wanted")
    words = known.get(new.right, new.wanted)
    if not set(new.wanted) <= set(words):
        detail = f"--wanted names what there is: {', '.join(words)}"
        return Refused(Refusal.WORD_UNKNOWN, detail)
    assert rule.right is new.right
    return new


def opened(case: Case, by: str, at: Instant) -> Position:
    """The first step: its clock began with the receipt, however much later it is entered."""
    due = Instant(case.received_at + case.answer_ms)
    return Position(case.case_id, 1, Step.RECEIVE, State.RECEIVED, at, by, due)


def is_written(new: NewCase, name_on_record: str, *, was_theirs: bool) -> bool:
    """Whether the person wrote it, with their full name and a number that was theirs."""
    typed, known = _folded(new.full_name), _folded(name_on_record)
    return new.channel in WRITTEN and bool(typed) and typed == known and was_theirs


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def due_at(now: Position, case: Case, at: Instant) -> Instant:
    """When the answer is due, as it is seen at ``at``: a pause that lasts moves it on."""
    if now.state is State.PROVING and case.pauses:
        return Instant(now.due_at + max(0, at - now.at))
    return now.due_at


def percent(now: Position, case: Case, at: Instant) -> int:
    """How much of its time is over; the time in which a proof was waited for is none of it."""
    due = due_at(now, case, at)
    whole = case.answer_ms + now.extended_ms
    left = due - at
    return max(0, (whole - left) * WHOLE // whole)


def moved(
    now: Position, case: Case, step: Step, by: str, at: Instant
) -> Position | Refused[Refusal]:
    """The next position, if there is such a move.  No step is before the last one."""
    to = MOVES.get((now.state, step))
    if to is None:
        if now.state is State.CLOSED:
            return Refused(Refusal.CASE_CLOSED, "this case is closed; a new request is a new case")
        detail = f"the case is {now.state.value}; see: tenure privacy case show"
        return Refused(Refusal.NOT_NOW, detail)
    at = Instant(max(at, now.at))
    return msgspec.structs.replace(
        now,
        seq=now.seq + 1,
        step=step,
        state=to,
        at=at,
        by=by,
        due_at=due_at(now, case, at),
        paused_ms=now.paused_ms + (due_at(now, case, at) - now.due_at),
        proven=now.proven or step is Step.PROVE,
        reason="",
        leaf_seq=0,
    )


def proof(case: Case, way: ProofWay, rule: RightRule) -> ProofWay | Refused[Refusal]:
    """The way, if it shows for this right who somebody is.  To have a SIM never does."""
    if way not in rule.proofs:
        ways = " or ".join(one.value for one in rule.proofs) or "nothing at all"
        detail = f"{case.right.value} is proven by {ways}; who has a SIM may have found it"
        return Refused(Refusal.PROOF_TOO_WEAK, detail)
    return way


def extended(
    now: Position, case: Case, by_ms: int, reason: str, by: str, at: Instant
) -> Position | Refused[Refusal]:
    """A later deadline: with a reason, before the first one is over, and no longer than owed."""
    if not reason.strip():
        return Refused(Refusal.REASON_MISSING, "say why, with --reason; the person is told it")
    if by_ms <= 0 or now.extended_ms + by_ms > case.extension_max_ms:
        hours = case.extension_max_ms // 3_600_000
        return Refused(Refusal.NOT_EXTENDABLE, f"this right allows {hours} h more in all")
    if at >= due_at(now, case, at):
        return Refused(Refusal.TOO_LATE, "the deadline is over, and stays where it was; answer it")
    next_ = moved(now, case, Step.EXTEND, by, at)
    if isinstance(next_, Refused):
        return next_
    return msgspec.structs.replace(
        next_,
        due_at=Instant(next_.due_at + by_ms),
        extended_ms=now.extended_ms + by_ms,
        reason=reason.strip(),
    )


def declined(
    now: Position, case: Case, outcome: Outcome, ground: Ground | None, by: str, at: Instant
) -> Position | Refused[Refusal]:
    """The case ends without being done; answered by reference only to who showed who they are."""
    if outcome in GOOD and case.needs_proof and not now.proven:
        return Refused(Refusal.WAITS_FOR_PROOF, "they have to show first who they are")
    next_ = moved(now, case, Step.DECLINE, by, at)
    if isinstance(next_, Refused):
        return next_
    return msgspec.structs.replace(next_, outcome=outcome, ground=ground)


def scope_ground(case: Case, facts: Facts) -> Ground | None:
    """The gravest reason why the right does not reach what is asked, if there is one."""
    if case.asked_by is not None and not facts.answers_for:
        return Ground.WARD_OF_AGE if facts.was_guardian else Ground.NOT_ENTITLED
    if case.msisdn and not facts.held_number:
        return Ground.NOT_THEIR_NUMBER
    if case.scope is Scope.MESSAGING and not case.in_writing:
        return Ground.NOT_IN_WRITING
    return None


def hold_ground(case: Case, facts: Facts) -> Ground | None:
    """What is in the way of the whole of it, now that the right reaches it.

    A dispute or an order is not: it keeps its part, and the rest is done.
    """
    if case.right is Right.DELETE and facts.keeps:
        return Ground.CONTRADICTED
    if case.right in DISTURBED_BY_TRANSFER and facts.transfers:
        return Ground.TRANSFER
    return None


def answered(results: Sequence[Result]) -> tuple[Outcome, Ground | None]:
    """How a case ended, by its parts: one that is kept never blocks the others."""
    done = [one for one in results if one.done]
    left = [one.ground for one in results if not one.done and one.ground is not None]
    gravest = min(left, key=list(Ground).index, default=None)
    if done and left:
        return Outcome.PARTIAL, gravest
    if left:
        return Outcome.REFUSED, gravest
    return Outcome.DONE, None


def executed(
    now: Position, case: Case, results: Sequence[Result], by: str, at: Instant
) -> Position | Refused[Refusal]:
    """The case after what it asks was done, as far as it could be."""
    if case.needs_proof and not now.proven:
        return Refused(Refusal.WAITS_FOR_PROOF, "they have to show first who they are")
    next_ = moved(now, case, Step.EXECUTE, by, at)
    if isinstance(next_, Refused):
        return next_
    outcome, ground = answered(results)
    return msgspec.structs.replace(next_, outcome=outcome, ground=ground)


def lapsed(now: Position, rights: Rights, at: Instant) -> bool:
    """Whether a proof was waited for as long as the pack says."""
    return now.state is State.PROVING and at >= now.at + rights.proof_wait_ms


def waits(now: Position, rights: Rights, at: Instant) -> bool:
    """Whether a case waits for a proof, which only its person can give."""
    return now.state is State.PROVING and not lapsed(now, rights, at)


def due_alerts(now: Position, case: Case, rights: Rights, at: Instant) -> tuple[int, ...]:
    """The reminders that the officers should have had by now of a case that is not answered."""
    if now.state in {State.TOLD, State.CLOSED}:
        return ()
    over = percent(now, case, at)
    return tuple(one for one in rights.reminders_percent if one <= over)


def body(case: Case) -> str:
    """Canonical JSON of what is asked, by whom, of whom: what a proof of identity signs."""
    said: dict[str, Plain] = {
        "version": 1,
        "kind": "privacy.proof",
        "case": str(case.case_id),
        "right": case.right.value,
        "whose": f"{case.whose.kind} {case.whose.whom}",
        "asked_by": f"{case.prover.kind} {case.prover.whom}",
        "received_at": case.received_at,
    }
    return canonical(said)


def refusal_body(case: Case, reason: str) -> str:
    """Canonical JSON of a refusal that two of ours agree to."""
    said: dict[str, Plain] = {
        "version": 1,
        "kind": "privacy.refusal",
        "case": str(case.case_id),
        "right": case.right.value,
        "reason": reason.strip(),
    }
    return canonical(said)


def body_hash(text: str) -> bytes:
    """What is signed."""
    return hashlib.sha256(text.encode()).digest()


def is_person(case: Case) -> bool:
    """Whether it is about somebody registered, who has numbers, consents and corrections."""
    return case.whose.kind == PERSON


def is_alike(score_ppm: int) -> bool:
    """Whether a live photo is like the one on the document (PRV-BIO)."""
    return score_ppm >= PHOTO_MATCH_MIN_PPM
