"""What the officers decide: a later deadline, a refusal that two agree to; and a change of mind."""

from uuid import UUID

from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.rights import REFUSAL, Dossier, Outcome, Refusal
from tenure.promises.privacy.operations.rights import telling
from tenure.promises.privacy.operations.rights.keeping import UNKNOWN, kept, may
from tenure.promises.privacy.rules import rights as rules
from tenure.promises.privacy.store import rights as store
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.staff.model import Task
from tenure.terms.model import Terms
from tenure.terms.rights import Ground
from tenure.values.refused import Refused

Decided = Dossier | Refused[Refusal] | Refused[StaffRefusal]


async def extend(tx: Transaction, terms: Terms, case_id: UUID, by_ms: int, act: Act) -> Decided:
    """Answer later, as far as the pack allows; ``act.reason`` is what the person is told.

    Refused: REASON_MISSING, NOT_EXTENDABLE, TOO_LATE.
    """
    barred = await may(tx, act, Task.ANSWER_RIGHTS)
    if barred is not None:
        return barred
    known = await store.dossier(tx, case_id)
    if known is None:
        return UNKNOWN
    next_ = rules.extended(known.now, known.case, by_ms, act.reason, act.by, act.at)
    if isinstance(next_, Refused):
        return next_
    done = await kept(tx, known, next_, act)
    await telling.extended(tx, terms, done.case, done.now, act.at)
    return done


async def ask_refusal(
    tx: Transaction, case_id: UUID, act: Act
) -> bytes | Refused[Refusal] | Refused[StaffRefusal]:
    """Ask another of ours to agree that a case cannot be done, for ``act.reason``; what they sign.

    They approve it as any other request: tenure staff approve.
    """
    barred = await may(tx, act, Task.ANSWER_RIGHTS)
    if barred is not None:
        return barred
    known = await store.dossier(tx, case_id)
    if known is None:
        return UNKNOWN
    if not act.reason.strip():
        return Refused(Refusal.REASON_MISSING, "say why, with --reason")
    tried = rules.declined(known.now, known.case, Outcome.REFUSED, Ground.UNFOUNDED, act.by, act.at)
    if isinstance(tried, Refused):
        return tried
    hashed = rules.body_hash(rules.refusal_body(known.case, act.reason))
    asked = await staff.ask(tx, REFUSAL, hashed, act)
    # Asked again, it is the same request: it waits for the same signature.
    if isinstance(asked, Refused) and asked.refusal is not StaffRefusal.REQUEST_KNOWN:
        return asked
    return hashed


async def refuse(tx: Transaction, case_id: UUID, act: Act) -> Decided:
    """Refuse what another one agreed cannot be done, for exactly ``act.reason``.

    Refused: APPROVAL_MISSING.
    """
    barred = await may(tx, act, Task.ANSWER_RIGHTS)
    if barred is not None:
        return barred
    known = await store.dossier(tx, case_id)
    if known is None:
        return UNKNOWN
    body = rules.refusal_body(known.case, act.reason)
    hashed = rules.body_hash(body)
    given = await staff.approvals(tx, hashed, act.at)
    if not given:
        detail = "nobody else has agreed to exactly this; see: tenure staff approve"
        return Refused(Refusal.APPROVAL_MISSING, detail)
    next_ = rules.declined(known.now, known.case, Outcome.REFUSED, Ground.UNFOUNDED, act.by, act.at)
    if isinstance(next_, Refused):
        return next_
    agreed = store.Agreed(body, hashed, given[0].approved_by)
    return await kept(tx, known, next_, act, agreed=agreed)


async def take_back(tx: Transaction, case_id: UUID, act: Act) -> Decided:
    """The person does not want it any more, as long as nothing of it was done."""
    barred = await may(tx, act, Task.RECEIVE_RIGHTS)
    if barred is not None:
        return barred
    known = await store.dossier(tx, case_id)
    if known is None:
        return UNKNOWN
    next_ = rules.declined(known.now, known.case, Outcome.WITHDRAWN, None, act.by, act.at)
    if isinstance(next_, Refused):
        return next_
    return await kept(tx, known, next_, act)
