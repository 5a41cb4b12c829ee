"""An entry in words, so that every cent can be explained to the person who paid it."""

from typing import Final

import msgspec

from tenure.promises.charging.model import Explanation
from tenure.promises.money.model import Account, Entry, EntryKind
from tenure.values.money import words
from tenure.values.quantity import Unit

_explanation = msgspec.json.Decoder(Explanation).decode

SHORT_NUMBER_MAX: Final = 4
"""Short codes are nobody's number and are shown whole."""

_VERB: Final = {
    ("voice", "out"): "Called",
    ("voice", "in"): "Was called by",
    ("sms", "out"): "Sent a text to",
    ("sms", "in"): "Received a text from",
    ("mms", "out"): "Sent a picture message to",
    ("mms", "in"): "Received a picture message from",
}

_UNIT: Final = {
    "voice": Unit.SECONDS,
    "sms": Unit.MESSAGES,
    "mms": Unit.MESSAGES,
    "data": Unit.OCTETS,
    "content": Unit.MICROS,
}


def quantity(units: int, unit: Unit) -> str:
    """A quantity for a person: ``2 min 5 s``, ``1.5 MB``, ``3 messages``."""
    match unit:
        case Unit.SECONDS:
            minutes, seconds = divmod(units, 60)
            parts = [f"{minutes} min"] if minutes else []
            parts += [f"{seconds} s"] if seconds or not minutes else []
            return " ".join(parts)
        case Unit.OCTETS:
            for size, name in ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "kB")):
                if units >= size:
                    tenths = units * 10 // size
                    whole, tenth = divmod(tenths, 10)
                    return f"{whole}.{tenth} {name}" if tenth else f"{whole} {name}"
            return f"{units} octets"
        case Unit.MESSAGES:
            return f"{units} message" if units == 1 else f"{units} messages"
        case Unit.MICROS:
            return ""


def explain(entry: Entry, currency: str, *, masked: bool = True) -> str:
    """One sentence or two about an entry.  ``masked`` shows only the end of the other number."""
    if entry.kind in (EntryKind.USAGE, EntryKind.EVENT, EntryKind.OFFLINE):
        return _usage(entry, currency, masked=masked)
    if entry.kind is EntryKind.REFUND:
        given = entry.funds_micros + entry.grants_micros + entry.owed_micros
        given_back = words(given, currency)
        return f"Refunded {given_back}, to where it was taken from. {_left(entry, currency)}"
    amount = entry.funds_micros + entry.grants_micros + entry.owed_micros
    name = _OTHER.get(entry.kind, entry.kind.name.capitalize())
    return f"{name}: {words(amount, currency)}. {_left(entry, currency)}"


_OTHER: Final = {
    EntryKind.TOPUP: "Topped up",
    EntryKind.PROMO: "Promotional money",
    EntryKind.BREAKAGE: "Expired funds ended for good",
    EntryKind.BUNDLE: "Bought a bundle",
    EntryKind.ADJUSTMENT: "Corrected by staff",
    EntryKind.PENALTY: "Penalty for late payment",
    EntryKind.OPENING: "Balance at the start",
}


def _usage(entry: Entry, currency: str, *, masked: bool) -> str:
    told = _explanation(entry.explanation.encode())
    used = quantity(told.used, _UNIT[told.service])
    direction, zone = [*told.route.split("/"), "", ""][1:3]
    other = _number(entry.party, masked=masked)
    verb = _VERB.get((told.service, direction))
    if entry.account is Account.REVENUE_CONTENT:
        subject = f"Bought {told.what or 'content'}"
    elif verb is None:
        subject = f"Used {used} of data ({zone})"
    elif told.service == "voice":
        subject = f"{verb} {other}, {used} ({zone})"
    else:
        subject = f"{verb} {other} ({zone})"
    return ". ".join([subject, *_price(told, currency)]) + f". {_left(entry, currency)}"


def _price(told: Explanation, currency: str) -> list[str]:
    """What it cost, at which price, from which buckets, and what nobody pays."""
    unit = _UNIT[told.service]
    said: list[str] = []
    if told.covered:
        covers = ", ".join(f"{quantity(units, unit)} from {name}" for name, units in told.covered)
        said.append(f"Covered: {covers}")
    if told.due:
        prices = "; ".join(
            f"{quantity(run.units, unit) or 'the amount'} at "
            f"{words(run.price_micros, currency)} per {quantity(run.per_units, unit) or 'unit'}"
            f" ({run.rate_id})"
            for run in told.runs
            if unit is not Unit.MICROS
        )
        fee = f" including {words(told.fee, currency)} to connect" if told.fee else ""
        said.append(f"Cost {words(told.due, currency)}{fee}" + (f": {prices}" if prices else ""))
    elif not told.covered:
        said.append("Free of charge")
    if told.promo:
        promo = sum(micros for _, micros in told.promo)
        said.append(f"{words(promo, currency)} of it from promotional money")
    if told.overrun:
        said.append(f"{words(told.overrun, currency)} could not be paid and is not owed")
    if told.uncharged:
        said.append(f"{quantity(told.uncharged, unit)} after the loss report were not charged")
    return said


def _left(entry: Entry, currency: str) -> str:
    return f"{words(entry.funds_after_micros, currency)} left."


def _number(party: str, *, masked: bool) -> str:
    if not party:
        return "an unknown number"
    return f"…{party[-2:]}" if masked and len(party) > SHORT_NUMBER_MAX else party
