"""SQL of requests about what is held: cases, proofs, steps, results, and what is open."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.rights import (
    HUMAN,
    PERSON,
    SUBJECT,
    Alert,
    Case,
    Dossier,
    Outcome,
    Position,
    Receipt,
    Result,
    Shown,
    State,
    Step,
)
from tenure.terms.rights import Ground, Right, Scope
from tenure.values.instant import Instant, moment_of
from tenure.values.sealing import Whose

_CASE: Final = """
SELECT c.case_id, c.right_name, c.whose_kind, c.whose_id, c.asked_by, c.document, c.channel,
       c.received_at, c.entered_at, c.language, c.msisdn, c.in_writing, c.wanted, c.scope,
       c.answer_ms, c.extension_max_ms, c.pauses, c.needs_proof, c.same_as, c.leaf_seq
FROM privacy.rights_case c
"""
_CASES: Final = f"{_CASE} WHERE c.case_id = ANY(%s) ORDER BY c.case_id"
_OPEN_OF: Final = f"""{_CASE} JOIN privacy.rights_open o USING (case_id)
WHERE c.whose_kind = %s AND c.whose_id = %s ORDER BY c.received_at, c.case_id"""
_OF: Final = f"""{_CASE} WHERE c.whose_kind = %s AND c.whose_id = %s
ORDER BY c.received_at DESC, c.case_id LIMIT %s"""
_OPEN: Final = (
    "SELECT case_id FROM privacy.rights_open WHERE case_id > %s ORDER BY case_id LIMIT %s"
)
_NEWEST: Final = f"{_CASE} ORDER BY c.received_at DESC, c.case_id LIMIT %s"
_ADD: Final = """
INSERT INTO privacy.rights_case (
    case_id, right_name, whose_kind, whose_id, asked_by, document, channel, received_at, entered_at,
    language, msisdn, in_writing, wanted, scope, answer_ms, extension_max_ms, pauses, needs_proof,
    same_as, leaf_seq
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_ADD_OPEN: Final = "INSERT INTO privacy.rights_open (case_id) VALUES (%s)"
_CLOSE: Final = "DELETE FROM privacy.rights_open WHERE case_id = %s"
_STEPS: Final = """
SELECT case_id, seq, step, state, at, by_login, due_at, proven, paused_ms, extended_ms, outcome,
       ground, reason, leaf_seq
FROM privacy.rights_step WHERE case_id = ANY(%s) ORDER BY case_id, seq
"""
_STEP: Final = """
INSERT INTO privacy.rights_step (
    case_id, seq, step, state, at, by_login, due_at, proven, paused_ms, extended_ms, outcome,
    ground, reason, leaf_seq, received_at, answer_ms, extension_max_ms, pauses, needs_proof,
    is_reached,
    before_seq, before_state, before_at, before_due_at, before_proven, before_paused_ms,
    before_extended_ms, before_outcome, refusal_body, refusal_hash, refusal_approved_by
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,
          %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_RESULTS: Final = """
SELECT case_id, item, done, ground, reference, until_at FROM privacy.rights_result
WHERE case_id = ANY(%s) ORDER BY case_id, item
"""
_RESULT: Final = """
INSERT INTO privacy.rights_result (case_id, item, done, ground, reference, until_at, leaf_seq)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_PROOF: Final = """
INSERT INTO privacy.rights_proof (
    case_id, prover_kind, prover_id, way, body, at, credential_id, authenticator_data,
    client_data_json, signature, photo_ppm, photo_reference, witness, login
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_ALERT: Final = """
INSERT INTO privacy.rights_alert (case_id, percent, due_at, raised_at) VALUES (%s, %s, %s, %s)
ON CONFLICT DO NOTHING RETURNING percent
"""
_ALERTS: Final = """
SELECT a.case_id, max(a.percent), max(a.due_at), max(a.raised_at)
FROM privacy.rights_alert a JOIN privacy.rights_open o USING (case_id)
GROUP BY a.case_id ORDER BY max(a.due_at), a.case_id
"""
_EXISTS: Final = {
    PERSON: "SELECT EXISTS (SELECT FROM people.person WHERE person_id = %s)",
    SUBJECT: "SELECT EXISTS (SELECT FROM people.subject WHERE subject_id = %s)",
    HUMAN: "SELECT EXISTS (SELECT FROM staff.human WHERE human_id = %s)",
}
_HELD_NUMBER: Final = """
SELECT EXISTS (SELECT FROM numbers.tenure WHERE msisdn = %s AND holder_id = %s)
"""
_WAS_GUARDIAN: Final = """
SELECT EXISTS (SELECT FROM people.guardian WHERE guardian_id = %s AND ward_id = %s)
"""
_IS_WITNESS: Final = """
SELECT EXISTS (
    SELECT FROM people.person p
    JOIN staff.human h USING (document_kind, document_number)
    JOIN staff.member m USING (human_id)
    WHERE p.person_id = %s AND m.login = %s
)
"""
_POSTPONED: Final = """
SELECT r.case_id FROM privacy.rights_result r
WHERE r.item = 'messages on hold' AND NOT EXISTS (
    SELECT FROM privacy.rights_result f
    WHERE f.case_id = r.case_id AND f.item = 'messages after the hold'
)
ORDER BY r.case_id
"""
_DELETE_VOLUNTEERED: Final = """
SELECT gone, kept FROM privacy.rights_delete_volunteered(%s, %s, %s)
"""
_SUBJECT_DOCUMENTS: Final = """
SELECT value FROM people.item
WHERE subject_id = %s AND form = 'document' AND ended_at IS NULL AND value IS NOT NULL
"""


def _case(row: Sequence[Any]) -> Case:
    case_id, right, kind, whom, asked_by, document, channel, received_at, entered_at, *rest = row
    language, msisdn, in_writing, wanted, scope, answer_ms, more_ms, pauses, needs, *last = rest
    same_as, leaf_seq = last
    return Case(
        case_id, Right(right), Whose(kind, whom), asked_by, document, Receipt(channel),
        received_at, entered_at, language, msisdn, in_writing, tuple(wanted), Scope(scope),
        answer_ms, more_ms, pauses, needs, same_as, leaf_seq,
    )  # fmt: skip


def _position(row: Sequence[Any]) -> Position:
    case_id, seq, step, state, at, by, due_at, proven, paused, extended, *rest = row
    outcome, ground, reason, leaf_seq = rest
    return Position(
        case_id, seq, Step(step), State(state), at, by, due_at, proven, paused, extended,
        Outcome(outcome) if outcome else None, Ground(ground) if ground else None, reason, leaf_seq,
    )  # fmt: skip


async def add(tx: Transaction, case: Case, leaf_seq: int) -> None:
    """Add a case that is open."""
    await tx.execute(
        _ADD,
        [
            case.case_id, case.right.value, case.whose.kind, case.whose.whom, case.asked_by,
            case.document, case.channel.value, moment_of(case.received_at),
            moment_of(case.entered_at), case.language, case.msisdn, case.in_writing,
            list(case.wanted), case.scope.value, case.answer_ms, case.extension_max_ms,
            case.pauses, case.needs_proof, case.same_as, leaf_seq,
        ],
    )  # fmt: skip
    await tx.execute(_ADD_OPEN, [case.case_id])


class Agreed(msgspec.Struct, frozen=True):
    """A refusal that two of ours agreed to."""

    body: str
    hash: bytes
    approved_by: int


async def moved(
    tx: Transaction, case: Case, before: Position | None, new: Position, agreed: Agreed | None
) -> None:
    """Add a step; of two at the same time the second one fails, and is decided anew."""
    earlier: list[object] = [None] * 8
    if before is not None:
        earlier = [
            before.seq, before.state.value, moment_of(before.at), moment_of(before.due_at),
            before.proven, before.paused_ms, before.extended_ms, _word(before.outcome),
        ]  # fmt: skip
    refusal = (None, None, None) if agreed is None else msgspec.structs.astuple(agreed)
    reached = case.scope is not Scope.MESSAGING or case.in_writing
    await tx.execute(
        _STEP,
        [
            new.case_id, new.seq, new.step.value, new.state.value, moment_of(new.at), new.by,
            moment_of(new.due_at), new.proven, new.paused_ms, new.extended_ms, _word(new.outcome),
            _word(new.ground), new.reason, new.leaf_seq, moment_of(case.received_at),
            case.answer_ms, case.extension_max_ms, case.pauses, case.needs_proof, reached,
            *earlier, *refusal,
        ],
    )  # fmt: skip
    if new.state is State.CLOSED:
        await tx.execute(_CLOSE, [new.case_id])


def _word(one: Outcome | Ground | None) -> str:
    return "" if one is None else one.value


async def prove(
    tx: Transaction, case: Case, shown: Shown, body: str, at: Instant, who: Any
) -> None:
    """Add what proved who asks; ``who`` is the witness's human, or the login of one of ours."""
    signed, seen, whose = shown.assertion, shown.seen, case.prover
    parts = (None,) * 4 if signed is None else msgspec.structs.astuple(signed)
    photo = (None, None) if seen is None else (seen.photo.score_ppm, seen.photo.reference)
    witness, login = (who, None) if isinstance(who, int) else (None, who)
    await tx.execute(
        _PROOF,
        [
            case.case_id, whose.kind, whose.whom, shown.way.value, body, moment_of(at),
            *parts, *photo, witness, login,
        ],
    )  # fmt: skip


async def results(tx: Transaction, case_id: UUID, found: Sequence[Result], leaf_seq: int) -> None:
    """Add what became of each part, by the leaf of the step."""
    for one in found:
        until = None if one.until is None else moment_of(one.until)
        await tx.execute(
            _RESULT,
            [case_id, one.item, one.done, _word(one.ground), one.reference, until, leaf_seq],
        )


async def dossiers(tx: Transaction, case_ids: Sequence[UUID]) -> list[Dossier]:
    """These cases with their steps and results, in the order of their numbers."""
    ids = list(case_ids)
    cases = [_case(row) for row in await (await tx.execute(_CASES, [ids])).fetchall()]
    steps: dict[UUID, list[Position]] = {}
    for row in await (await tx.execute(_STEPS, [ids])).fetchall():
        steps.setdefault(row[0], []).append(_position(row))
    parts: dict[UUID, list[Result]] = {}
    for case_id, item, done, ground, reference, until in await (
        await tx.execute(_RESULTS, [ids])
    ).fetchall():
        why = Ground(ground) if ground else None
        parts.setdefault(case_id, []).append(Result(item, done, why, reference, until))
    return [
        Dossier(one, tuple(steps[one.case_id]), tuple(parts.get(one.case_id, ()))) for one in cases
    ]


async def dossier(tx: Transaction, case_id: UUID) -> Dossier | None:
    """One case.  Whoever moves it at the same time finds that its next step is there."""
    found = await dossiers(tx, [case_id])
    return found[0] if found else None


async def open_ids(tx: Transaction, after: UUID, limit: int) -> list[UUID]:
    """The next cases that are not closed."""
    cursor = await tx.execute(_OPEN, [after, limit])
    return [row[0] for row in await cursor.fetchall()]


async def open_of(tx: Transaction, whose: Whose) -> list[Case]:
    """The open cases about somebody, the first that was received first."""
    cursor = await tx.execute(_OPEN_OF, [whose.kind, whose.whom])
    return [_case(row) for row in await cursor.fetchall()]


async def of(tx: Transaction, whose: Whose, limit: int) -> list[UUID]:
    """The newest cases about somebody."""
    cursor = await tx.execute(_OF, [whose.kind, whose.whom, limit])
    return [row[0] for row in await cursor.fetchall()]


async def newest(tx: Transaction, limit: int) -> list[UUID]:
    """The cases that were received last."""
    cursor = await tx.execute(_NEWEST, [limit])
    return [row[0] for row in await cursor.fetchall()]


async def alert(tx: Transaction, one: Alert) -> bool:
    """Keep that the officers hear of a case; whether it is new."""
    named = [one.case_id, one.percent, moment_of(one.due_at), moment_of(one.raised_at)]
    return bool(await (await tx.execute(_ALERT, named)).fetchall())


async def alerts(tx: Transaction) -> list[Alert]:
    """Of each open case, the last that the officers heard; the most urgent first."""
    return [Alert(*row) for row in await (await tx.execute(_ALERTS)).fetchall()]


async def held_number(tx: Transaction, msisdn: str, person_id: int) -> bool:
    """Whether a number is or was somebody's."""
    row = await (await tx.execute(_HELD_NUMBER, [msisdn, person_id])).fetchone()
    return bool(row and row[0])


async def was_guardian(tx: Transaction, guardian_id: int, ward_id: int) -> bool:
    """Whether somebody ever answered for somebody."""
    row = await (await tx.execute(_WAS_GUARDIAN, [guardian_id, ward_id])).fetchone()
    return bool(row and row[0])


async def documents_of_subject(tx: Transaction, subject_id: int) -> set[str]:
    """The documents of somebody without a profile, as KIND:NUMBER."""
    cursor = await tx.execute(_SUBJECT_DOCUMENTS, [subject_id])
    return {str(row[0]) for row in await cursor.fetchall()}


async def is_login_of(tx: Transaction, person_id: int, login: str) -> bool:
    """Whether one of ours is this very person, by their document."""
    row = await (await tx.execute(_IS_WITNESS, [person_id, login])).fetchone()
    return bool(row and row[0])


async def exists(tx: Transaction, whose: Whose) -> bool:
    """Whether there is anybody of this kind with this number."""
    row = await (await tx.execute(_EXISTS[whose.kind], [whose.whom])).fetchone()
    return bool(row and row[0])


async def postponed(tx: Transaction) -> list[UUID]:
    """Answered requests of which a hold kept messages that did not follow yet."""
    found = await tx.execute(_POSTPONED)
    return [case_id for (case_id,) in await found.fetchall()]


async def delete_volunteered(
    tx: Transaction, case_id: UUID, occasions: Sequence[str], at: Instant
) -> tuple[int, int]:
    """Delete what was volunteered on these occasions; how much went, and how much a hold keeps."""
    cursor = await tx.execute(_DELETE_VOLUNTEERED, [case_id, list(occasions), moment_of(at)])
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0]), int(row[1])
