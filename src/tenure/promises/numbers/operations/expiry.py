"""What the clock tells: that a validity ends soon, and that it has ended."""

from tenure.postgres.transaction import Transaction
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import NoticeKind, Telling
from tenure.promises.numbers.model.expiry import Expiring, Told
from tenure.promises.numbers.operations.lifecycle import PURSES_AT_ONCE
from tenure.promises.numbers.rules import expiry as rules
from tenure.promises.numbers.rules.lifecycle import recycled_at
from tenure.promises.numbers.store import expiry as store
from tenure.terms.model import Terms
from tenure.values.instant import Instant, iso


async def tell(
    tx: Transaction, terms: Terms, after: int, at: Instant, rows: int = PURSES_AT_ONCE
) -> Told:
    """Tell the holders of one page of purses what is due at the instant (GTC-TOPUP).

    The next page begins after ``last``.  A page that is told twice, late, or by two at once has the
    effects of one: what was told is looked up, and its key is its own.
    """
    expiry = terms.keeping.expiry
    last, found = await store.expiring(
        tx, (after, rows), rules.looked_at(expiry, at), rules.steps_by(expiry, at)
    )

    steps = [(one, rules.due(one, expiry, at)) for one in found]

    due = [(one, step) for one, step in steps if step is not None]
    notice_ids = await notices.tell(tx, [_telling(terms, one, step, at) for one, step in due])
    await store.keep(tx, due, notice_ids, at)
    ended = sum(step == rules.ENDED for _, step in due)
    return Told(last, soon=len(due) - ended, ended=ended)


def _telling(terms: Terms, expiring: Expiring, step: int, at: Instant) -> Telling:
    end = expiring.validity_end
    if step == rules.ENDED:
        kind = NoticeKind.EXPIRY_ENDED
        facts = {"recycled_at": iso(recycled_at(end, terms.lifecycle))}
    else:
        kind, facts = NoticeKind.EXPIRY_SOON, {"days": str(rules.days_left(end, at))}
    return Telling(
        msisdn=expiring.msisdn,
        person_id=expiring.holder_id,
        language=expiring.language,
        kind=kind,
        facts={**facts, "ends_at": iso(end)},
        at=at,
    )
