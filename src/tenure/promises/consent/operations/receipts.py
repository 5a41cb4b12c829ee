"""What somebody is given to keep: the fields of a record, as they were when it was said."""

from uuid import UUID

from tenure.postgres.transaction import Transaction
from tenure.promises.consent import rules, store
from tenure.promises.consent.model import Refusal, TextKey
from tenure.promises.record import operations as record
from tenure.promises.record.model import Plain
from tenure.promises.record.rules import leaf_hash
from tenure.terms.model import Terms
from tenure.values.refused import Refused

UNKNOWN = Refused(
    Refusal.UNKNOWN_RECORD, "nobody said anything under this id; see: tenure consent show"
)
NEVER = Refused(Refusal.UNKNOWN_RECORD, "there was never a yes here, so there is nothing to prove")


async def receipt(
    tx: Transaction, terms: Terms, record_id: UUID
) -> dict[str, Plain] | Refused[Refusal]:
    """The fields of ISO/IEC TS 27560 of one word, with all before it about the same.

    The words are those that were shown, from the texts that are kept.
    """
    events = await store.chain(tx, record_id)
    if not events:
        return UNKNOWN
    yes = next((one for one in reversed(events) if one.shown is not None), None)
    if yes is None or yes.shown is None:
        return NEVER
    key = TextKey(f"purpose/{yes.purpose}", yes.shown.purpose_version, yes.how.language)
    words = await store.body(tx, key)
    assert words is not None
    bodies = await record.sightings.bodies(tx, [events[-1].leaf_seq])
    leaf = leaf_hash(bodies[events[-1].leaf_seq]).hex()
    return rules.receipt(events, rules.read_back(words), terms, leaf)
