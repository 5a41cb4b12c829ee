"""A case goes as far as it can without anybody: looked at twice, it is done once."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from uuid import UUID

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import Ground as RestrictionGround
from tenure.promises.numbers import operations as numbers
from tenure.promises.people import operations as people
from tenure.promises.privacy.model.rights import (
    PERSON,
    Case,
    Dossier,
    Facts,
    Outcome,
    Position,
    Refusal,
    State,
    Step,
)
from tenure.promises.privacy.operations import propagation
from tenure.promises.privacy.operations.rights import telling
from tenure.promises.privacy.operations.rights.doing import DOORS, propagated
from tenure.promises.privacy.operations.rights.keeping import UNKNOWN, kept
from tenure.promises.privacy.rules import rights as rules
from tenure.promises.privacy.store import rights as store
from tenure.promises.record.model import Act
from tenure.terms.model import Terms
from tenure.terms.rights import Ground, Right
from tenure.values.instant import Instant
from tenure.values.refused import Refused

ENOUGH = frozenset({Outcome.DONE, Outcome.PARTIAL})
"""How an earlier request has to end to answer a repeated one."""


async def work(
    tx: Transaction, terms: Terms, case_id: UUID, act: Act
) -> Dossier | Refused[Refusal]:
    """Do all steps that nothing is in the way of, and say where the case stands.

    Broken off, late or doubled it does no harm: a step is there or it is not, with its effects.
    Refused: UNKNOWN_CASE, and what it waits for (WAITS_FOR_PROOF, WAITS_FOR_CORRECTION,
    WAITS_FOR_EXPORT, NO_DOOR).
    """
    known = await store.dossier(tx, case_id)
    if known is None:
        return UNKNOWN
    while known.now.state is not State.CLOSED:
        further = await _further(tx, terms, known, act)
        if isinstance(further, Refused):
            return further
        if further is None:
            return known
        known = further
    return known


async def _further(
    tx: Transaction, terms: Terms, known: Dossier, act: Act
) -> Dossier | Refused[Refusal] | None:
    """One step; None when the case waits for a letter, or for what recipients answer."""
    return await STEPS[known.now.state](tx, terms, known, act)


async def _proving(
    tx: Transaction, terms: Terms, known: Dossier, act: Act
) -> Dossier | Refused[Refusal]:
    if rules.lapsed(known.now, terms.privacy.rights, act.at):
        return await _declined(tx, known, Outcome.REFUSED, Ground.NOT_PROVEN, act)
    detail = "they have to show who they are: tenure privacy case prove"
    return Refused(Refusal.WAITS_FOR_PROOF, detail)


async def _checked(tx: Transaction, terms: Terms, known: Dossier, act: Act) -> Dossier:
    del terms
    ground = rules.hold_ground(known.case, await facts(tx, known.case, act.at))
    if ground is not None:
        return await _declined(tx, known, Outcome.REFUSED, ground, act)
    return await _moved(tx, known, Step.CHECK, act)


async def _propagated(tx: Transaction, terms: Terms, known: Dossier, act: Act) -> Dossier:
    del terms
    parts = await propagated(tx, known, act)
    moved = rules.moved(known.now, known.case, Step.PROPAGATE, act.by, act.at)
    assert isinstance(moved, Position)
    return await kept(tx, known, moved, act, parts)


async def _closed(tx: Transaction, terms: Terms, known: Dossier, act: Act) -> Dossier | None:
    """They were told in time; the case ends when recipients have signed that it is done."""
    del terms
    if await propagation.waits_for(tx, known.case.case_id):
        return None
    return await _moved(tx, known, Step.CLOSE, act)


async def _identity(tx: Transaction, terms: Terms, known: Dossier, act: Act) -> Dossier:
    if not known.case.needs_proof:
        return await _moved(tx, known, Step.PASS, act)
    await telling.proof_wanted(tx, terms, known.case, act.at)
    return await _moved(tx, known, Step.ASK_PROOF, act)


async def _reached(tx: Transaction, terms: Terms, known: Dossier, act: Act) -> Dossier:
    del terms
    ground = rules.scope_ground(known.case, await facts(tx, known.case, act.at))
    if ground is not None:
        return await _declined(tx, known, Outcome.REFUSED, ground, act)
    if known.case.same_as is not None:
        first = await store.dossier(tx, known.case.same_as)
        if first is not None and first.now.outcome in {None, *ENOUGH} and first.now.proven:
            return await _declined(tx, known, Outcome.REFERRED, None, act)
    return await _moved(tx, known, Step.SCOPE, act)


async def _done(
    tx: Transaction, terms: Terms, known: Dossier, act: Act
) -> Dossier | Refused[Refusal]:
    """What is asked is done by the door of the promise that does it, as far as it may be."""
    # Who asked for a ward may have lost that right since: a birthday waits for nobody.
    ground = rules.scope_ground(known.case, await facts(tx, known.case, act.at))
    if ground is not None:
        return await _declined(tx, known, Outcome.REFUSED, ground, act)
    results = await DOORS[known.case.right](tx, terms, known, act)
    if isinstance(results, Refused):
        return results
    next_ = rules.executed(known.now, known.case, results, act.by, act.at)
    if isinstance(next_, Refused):
        return next_
    return await kept(tx, known, next_, act, results)


async def _told(tx: Transaction, terms: Terms, known: Dossier, act: Act) -> Dossier | None:
    reference = await telling.answered(tx, terms, known, act.at)
    if reference is None:
        return None
    next_ = rules.moved(known.now, known.case, Step.TELL, act.by, act.at)
    assert isinstance(next_, Position)
    return await kept(tx, known, msgspec.structs.replace(next_, reason=reference), act)


async def _moved(tx: Transaction, known: Dossier, step: Step, act: Act) -> Dossier:
    next_ = rules.moved(known.now, known.case, step, act.by, act.at)
    assert isinstance(next_, Position), "a move of our own that there is not"
    return await kept(tx, known, next_, act)


async def _declined(
    tx: Transaction, known: Dossier, outcome: Outcome, ground: Ground | None, act: Act
) -> Dossier:
    next_ = rules.declined(known.now, known.case, outcome, ground, act.by, act.at)
    assert isinstance(next_, Position), "a refusal where there is none"
    return await kept(tx, known, next_, act)


STEPS: Final[
    Mapping[
        State,
        Callable[[Transaction, Terms, Dossier, Act], Awaitable[Dossier | Refused[Refusal] | None]],
    ]
] = {
    State.RECEIVED: _identity,
    State.PROVING: _proving,
    State.PROVEN: _reached,
    State.SCOPED: _checked,
    State.CHECKED: _done,
    State.EXECUTED: _propagated,
    State.PROPAGATED: _told,
    State.DECLINED: _told,
    State.TOLD: _closed,
}
"""What is done with a case in each state."""


async def facts(tx: Transaction, case: Case, at: Instant) -> Facts:
    """What the rules look at besides the case: guardians, numbers, disputes, transfers, wishes."""
    if case.whose.kind != PERSON:
        return Facts()
    whom, answers = case.whose.whom, case.asked_by is None or bool(case.document)
    was = False
    if case.asked_by is not None and not answers:
        guardians = await people.guardians(tx, whom, at)
        answers = any(one.guardian_id == case.asked_by for one in guardians)
        was = await store.was_guardian(tx, case.asked_by, whom)
    held = [one.msisdn for one in await numbers.holding.held_by(tx, whom)]
    open_ = [await numbers.requests.open_of(tx, one) for one in held]
    return Facts(
        answers_for=answers,
        was_guardian=was,
        held_number=not case.msisdn or await store.held_number(tx, case.msisdn, whom),
        transfers=any(open_),
        keeps=case.right is Right.DELETE and await _keeps(tx, case),
    )


async def _keeps(tx: Transaction, case: Case) -> bool:
    """Whether they asked as well that the same is kept: by an open case, or for a claim."""
    others = await store.open_of(tx, case.whose)
    restricts = [one.case_id for one in others if one.right is Right.RESTRICT]
    # Who was told has what they asked for: what stands of it is asked below.
    if any(one.now.state is not State.TOLD for one in await store.dossiers(tx, restricts)):
        return True
    standing = await consent.restrictions_of(tx, case.whose.whom)
    claim = RestrictionGround.CLAIM
    return any(one.until is None and one.asked.ground is claim for one in standing)
