"""Somebody says yes or no, and a sender asks who said what."""

from collections.abc import Sequence

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.consent import rules, store
from tenure.promises.consent.model import Answer, Event, No, Refusal, Stand, Word, Yes
from tenure.promises.consent.operations.restricting import carry
from tenure.promises.consent.operations.texts import keep_notice, keep_wordings
from tenure.promises.consent.store import restrictions
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, NewLeaf, Plain
from tenure.terms.agreements import PRIVACY_NOTICE
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.refused import Refused


async def standing(
    tx: Transaction, terms: Terms, pairs: Sequence[tuple[int, str]], medium: str, at: Instant
) -> set[tuple[int, str]]:
    """Of these people and purposes, who may be contacted by this medium now (GTC-MKT).

    To be asked in the transaction that hands a message over: a withdrawal that was answered is
    seen, and one that comes meanwhile waits for the commit.  A purpose that the operator does not
    have is nobody's, and nobody who is restricted is contacted (PRV-RIGHTS).
    """
    known = terms.consents.purpose
    asked = [pair for pair in pairs if known(pair[1]) is not None]
    if not asked:
        return set()
    await store.lock_shared(tx, [person_id for person_id, _ in asked])

    last = await store.last_of_all(tx, asked, medium)

    resting = await restrictions.restricted(tx, {person_id for person_id, _ in asked})
    open_ = [event for event in last if rules.stands(event, known(event.purpose), at)]
    return {(one.person_id, one.purpose) for one in open_ if one.person_id not in resting}


async def overview(tx: Transaction, terms: Terms, person_id: int, at: Instant) -> tuple[Stand, ...]:
    """How somebody stands to each purpose of the operator."""
    return rules.overview(rules.folded(await store.last(tx, person_id)), terms, at)


async def history(tx: Transaction, person_id: int) -> list[Event]:
    """Everything that somebody ever said, oldest first."""
    return await store.history(tx, person_id)


async def give(tx: Transaction, terms: Terms, yes: Yes, act: Act) -> Answer | Refused[Refusal]:
    """Keep a yes to purposes whose texts were shown in the language of ``yes.how``.

    What was said already changes nothing.  Refused for a minor without a guardian (PRV-MINOR), for
    a text that is not the one that was published, and when a no came at the same instant.
    """
    await store.lock(tx, yes.whose.person_id)
    last = rules.folded(await store.last(tx, yes.whose.person_id))
    notice = rules.in_force(terms, PRIVACY_NOTICE, act.at)

    decision = rules.given(yes, last, terms, notice, act)

    if isinstance(decision, Refused):
        return decision
    if decision and notice is not None:
        kept = await keep_notice(tx, notice, act)
        if isinstance(kept, Refused):
            return kept
        for name in sorted({event.purpose for event in decision}):
            kept = await keep_wordings(tx, terms, name, act)
            if isinstance(kept, Refused):
                return kept
    return await _recorded(tx, terms, decision, last, act)


async def withdraw(tx: Transaction, terms: Terms, no: No, act: Act) -> Answer | Refused[Refusal]:
    """Keep a no: from the commit on nobody is contacted for it, by whom and whatever was planned.

    ``no.purposes`` None ends all direct marketing.  Neither a line, nor a balance, nor an age is
    looked at; only a purpose that nobody knows is refused.
    """
    await store.lock(tx, no.person_id)
    last = rules.folded(await store.last(tx, no.person_id))

    decision = rules.withdrawn(no, last, terms, act)

    if isinstance(decision, Refused):
        return decision
    return await _recorded(tx, terms, decision, last, act)


async def join(tx: Transaction, kept_id: int, merged_id: int, act: Act) -> tuple[Event, ...]:
    """Two persons were one: for the one that is kept the stricter word of both counts, and what
    restricts the other restricts them.

    Returns the new words; none when the one that is kept had said no to all that the other had.
    """
    for person_id in sorted((kept_id, merged_id)):
        await store.lock(tx, person_id)
    last = rules.folded(await store.last(tx, kept_id))
    merged = rules.folded(await store.last(tx, merged_id))

    decision = rules.joined(kept_id, last, merged, act)

    await carry(tx, kept_id, merged_id, act)
    return await _written(tx, decision, act)


async def _recorded(
    tx: Transaction, terms: Terms, new: Sequence[Event], last: rules.LastWords, act: Act
) -> Answer:
    """Write the new words, and say how the person stands by them."""
    changed = await _written(tx, new, act)
    now = {**last, **{(event.purpose, event.medium): event for event in changed}}
    at = max([act.at, *(event.at for event in changed)])
    return Answer(changed, rules.standing(now, terms, Instant(at)))


async def _written(tx: Transaction, new: Sequence[Event], act: Act) -> tuple[Event, ...]:
    """Write words, each with a leaf of its own: it is what the receipt proves."""
    leaf_seqs = await record.append_all(tx, act, [_leaf(event) for event in new]) if new else []
    changed = []
    for event, leaf_seq in zip(new, leaf_seqs, strict=True):
        await store.add(tx, event, leaf_seq)
        changed.append(msgspec.structs.replace(event, leaf_seq=leaf_seq))
    return tuple(changed)


def _leaf(event: Event) -> NewLeaf:
    """What the record keeps: to what and how in clear; who, and by whom, as commitments."""
    said: dict[str, Plain] = {
        "purpose": event.purpose,
        "medium": event.medium.value,
        "way": event.how.way.value,
    }
    if event.word is Word.GIVEN and event.shown is not None:
        said |= {
            "language": event.how.language,
            "notice": event.shown.notice_sha256,
            "words": event.shown.purpose_sha256,
        }
    about = {
        "person": str(event.person_id),
        "record": str(event.record_id),
        "said_by": str(event.by),
    }
    return NewLeaf(f"consent.{event.word.value}", said, about)
