"""How a holder proves who they are changes: they hear of it on every number that they hold.

Whoever wants a number first makes a passkey in its holder's name, or becomes their guardian.  A
fresh passkey gives nothing away for some days (``sim_age``): who is told has the time to object.
"""

from tenure.postgres.transaction import Transaction
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import NoticeKind, Telling
from tenure.promises.numbers.store import holding as store
from tenure.promises.people import operations as people
from tenure.promises.people.model import Guardian, Key, Presence, Refusal
from tenure.promises.record.model import Act
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.passkey import PARTY, Assertion, RelyingParty
from tenure.values.refused import Refused


async def bring_passkey(
    tx: Transaction,
    new: Key,
    seen: Presence,
    witness: Assertion,
    act: Act,
    *,
    party: RelyingParty = PARTY,
) -> Key | Refused[Refusal] | Refused[StaffRefusal]:
    """Keep a passkey that somebody brought to a shop, and tell them; ``act.by`` is the witness."""
    done = await people.add_passkey(tx, new, seen, witness, act, party=party)
    if isinstance(done, Key):
        await _tell(tx, new.person_id, act.at)
    return done


async def name_guardian(
    tx: Transaction, terms: Terms, ward_id: int, guardian_id: int, document: str, act: Act
) -> Guardian | Refused[Refusal]:
    """Keep who answers for a minor, and tell the minor; ``document`` is the hash of the paper."""
    done = await people.name_guardian(tx, terms, ward_id, guardian_id, document, act)
    if isinstance(done, Guardian):
        await _tell(tx, ward_id, act.at)
    return done


async def _tell(tx: Transaction, person_id: int, at: Instant) -> None:
    person = await people.find(tx, person_id)
    language = "" if person is None else person.language
    kind = NoticeKind.SECURITY_PROOF
    held = await store.held_by(tx, person_id)
    await notices.tell(tx, [Telling(one.msisdn, person_id, language, kind, {}, at) for one in held])
