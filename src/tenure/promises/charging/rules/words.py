"""An entry in words, so that every cent can be explained to the person who paid it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from tenure.promises.charging.model import Explanation
from tenure.promises.money.model import Account, Entry, EntryKind
from tenure.promises.tariffs.model import Run
from tenure.terms.pricelist import ANY_PARTY
from tenure.values.money import words
from tenure.values.quantity import Unit, quantity

_explanation = msgspec.json.Decoder(Explanation).decode


class _Ended(msgspec.Struct):
    """What is left of an explanation whose details have ended."""

    ended: str
    """The day, by the operator's clocks."""
    route: str = ""
    entries: int = 1
    opening: str = ""
    """Up to which month the books were closed, of an entry that opens what follows."""


_ended = msgspec.json.Decoder(_Ended).decode
ENDED: Final = '{"ended"'


class _Told(msgspec.Struct):
    """What other promises say of their own entries."""

    words: str = ""


_recorded = msgspec.json.Decoder(_Told).decode

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


NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})
EVERY_BAND: Final = "*"


def explain(
    entry: Entry,
    currency: str,
    *,
    masked: bool = True,
    names: Mapping[str, str] = NO_NAMES,
    balance: bool = True,
) -> str:
    """One sentence or two about an entry.

    ``masked`` shows only the end of the other number.  ``names`` are what people call the zones
    and allowances of the tariff; those without a name are told as the tariff has them.
    ``balance`` ends with what is left, unless the words were recorded with the entry.
    """
    if entry.explanation.startswith(ENDED):
        said = _without_details(entry, currency)
    elif entry.kind in (EntryKind.USAGE, EntryKind.EVENT, EntryKind.OFFLINE):
        said = _usage(entry, currency, names, masked=masked)
    elif entry.kind is EntryKind.REFUND:
        said = f"Refunded {words(_moved(entry), currency)}, to where it was taken from."
    else:
        recorded = _recorded(entry.explanation.encode()).words
        if recorded:
            return recorded
        name = _OTHER.get(entry.kind, entry.kind.name.capitalize())
        said = f"{name}: {words(_moved(entry), currency)}."
    return f"{said} {_left(entry, currency)}" if balance else said


def _moved(entry: Entry) -> int:
    return entry.funds_micros + entry.grants_micros + entry.owed_micros


_OTHER: Final = {
    EntryKind.TOPUP: "Topped up",
    EntryKind.PROMO: "Promotional money",
    EntryKind.BREAKAGE: "Expired funds ended for good",
    EntryKind.BUNDLE: "Bought a bundle",
    EntryKind.ADJUSTMENT: "Corrected by staff",
    EntryKind.PENALTY: "Penalty for late payment",
    EntryKind.OPENING: "Balance at the start",
    EntryKind.FEE: "A new SIM",
    EntryKind.HANDED_OVER: "Went with the number to its new holder",
}


def _usage(entry: Entry, currency: str, names: Mapping[str, str], *, masked: bool) -> str:
    told = _explanation(entry.explanation.encode())
    # What is free is told once, when the session ends.
    used = quantity(told.used or told.total, _UNIT[told.service])
    direction, zone = [*told.route.split("/"), "", ""][1:3]
    place = _place(zone, names)
    other = _number(entry.party, masked=masked)
    verb = _VERB.get((told.service, direction))
    if entry.account is Account.REVENUE_CONTENT:
        subject = f"Bought {told.what or 'content'}"
    elif verb is None:
        subject = f"Used {used} of data{place}"
    elif told.service == "voice":
        subject = f"{verb} {other}, {used}{place}"
    else:
        subject = f"{verb} {other}{place}"
    return ". ".join([subject, *_price(told, currency, names)]) + "."


def _without_details(entry: Entry, currency: str) -> str:
    """What is still told of usage whose details have ended: what it came to, and since when."""
    told = _ended(entry.explanation.encode())
    since = f"details ended on {told.ended}, as promised"
    if told.opening:
        moved = words(_moved(entry), currency)
        since = f"closed on {told.ended}, as promised"
        return f"Carried forward up to {told.opening}: {moved}, {told.entries} entries ({since})."
    if entry.kind is EntryKind.CARRIED:
        charges = "1 charge" if told.entries == 1 else f"{told.entries} charges"
        return f"Usage of the month: {charges}, {words(-_moved(entry), currency)} in all ({since})."
    if entry.kind is EntryKind.REFUND:
        return f"Refunded {words(_moved(entry), currency)} ({since})."
    service = told.route.partition("/")[0] or "service"
    return f"Used {service} for {words(-_moved(entry), currency)} ({since})."


def _place(zone: str, names: Mapping[str, str]) -> str:
    """A zone for a person; ``zone@network`` is a zone reached from a visited network."""
    reached, _, visited = zone.partition("@")
    # The zone of all that is received says no more than the verb does.
    said = [] if reached == ANY_PARTY else [names.get(reached, reached)]
    said += [f"while in {names.get(visited, visited)}"] if visited else []
    return f" ({', '.join(said)})" if said else ""


def _rate(run: Run, unit: Unit, currency: str) -> str:
    """A price and where it stands: USD 0.07 per minute (tariff 2026-10, day)."""
    version, *_, band = run.rate_id.split("/")
    # One minute is told as "per minute", ten are told as "per 10 min".
    per = {"1 min": "minute", "1 s": "second"}.get(quantity(run.per_units, unit))
    per = per or quantity(run.per_units, unit).removeprefix("1 ")
    band_words = "" if band == EVERY_BAND else f", {band}"
    return f"{words(run.price_micros, currency)} per {per} (tariff {version}{band_words})"


def _price(told: Explanation, currency: str, names: Mapping[str, str]) -> list[str]:
    """What it cost, at which price, from which buckets, and what nobody pays."""
    unit = _UNIT[told.service]
    said: list[str] = []
    if told.covered:
        covers = ", ".join(
            f"{quantity(units, unit)} from {names.get(name, name)}" for name, units in told.covered
        )
        said.append(f"Covered: {covers}")
    if told.due:
        prices = "; ".join(
            # Of units that a plan covered in part, only the price is told.
            ("the rest" if told.covered else quantity(run.units, unit))
            + f" at {_rate(run, unit, currency)}"
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
        said.append(f"Not charged: {quantity(told.uncharged, unit)} after the loss report")
    return said


def _left(entry: Entry, currency: str) -> str:
    if entry.owed_micros:
        added = words(abs(entry.owed_micros), currency)
        return f"{added} {'added to' if entry.owed_micros < 0 else 'taken off'} the bill."
    return f"{words(entry.funds_after_micros, currency)} left."


def _number(party: str, *, masked: bool) -> str:
    if not party:
        return "an unknown number"
    return f"…{party[-2:]}" if masked and len(party) > SHORT_NUMBER_MAX else party
