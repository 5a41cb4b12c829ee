"""A compiled pack: every price of every version, ready to be looked up."""

from collections import defaultdict
from typing import Final

import msgspec

from tenure.promises.tariffs.model import InForce, Rate, Refusal, Route, Service, Step
from tenure.promises.tariffs.rules.calendar import Calendar
from tenure.terms.model import Allowance, Bundle, Offer, Quota, Terms
from tenure.terms.pricelist import (
    ANY,
    EMERGENCY,
    EMERGENCY_ANYWHERE,
    NOWHERE,
    Network,
    Pack,
    RateRow,
    Version,
    Zone,
)
from tenure.values.instant import NEVER, Instant
from tenure.values.money import Rounding
from tenure.values.refused import Refused

RowName = tuple[str, str, str, str, str]
"""Offer, service, direction, zone, visited zone."""
FoundRoutes = dict[tuple[str, str, str], Route | Refused[Refusal]]
SERVICES: Final = {service: service.name.lower() for service in Service}
SLASHES: Final = 2
"""A route key is service/direction/zone."""
MCC_DIGITS: Final = 3
DIRECTED: Final = frozenset({Service.VOICE, Service.SMS, Service.MMS})


class Edition(msgspec.Struct, frozen=True):
    """A version as compiled: the half-open period in which it holds, and its rates by band."""

    version_id: str
    starts_at: Instant
    ends_at: Instant
    rounding: Rounding
    calendar: Calendar
    rates: dict[RowName, dict[str, Rate]]


class Line:
    """The rates of one offer and route through all editions, and the answer last given."""

    __slots__ = ("editions", "latest")

    def __init__(self, editions: tuple[tuple[Edition, tuple[Rate, ...]], ...]) -> None:
        self.editions = editions
        """Each edition that prices the route, with one rate, or one for each of its bands."""
        self.latest: tuple[int, int, InForce | None] = (0, 0, None)


class Book:
    """A compiled pack.  Beside what is public, it keeps answers that it has already found."""

    __slots__ = (
        "allowances",
        "bundles",
        "content_zone",
        "coverage",
        "destinations",
        "dialling_prefixes",
        "editions",
        "emergencies",
        "free",
        "groups",
        "lines",
        "members",
        "networks",
        "offers",
        "prefix_digits",
        "quotas",
        "rates",
        "routes",
        "short_numbers",
        "terms",
        "version_ids",
        "visited",
        "zones",
    )

    def __init__(self, pack: Pack) -> None:
        terms = pack.terms
        self.terms: Terms = terms
        self.offers: dict[str, Offer] = {offer.name: offer for offer in terms.offers}
        self.bundles: dict[str, Bundle] = {bundle.name: bundle for bundle in terms.bundles}
        self.allowances: dict[str, Allowance] = {
            one.name: one for bundle in terms.bundles for one in bundle.allowances
        }
        self.quotas: dict[Service, Quota] = {
            service: terms.quotas[name] for service, name in SERVICES.items()
        }
        self.version_ids: tuple[str, ...] = tuple(each.version_id for each in pack.versions)
        self.rates: dict[str, Rate] = {}
        """Every rate by its id, for explanations and tax."""

        self.zones: dict[str, Zone] = {zone.name: zone for zone in pack.zones}
        self.zones[EMERGENCY] = Zone(name=EMERGENCY, kind="short", always=True)
        content = [zone.name for zone in pack.zones if zone.kind == "content"]
        self.content_zone: str = content[0] if content else ANY
        self.destinations: dict[str, str] = {each.prefix: each.zone for each in pack.destinations}
        self.prefix_digits: tuple[int, ...] = tuple(
            sorted({len(prefix) for prefix in self.destinations}, reverse=True)
        )
        self.dialling_prefixes: tuple[str, ...] = (
            "+",
            *terms.international_prefixes,
            *filter(None, [terms.national_prefix]),
        )
        """What may stand before the country code or instead of it."""
        self.short_numbers: dict[str, str] = _short_numbers(pack)
        self.networks: dict[str, Network] = {each.plmn: each for each in pack.networks}
        self.emergencies: dict[str, frozenset[str]] = _emergencies(pack)
        """Whom to call for help in another country, by its MCC."""
        self.groups: dict[int | None, str] = {each.group: each.zone for each in pack.rating_groups}
        self.members: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for member in pack.members:
            self.members[member.closed_group].append((member.first, member.last, member.zone))
        self.editions: tuple[Edition, ...] = _editions(pack, self.rates)

        self.visited: dict[str, Network | None] = {"": None, **dict.fromkeys(terms.home_plmns)}
        self.routes: tuple[tuple[FoundRoutes, FoundRoutes, FoundRoutes], ...] = tuple(
            ({}, {}, {}) for _ in range(max(Service) + 1)
        )
        """By service and direction; then by offer, zone and visited zone."""
        self.lines: dict[tuple[str, str], Line] = {}
        self.free: dict[str, InForce] = {}
        """By route key: what is always reachable."""
        self.coverage: dict[tuple[str, str], bool] = {}

    def __repr__(self) -> str:
        """The operator and its versions."""
        return f"Book({self.terms.operator}: {', '.join(self.version_ids)})"

    def chain(self, offer: str) -> tuple[str, ...]:
        """An offer and the offers that it falls back to."""
        names: tuple[str, ...] = ()
        while offer in self.offers:
            names = (*names, offer)
            offer = self.offers[offer].base
        return names


