"""From lines, purses and entries to what the page and the terminal show: words, no decisions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import phonenumbers

from tenure.gateways.web.wire.shapes import Happening, LineView, NoLine, Part
from tenure.promises.charging import operations as charging
from tenure.promises.charging.model import Session
from tenure.promises.money import rules as money
from tenure.promises.money.model import Entry, Grant, Purse
from tenure.promises.numbers import rules as numbers
from tenure.promises.numbers.model import Line, Refusal, Stage
from tenure.promises.tariffs.model import UNIT_OF
from tenure.terms.model import Terms
from tenure.terms.pricelist import ANY_PARTY, EMERGENCY, PLACES, Pack, Version
from tenure.values.instant import DAY_MS, Instant, moment_of
from tenure.values.money import words
from tenure.values.quantity import Unit, quantity
from tenure.values.refused import Refused

LANGUAGE: Final = "en"

STAGE: Final[Mapping[Stage, str]] = {
    Stage.ACTIVE: "Active",
    Stage.OUTGOING_BLOCKED: "Outgoing blocked",
    Stage.BOTH_BLOCKED: "Blocked both ways",
    Stage.DUE_FOR_RECYCLING: "Due for recycling",
}


class Known(msgspec.Struct, frozen=True):
    """What was loaded of one number."""

    line: Line
    purse: Purse
    entries: tuple[Entry, ...]
    """Newest first."""
    sessions: tuple[Session, ...]


class Wording(msgspec.Struct, frozen=True):
    """How an operator says things: its terms, its clock, its names."""

    terms: Terms
    zone: ZoneInfo
    names: Mapping[str, str]
    """What people call the zones and allowances of the tariff."""
    prices: tuple[Version, ...] = ()
    """The versions of the price list, for what is said of their changes."""
    places: Mapping[str, Mapping[str, str]] = {}
    """By language: what people call zones and offers, under the keys of the texts."""


def wording(pack: Pack) -> Wording:
    """The wording of a pack, in the language of the page if the pack has it (GTC-LANG)."""
    texts = pack.texts.get(LANGUAGE) or pack.texts[pack.terms.prevailing_language]
    names = {one.name: texts.get(f"zone-{one.name}", one.name) for one in pack.zones}
    for bundle in pack.terms.bundles:
        names |= {allowance.name: bundle.title for allowance in bundle.allowances}
    names |= {place: texts.get(f"zone-{place}", place) for place in (*PLACES, ANY_PARTY, EMERGENCY)}
    places = {
        language: {key: text for key, text in said.items() if key.startswith(("zone-", "offer-"))}
        for language, said in pack.texts.items()
    }
    return Wording(pack.terms, ZoneInfo(pack.terms.time_zone), names, pack.versions, places)


def not_a_number(refused: Refused[Refusal]) -> NoLine:
    """Why what was typed is no number, and how to write one."""
    return NoLine(f"This is not a number: {refused.detail}.")


def line_view(known: Known, said: Wording, at: Instant) -> LineView:
    """The page of one number."""
    terms, zone, line, purse = said.terms, said.zone, known.line, known.purse
    stage = numbers.stage(purse.funds_end, terms.lifecycle, at, postpaid=line.postpaid)
    trouble = _trouble(line, at)
    offer = next((one.title for one in terms.offers if one.name == line.offer), line.offer)
    funds, validity = _funds(known, terms, at, zone)
    return LineView(
        number=number_words(line.msisdn),
        offer=offer,
        stage=trouble[0] if trouble else STAGE[stage],
        stage_words=trouble[1] if trouble else _stage_words(stage, known, terms, zone),
        well=not trouble and stage is Stage.ACTIVE,
        funds=funds,
        validity=validity,
        parts=tuple(
            _grant(grant, said)
            for grant in sorted(purse.grants, key=lambda grant: (grant.priority, grant.ends_at))
            if money.usable(grant, at)
        ),
        sessions=tuple(_session(one, terms, zone) for one in known.sessions),
        charges=tuple(
            happening(entry, "", said, day_and_time(entry.at, zone, at)) for entry in known.entries
        ),
    )


def number_words(msisdn: str) -> str:
    """A number as people write it: +855 12 345 678."""
    try:
        parsed = phonenumbers.parse(f"+{msisdn}")
    except phonenumbers.NumberParseException:
        return f"+{msisdn}"
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _trouble(line: Line, at: Instant) -> tuple[str, str] | None:
    """What keeps a line from use whatever its stage, the gravest first."""
    if line.lost_at is not None and at >= line.lost_at:
        return "Lost or stolen", "Nothing is charged since the report."
    if line.suspended:
        return "Suspended", "No use is possible."
    if line.bar_outgoing and line.bar_incoming:
        return "Barred both ways", "Both outgoing and incoming use are barred."
    if line.bar_outgoing:
        return "Outgoing barred", "Calls and messages come in; none go out."
    if line.bar_incoming:
        return "Incoming barred", "Calls and messages go out; none come in."
    return None


def _stage_words(stage: Stage, known: Known, terms: Terms, zone: ZoneInfo) -> str:
    """What the stage means for the subscriber, and until when (GTC-LIFE)."""
    if known.line.postpaid:
        return "Everything works."
    life, end = terms.lifecycle, known.purse.funds_end
    both_at = Instant(end + life.outgoing_blocked_days * DAY_MS)
    recycled_at = Instant(both_at + life.both_blocked_days * DAY_MS)
    match stage:
        case Stage.ACTIVE:
            return (
                f"Everything works until {date(end, zone)}; then outgoing use is blocked"
                f" for {life.outgoing_blocked_days} days."
            )
        case Stage.OUTGOING_BLOCKED:
            return (
                "Calls and messages come in; none go out. A top-up brings everything back;"
                f" without one, incoming is blocked too from {date(both_at, zone)}."
            )
        case Stage.BOTH_BLOCKED:
            return (
                "Nothing goes out or comes in. A top-up brings everything back;"
                f" without one, the number is recycled after {date(recycled_at, zone)}."
            )
        case Stage.DUE_FOR_RECYCLING:
            return "The number may be given to somebody else, once it was announced to its holder."


def _funds(known: Known, terms: Terms, at: Instant, zone: ZoneInfo) -> tuple[str, str]:
    purse, currency = known.purse, terms.currency
    if known.line.postpaid:
        limit = words(purse.credit_limit_micros, currency)
        return words(purse.owed_micros, currency), f"owed, of a credit limit of {limit}"
    held = sum(meter.hold_micros for one in known.sessions for meter in one.meters)
    usable = words(money.valid_funds(purse, at), currency)
    if at < purse.funds_end:
        reserved = f"; {words(held, currency)} of it held for what is going on" if held else ""
        return usable, f"usable until {date_and_time(purse.funds_end, zone)}{reserved}"
    restore_until = Instant(purse.funds_end + terms.topups.restore_days * DAY_MS)
    ended = f"the Active Period ended on {date_and_time(purse.funds_end, zone)}"
    if purse.funds_micros and at < restore_until:
        back = f"{words(purse.funds_micros, currency)} come back with a top-up before"
        return usable, f"{ended}; {back} {date_and_time(restore_until, zone)}"
    return usable, ended


def _grant(grant: Grant, said: Wording) -> Part:
    until = f"until {date_and_time(grant.ends_at, said.zone)}"
    if grant.unit is Unit.MICROS:
        return Part("Promotional money", words(grant.remaining, said.terms.currency), until)
    return Part(
        said.names.get(grant.allowance, grant.allowance),
        quantity(grant.remaining, grant.unit),
        until,
    )


def _session(one: Session, terms: Terms, zone: ZoneInfo) -> Part:
    unit = UNIT_OF[one.service]
    used = sum(meter.used_units for meter in one.meters)
    held = sum(meter.hold_micros for meter in one.meters)
    name = f"{one.service.name.capitalize()} since {clock_time(one.opened_at, zone)}"
    reported = f"{quantity(used, unit)} reported so far" if used else "nothing reported yet"
    return Part(name, f"{words(held, terms.currency)} held" if held else "", reported)


def happening(entry: Entry, number: str, said: Wording, time: str) -> Happening:
    """An entry as a line of a list; the other party of a call is masked."""
    currency = said.terms.currency
    what, _, why = sentence(entry, said).partition(". ")
    moved = entry.funds_micros + entry.grants_micros + entry.owed_micros
    after = f"{words(entry.funds_after_micros, currency)} left"
    if entry.owed_micros and not entry.funds_micros:
        after = "on the bill"
    sign = "+" if moved > 0 else ""
    amount = words(abs(moved), currency)
    return Happening(
        time=time,
        number=number,
        sentence=what.removesuffix("."),
        # The amount stands in a place of its own.
        detail=why.removeprefix(f"Cost {amount}: ").removeprefix(f"Cost {amount}."),
        amount=f"{sign}{amount}" if moved else "",
        after=after,
    )


def sentence(entry: Entry, said: Wording) -> str:
    """What an entry was for, without the balance after it, which has a place of its own."""
    return charging.explain(entry, said.terms.currency, names=said.names, balance=False)


def masked(msisdn: str) -> str:
    """A number whose last two digits are shown: …78."""
    return f"…{msisdn[-2:]}"


def local(at: Instant, zone: ZoneInfo) -> datetime:
    """The wall clock at the operator."""
    return moment_of(at).astimezone(zone)


def clock_time(at: Instant, zone: ZoneInfo) -> str:
    """14:03:21."""
    return f"{local(at, zone):%H:%M:%S}"


def date(at: Instant, zone: ZoneInfo) -> str:
    """21 December 2026."""
    moment = local(at, zone)
    return f"{moment.day} {moment:%B %Y}"


def date_and_time(at: Instant, zone: ZoneInfo) -> str:
    """21 December 2026, 14:03."""
    return f"{date(at, zone)}, {local(at, zone):%H:%M}"


def day_and_time(at: Instant, zone: ZoneInfo, now: Instant) -> str:
    """14:03:21 of today, else 21 Dec 14:03."""
    moment = local(at, zone)
    if moment.date() == local(now, zone).date():
        return f"{moment:%H:%M:%S}"
    return f"{moment.day} {moment:%b %H:%M}"
