"""Who asks shows who they are: by a signature of exactly this request, never by a SIM."""

from uuid import UUID

from tenure.postgres.transaction import Transaction
from tenure.promises.people import operations as people
from tenure.promises.people.model import Presence
from tenure.promises.privacy.model.rights import (
    HUMAN,
    PERSON,
    SUBJECT,
    Case,
    Dossier,
    Refusal,
    Shown,
    Step,
)
from tenure.promises.privacy.operations.rights.keeping import UNKNOWN, kept
from tenure.promises.privacy.rules import rights as rules
from tenure.promises.privacy.store import rights as store
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.terms.model import Terms
from tenure.terms.rights import ProofWay
from tenure.values.instant import Instant
from tenure.values.passkey import PARTY, Assertion, RelyingParty
from tenure.values.refused import Refused
from tenure.values.sealing import Whose

PROOF = "RIGHTS_PROOF"
"""What somebody tried whose proof is none."""
Who = int | str
"""The human who witnessed, the login of one of ours, or "" for a passkey of the person."""


def proof_hash(case: Case) -> bytes:
    """What the person signs, or the witness who saw them."""
    return rules.body_hash(rules.body(case))


async def prove(
    tx: Transaction,
    terms: Terms,
    case_id: UUID,
    shown: Shown,
    act: Act,
    *,
    party: RelyingParty = PARTY,
) -> Dossier | Refused[Refusal] | Refused[StaffRefusal]:
    """Keep what shows who asks; from now on the clock runs again.

    Each request is proven by itself, also one that repeats another.  Refused: PROOF_TOO_WEAK,
    NOT_PROVEN, NOT_NOW.  ``act.by`` is the witness, or the login of one of ours about themselves.
    """
    known = await store.dossier(tx, case_id)
    if known is None:
        return UNKNOWN
    case = known.case
    way = rules.proof(case, shown.way, terms.privacy.rights.rule(case.right))
    if isinstance(way, Refused):
        return way
    if case.document and way is not ProofWay.PRESENCE:
        detail = "who brings a power of attorney shows it in a shop, with their own document"
        return Refused(Refusal.PROOF_TOO_WEAK, detail)
    next_ = rules.moved(known.now, case, Step.PROVE, act.by, act.at)
    if isinstance(next_, Refused):
        return next_
    who = await _who(tx, case, shown, act, party)
    if isinstance(who, Refused):
        if who.refusal is Refusal.NOT_PROVEN and not act.by.startswith("<"):
            await staff.refused(tx, act.by, PROOF, who.refusal.name, act.at)
        return who
    await store.prove(tx, case, shown, rules.body(case), act.at, who or None)
    return await kept(tx, known, next_, act)


async def _who(
    tx: Transaction, case: Case, shown: Shown, act: Act, party: RelyingParty
) -> Who | Refused[Refusal] | Refused[StaffRefusal]:
    if shown.way is ProofWay.LOGIN:
        return await _login(tx, case, act)
    if shown.assertion is None:
        return Refused(Refusal.NOT_PROVEN, "nothing was signed; sign this very request")
    hashed = proof_hash(case)
    if shown.way is ProofWay.PASSKEY:
        return await _passkey(tx, case, shown.assertion, act.at, party)
    if shown.seen is None or not await _seen(tx, case, shown.seen, act.by):
        detail = "document and live photo do not show that it is them, or the witness is them"
        return Refused(Refusal.NOT_PROVEN, detail)
    member = await staff.witness(tx, act.by, hashed, shown.assertion, act.at, party=party)
    return member if isinstance(member, Refused) else member.human_id


async def _passkey(
    tx: Transaction, case: Case, signed: Assertion, at: Instant, party: RelyingParty
) -> Who | Refused[Refusal]:
    key = await people.prove(tx, proof_hash(case), signed, at, party)
    if isinstance(key, Refused):
        return Refused(Refusal.NOT_PROVEN, key.detail)
    if case.prover.kind != PERSON or key.person_id != case.prover.whom:
        return Refused(Refusal.NOT_PROVEN, "this passkey is somebody else's; use their own")
    return ""


async def _login(tx: Transaction, case: Case, act: Act) -> Who | Refused[Refusal]:
    """One of ours, who proved at the door that the login is theirs, asks about themselves."""
    member = await staff.member(tx, act.by)
    ours = member is not None and member.suspended_at is None
    if not ours or member is None or case.prover != Whose(HUMAN, member.human_id):
        detail = (
            "this login is somebody else's: they sign with --own-passkey, or a witness saw them"
            " with --document, --photo and --document-photo"
        )
        return Refused(Refusal.NOT_PROVEN, detail)
    return member.login


async def _seen(tx: Transaction, case: Case, seen: Presence, witness: str) -> bool:
    """Whether what was seen in the shop is the person, and the witness is somebody else."""
    whose = case.prover
    if whose.kind == PERSON:
        if await store.is_login_of(tx, whose.whom, witness):
            return False
        return not isinstance(await people.recognise(tx, whose.whom, seen), Refused)
    if whose.kind == SUBJECT:
        shown = f"{seen.document.kind}:{seen.document.number}"
        known = await store.documents_of_subject(tx, whose.whom)
        return shown in known and rules.is_alike(seen.photo.score_ppm)
    return False
