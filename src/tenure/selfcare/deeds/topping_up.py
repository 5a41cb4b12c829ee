"""Top up with the PIN of a card: once, however often it is sent (GTC-TOPUP)."""

from collections.abc import Mapping
from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.record.model import Act
from tenure.promises.topups import operations as topups
from tenure.promises.topups.model import Done, Pin, Redeem, Refusal
from tenure.selfcare.caller import Visit
from tenure.selfcare.model import Screen, opens
from tenure.terms.menus import Deed
from tenure.values.refused import Refused

WORDS: Final[Mapping[Refusal, str]] = {
    Refusal.PIN_MALFORMED: "say-pin-malformed",
    Refusal.LOCKED_OUT: "say-pin-locked",
    Refusal.PIN_UNKNOWN: "say-pin-unknown",
    Refusal.VOUCHER_USED: "say-card-used",
    Refusal.VOUCHER_BLOCKED: "say-card-blocked",
    Refusal.VOUCHER_EXPIRED: "say-card-expired",
}
"""Any other refusal is none that a card can meet: ``say-not-possible``."""


async def top_up(tx: Transaction, visit: Visit, pin: str, act: Act) -> Screen:
    """Ask for the PIN, or top up with it.

    The card is the key: its PIN once more gets the same answer again and adds nothing.  Wrong PINs
    are counted for the line as everywhere, and lock it out.
    """
    digits = str(visit.desk.terms.vouchers.pin_digits)
    if not pin:
        return Screen((visit.say("ask-pin", digits=digits),), takes=opens(Deed.TOP_UP))
    asked = Redeem(visit.caller.line.msisdn, Pin(pin), "", act.at)
    answer = await topups.redeem(tx, visit.desk.terms, visit.desk.voucher_key, asked)
    if isinstance(answer, Done):
        # Money that was received is told by text at once; a repeat of it is not.
        return Screen((_added(visit, answer),), told=not answer.repeated)
    return Screen((_refused(visit, answer, digits),))


def _added(visit: Visit, done: Done) -> str:
    desk, language = visit.desk, visit.caller.language
    return visit.say(
        "say-topped-up",
        amount=desk.money(done.amount_micros, language),
        funds=desk.money(done.funds_micros, language),
        until=desk.clock(done.funds_end, language),
    )


def _refused(visit: Visit, refused: Refused[Refusal], digits: str) -> str:
    name = WORDS.get(refused.refusal, "say-not-possible")
    facts = {
        "say-pin-malformed": {"digits": digits},
        "say-pin-locked": {"minutes": str(visit.desk.terms.vouchers.locked_minutes)},
    }
    return visit.say(name, **facts.get(name, {}))