def _short_numbers(pack: Pack) -> dict[str, str]:
    """The zone of each number that is dialled as it is; calls for help before all others."""
    helping = (*EMERGENCY_ANYWHERE, *pack.terms.emergency_numbers)
    return {
        **{each.number: each.zone for each in pack.short_numbers},
        **dict.fromkeys(helping, EMERGENCY),
    }


def _emergencies(pack: Pack) -> dict[str, frozenset[str]]:
    return {each.mcc: frozenset(each.numbers) for each in pack.emergencies_abroad}


def compile_book(pack: Pack) -> Book:
    """The book of a checked pack.  It cannot fail: a pack with any problem is never loaded."""
    return Book(pack)


def row_of(offer: str, key: str) -> RowName:
    """The row of a price list that a route key means."""
    service, direction, rest = key.split("/", 2)
    zone, _, visited = rest.partition("@")
    return offer, service, direction, zone, visited


def line_of(book: Book, offer: str, key: str) -> Line | Refused[Refusal]:
    """The rates of an offer and route, found once and kept."""
    line = book.lines.get((offer, key))
    if line is not None:
        return line
    chain = book.chain(offer)
    if not chain:
        return Refused(refusal=Refusal.UNKNOWN_OFFER, detail=f"no offer is named {offer}")
    found = []
    # What is always reachable is free, so that a row for every zone (*) does not price it.
    if key.count("/") >= SLASHES and not always_free(book, key):
        for edition in book.editions:
            rates = _rates_of(edition, chain, key)
            if rates is not None:
                found.append((edition, rates))
    if not found:
        return Refused(refusal=Refusal.NOT_OFFERED, detail=missing_row(offer, key))
    line = Line(tuple(found))
    book.lines[offer, key] = line
    return line


def always_free(book: Book, key: str) -> bool:
    """Whether a route leads to what the pack declares always reachable, emergency numbers too."""
    zone = row_of("", key)[3]
    return zone in book.zones and book.zones[zone].always


def missing_row(offer: str, key: str) -> str:
    """What to add to a pack so that an offer has a price for a route."""
    known = key.count("/") >= SLASHES
    _, service, direction, zone, visited = row_of(offer, key) if known else ("",) * 5
    where = f", visited {visited}" if visited else ""
    return (
        f"neither the offer {offer} nor its base has a row for {service} {direction}, "
        f"zone {zone}{where} in rates.csv"
    )


def _rates_of(edition: Edition, chain: tuple[str, ...], key: str) -> tuple[Rate, ...] | None:
    for offer in chain:
        _, service, direction, zone, visited = row_of(offer, key)
        for named in (zone, ANY):
            by_band = edition.rates.get((offer, service, direction, named, visited))
            if by_band is not None:
                return _by_band(edition.calendar.bands, by_band)
    return None


def _by_band(bands: tuple[str, ...], by_band: dict[str, Rate]) -> tuple[Rate, ...]:
    if by_band.keys() == {ANY}:
        return (by_band[ANY],)
    return tuple(by_band[band] if band in by_band else by_band[ANY] for band in bands)


def _editions(pack: Pack, rates: dict[str, Rate]) -> tuple[Edition, ...]:
    versions = pack.versions
    editions = []
    for index, version in enumerate(versions):
        following = versions[index + 1].effective_from if index + 1 < len(versions) else NEVER
        editions.append(
            Edition(
                version_id=version.version_id,
                starts_at=version.effective_from,
                ends_at=version.effective_until or following,
                rounding=version.rounding,
                calendar=Calendar(version.bands, pack.terms.time_zone),
                rates=_compiled(version, rates),
            )
        )
    return tuple(editions)


def _compiled(version: Version, rates: dict[str, Rate]) -> dict[RowName, dict[str, Rate]]:
    grouped: dict[RowName, dict[str, list[RateRow]]] = defaultdict(lambda: defaultdict(list))
    for row in version.rows:
        name = (row.offer, row.service, row.direction, row.zone, row.visited)
        grouped[name][row.band].append(row)
    compiled: dict[RowName, dict[str, Rate]] = {}
    for name, by_band in grouped.items():
        compiled[name] = {}
        for band, rows in by_band.items():
            rate = _rate(version.version_id, name, band, rows)
            rates[rate.rate_id] = rate
            compiled[name][band] = rate
    return compiled


def _rate(version_id: str, name: RowName, band: str, rows: list[RateRow]) -> Rate:
    offer, service, direction, zone, visited = name
    first, *_ = rows = sorted(rows, key=lambda row: row.from_units)
    where = f"{zone}@{visited}" if visited else zone
    assert direction in {"out", "in", NOWHERE}
    return Rate(
        rate_id=f"{version_id}/{offer}/{service}/{direction}/{where}/{band}",
        connect_fee_micros=first.connect_fee_micros,
        minimum_units=first.minimum_units,
        steps=tuple(
            Step(
                from_units=row.from_units,
                price_micros=row.price_micros,
                per_units=row.per_units,
                increment_units=row.increment_units,
            )
            for row in rows
        ),
        tax_ppm=first.tax_ppm,
    )
