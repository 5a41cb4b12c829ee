"""What each right does: by the door of the promise that keeps what it is about."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import Ground as RestrictionGround
from tenure.promises.consent.model import How, No, Restrict, Way
from tenure.promises.people import operations as people
from tenure.promises.privacy.model.rights import (
    PERSON,
    Dossier,
    Receipt,
    Refusal,
    Result,
)
from tenure.promises.record.model import Act
from tenure.terms.model import Terms
from tenure.terms.rights import Ground, Right
from tenure.values.instant import iso
from tenure.values.refused import Refused

Answer = tuple[Result, ...] | Refused[Refusal]
Door = Callable[[Transaction, Terms, Dossier, Act], Awaitable[Answer]]

WAY_OF: Final[Mapping[Receipt, Way]] = {
    Receipt.SHOP: Way.SHOP,
    Receipt.DEALER: Way.SHOP,
    Receipt.EMAIL: Way.EMAIL,
    Receipt.LETTER: Way.CARE,
    Receipt.USSD: Way.USSD,
    Receipt.APP: Way.APP,
    Receipt.WEB: Way.WEB,
    Receipt.CALL: Way.CARE,
    Receipt.MESSENGER: Way.CARE,
}
"""By which way of the promise consent a channel of ours is a no."""
NOTHING: Final = (Result("all", done=False, ground=Ground.NOT_HELD),)


async def _withdraw(tx: Transaction, terms: Terms, known: Dossier, act: Act) -> Answer:
    """Consents end: those that were named, or all that stand; all marketing at once."""
    case = known.case
    if case.whose.kind != PERSON:
        return NOTHING
    how = How(WAY_OF[case.channel], case.language, f"case {case.case_id}")
    purposes: tuple[str, ...] | None = case.wanted or None
    if case.right is Right.WITHDRAW and purposes is None:
        stands = await consent.overview(tx, terms, case.whose.whom, act.at)
        purposes = tuple(one.purpose.name for one in stands if one.open)
        if not purposes:
            return NOTHING
    if case.right is Right.STOP_MARKETING:
        purposes = None
    no = No(case.whose.whom, case.prover.whom, how, purposes)
    done = await consent.withdraw(tx, terms, no, act)
    if isinstance(done, Refused):
        return Refused(Refusal.WORD_UNKNOWN, done.detail)
    leaves = {one.purpose: one.leaf_seq for one in done.changed}
    named = purposes or tuple(leaves) or ("all-marketing",)
    return tuple(
        Result(f"consent {one}", done=True, reference=_leaf(leaves.get(one))) for one in named
    )


def _leaf(leaf_seq: int | None) -> str:
    return "" if leaf_seq is None else f"leaf {leaf_seq}"


async def _restrict(tx: Transaction, terms: Terms, known: Dossier, act: Act) -> Answer:
    """Nothing of theirs is used but for keeping it, until they were told that it will be."""
    del terms
    case = known.case
    if case.whose.kind != PERSON:
        detail = "only what is held of a registered person can be restricted; ask for a refusal"
        return Refused(Refusal.NO_DOOR, detail)
    word = case.wanted[0] if case.wanted else RestrictionGround.DAMAGE_OR_DISTRESS.value
    if word not in set(RestrictionGround):
        words = ", ".join(one.value for one in RestrictionGround)
        return Refused(Refusal.WORD_UNKNOWN, f"the grounds of a restriction are {words}")
    asked = Restrict(case.whose.whom, RestrictionGround(word), str(case.case_id))
    done = await consent.restrict(tx, asked, act)
    if isinstance(done, Refused):
        return Refused(Refusal.WORD_UNKNOWN, done.detail)
    return (Result("restriction", done=True, reference=_leaf(done.leaf_seq)),)


async def _correct(tx: Transaction, terms: Terms, known: Dossier, act: Act) -> Answer:
    """The correction that a witness signed since the request; nobody else changes a profile."""
    del terms, act
    case = known.case
    if case.whose.kind == PERSON:
        made = await people.corrections.corrected_at(tx, case.whose.whom)
        after = [at for at in made if at >= case.received_at]
        if after:
            reference = f"correction {iso(after[0]).replace('+', ' ')}"
            return (Result("profile", done=True, reference=reference),)
    detail = "correct it first, with the document and a witness: tenure person correct"
    return Refused(Refusal.WAITS_FOR_CORRECTION, detail)


async def _export(tx: Transaction, terms: Terms, known: Dossier, act: Act) -> Answer:
    del tx, terms, known, act
    return Refused(Refusal.NO_DOOR, "nothing exports yet")


async def _delete(tx: Transaction, terms: Terms, known: Dossier, act: Act) -> Answer:
    del tx, terms, known, act
    return Refused(Refusal.NO_DOOR, "nothing erases yet")


DOORS: Final[Mapping[Right, Door]] = {
    Right.KNOW: _export,
    Right.COPY: _export,
    Right.DISCLOSED: _export,
    Right.CORRECT: _correct,
    Right.WITHDRAW: _withdraw,
    Right.STOP_MARKETING: _withdraw,
    Right.RESTRICT: _restrict,
    Right.DELETE: _delete,
}


async def propagated(tx: Transaction, terms: Terms, known: Dossier, act: Act) -> tuple[Result, ...]:
    """Whoever got what was corrected, restricted or deleted hears of it (GDPR article 19)."""
    del tx, terms, known, act
    return ()
