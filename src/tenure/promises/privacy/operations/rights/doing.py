"""What each right does: by the door of the promise that keeps what it is about."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import Ground as RestrictionGround
from tenure.promises.consent.model import How, No, Restrict, Way
from tenure.promises.people import operations as people
from tenure.promises.privacy.model import exports
from tenure.promises.privacy.model.propagation import Change
from tenure.promises.privacy.model.retention import Ground as Stays
from tenure.promises.privacy.model.rights import (
    PERSON,
    Case,
    Dossier,
    Outcome,
    Receipt,
    Refusal,
    Result,
)
from tenure.promises.privacy.operations import disclosures, propagation, retention
from tenure.promises.privacy.operations import exports as exporting
from tenure.promises.privacy.store import rights as store
from tenure.promises.record.model import Act
from tenure.terms.model import Terms
from tenure.terms.rights import Ground, Right, Scope
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
MESSAGING: Final = ("social", "message")
"""The occasions of people.toml on which something is volunteered through a messaging channel."""
BEGUN_AND_SETTLED: Final = 2
"""Leaves of an erasure that went as far as it goes."""
CHANGE_OF: Final[Mapping[Right, Change]] = {
    Right.CORRECT: Change.CORRECTION,
    Right.RESTRICT: Change.RESTRICTION,
    Right.DELETE: Change.ERASURE,
}
"""What recipients are told of."""
ERASING: Final = Refused(Refusal.WAITS_FOR_ERASURE, "it is under way: tenure privacy retention")
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
    """The package for this very case, or one they made on their page since: theirs to open."""
    del terms, act
    case = known.case
    whose = exports.Whose(exports.Kind(case.whose.kind), case.whose.whom)
    made = await exporting.answered(tx, str(case.case_id))
    for job in [*await exporting.of(tx, whose), *([] if made is None else [made])]:
        if exporting.answers(
            job, case.right, str(case.case_id), case.received_at, alone=case.asked_by is None
        ):
            reference = f"export {job.export_id}"
            return (Result(f"package to {case.right.value}", done=True, reference=reference),)
    detail = f"make their package for this case, or let them do it on their page: {case.case_id}"
    return Refused(Refusal.WAITS_FOR_EXPORT, detail)


async def _disclosed(tx: Transaction, terms: Terms, known: Dossier, act: Act) -> Answer:
    """Each recipient by name, and the package that tells what they got; nothing without any."""
    case = known.case
    given = await _recipients(tx, case)
    if not given:
        return NOTHING
    package = await _export(tx, terms, known, act)
    if isinstance(package, Refused):
        return package
    return (*package, *(Result(f"recipient {one}", done=True) for one in given))


async def _recipients(tx: Transaction, case: Case) -> tuple[str, ...]:
    """Who got something of theirs."""
    if case.whose.kind != PERSON:
        return ()
    given = await disclosures.disclosed_to(tx, case.whose.whom)
    return tuple(sorted({one.recipient for one in given}))


GROUND_OF: Final[Mapping[Stays, Ground]] = {
    Stays.HELD: Ground.HOLD,
    Stays.LASTS: Ground.RETENTION,
    Stays.MINIMUM: Ground.RETENTION,
    Stays.NEEDED: Ground.RETENTION,
    Stays.USAGE: Ground.RETENTION,
}
"""Why the ledger of erasures keeps something, as the person is told it."""


async def _delete(tx: Transaction, terms: Terms, known: Dossier, act: Act) -> Answer:
    """What nothing keeps ends; each store that something keeps says why and until when."""
    del terms
    case = known.case
    if case.scope is Scope.MESSAGING:
        gone, kept = await store.delete_volunteered(tx, case.case_id, MESSAGING, act.at)
        parts = [Result("messages", done=True)] if gone else []
        if kept:
            parts.append(Result("messages on hold", done=False, ground=Ground.HOLD))
        return tuple(parts) or NOTHING
    found = await retention.certificate(tx, case.case_id)
    if isinstance(found, Refused):
        # What cannot begin is under way by another request: that one ends the same.
        begun = await retention.erase(tx, case.whose, case.case_id, act)
        if case.whose.kind == PERSON and not isinstance(begun, Refused):
            await propagation.propagate(tx, case.whose.whom, Change.ERASURE, act, case.case_id)
        return ERASING
    if len(found.leaves) < BEGUN_AND_SETTLED:
        return ERASING
    gone_ = {one.store for one in found.gone if one.rows}
    stay = {(one.store, one.keep, GROUND_OF[one.ground]): one.until for one in found.left}
    return (
        *(
            Result(f"{one} ended", done=True, reference=_leaf(found.leaves[-1]))
            for one in sorted(gone_)
        ),
        *(
            Result(f"{store_} kept as {keep} by {why.value}", done=False, ground=why, until=until)
            for (store_, keep, why), until in sorted(stay.items())
        ),
    ) or NOTHING


DOORS: Final[Mapping[Right, Door]] = {
    Right.KNOW: _export,
    Right.COPY: _export,
    Right.DISCLOSED: _disclosed,
    Right.CORRECT: _correct,
    Right.WITHDRAW: _withdraw,
    Right.STOP_MARKETING: _withdraw,
    Right.RESTRICT: _restrict,
    Right.DELETE: _delete,
}


async def propagated(tx: Transaction, known: Dossier, act: Act) -> tuple[Result, ...]:
    """Whoever got what was corrected or restricted hears of it (GDPR article 19).

    Of what is deleted they hear when that begins: then it is still known who they are.
    """
    case, change = known.case, CHANGE_OF.get(known.case.right)
    refused = known.now.outcome is Outcome.REFUSED
    if change is None or change is Change.ERASURE or refused or case.whose.kind != PERSON:
        return ()
    told = await propagation.propagate(tx, case.whose.whom, change, act, case.case_id)
    return tuple(
        Result(f"recipient {one.recipient}", done=True, reference=f"message {one.message_id}")
        for one in told
    )
