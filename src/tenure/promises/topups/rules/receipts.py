"""What a subscriber is told of money that was received; pure."""

from tenure.promises.money.model import Purse
from tenure.promises.notices.model import NoticeKind, Telling
from tenure.promises.numbers.model import Line
from tenure.promises.topups.model import Done
from tenure.values.instant import Instant, iso


def receipt(line: Line, holder_id: int | None, after: Purse, done: Done, at: Instant) -> Telling:
    """The receipt of a top-up, or of a payment by who pays afterwards (GTC-TOPUP, GTC-POSTPAID).

    ``after`` is the purse as this order left it; what comes later has a receipt of its own.
    """
    amount = {"amount_micros": str(done.amount_micros)}
    if line.postpaid:
        kind, facts = NoticeKind.PAYMENT_RECEIVED, {"owed_micros": str(after.owed_micros)}
    else:
        kind = NoticeKind.TOPUP_RECEIVED
        facts = {
            "funds_micros": str(done.funds_micros),
            "valid_until_at": iso(done.funds_end),
        }
    return Telling(line.msisdn, holder_id, line.language, kind, amount | facts, at)
