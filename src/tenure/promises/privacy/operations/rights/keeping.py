"""A step of a case is kept with its leaf, in the transaction of what it tells of."""

from collections.abc import Sequence

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.privacy.model.rights import (
    PERSON,
    Case,
    Dossier,
    Position,
    Refusal,
    Result,
    Step,
)
from tenure.promises.privacy.store import rights as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.staff.model import Task
from tenure.values.refused import Refused

UNKNOWN = Refused(Refusal.UNKNOWN_CASE, "no such case; see: tenure privacy case list")


async def kept(
    tx: Transaction,
    known: Dossier,
    new: Position,
    act: Act,
    results: Sequence[Result] = (),
    agreed: store.Agreed | None = None,
) -> Dossier:
    """The case one step further: leaf, step, and what became of each part."""
    case, step = known.case, new.step
    said: dict[str, Plain] = {"right": case.right.value, "state": new.state.value}
    if new.outcome is not None:
        said["outcome"] = new.outcome.value
    if new.ground is not None:
        said["ground"] = new.ground.value
    if step is Step.TELL:
        said["late"] = new.is_late
    leaf_seq = await record.append(tx, act, f"privacy.rights_{_name(step)}", said, about(case))
    new = msgspec.structs.replace(new, leaf_seq=leaf_seq)
    await store.moved(tx, case, known.now, new, agreed)
    await store.results(tx, case.case_id, results, leaf_seq)
    return Dossier(case, (*known.steps, new), (*known.results, *results))


def _name(step: Step) -> str:
    return step.value.replace("-", "_")


def about(case: Case) -> dict[str, str]:
    """Whom a leaf of this case is about."""
    found = {"case": str(case.case_id)}
    if case.whose.kind == PERSON:
        found["person"] = str(case.whose.whom)
    return found


async def may(tx: Transaction, act: Act, task: Task) -> Refused[StaffRefusal] | None:
    """Why who acts may not; a name in angle brackets is none of ours, and was let in by a page."""
    if act.by.startswith("<"):
        return None
    member = await staff.allowed(tx, act.by, task, act.at)
    return member if isinstance(member, Refused) else None
