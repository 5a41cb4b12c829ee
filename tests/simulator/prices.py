"""What usage costs, worked out naively from the tables of a pack with exact fractions.

Independent of the rules: it knows only the raw rows, walks increment by increment and adds
fractions.  Slow and plain on purpose; it is the auditor's opinion, not the system's.
"""

from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from tenure.promises.charging.model import Ask
from tenure.promises.tariffs.model import Direction, Service
from tenure.terms.model import Offer
from tenure.terms.pricelist import EMERGENCY_ANYWHERE, Pack, RateRow, Version
from tenure.values.money import Rounding

WORD = {
    Service.VOICE: "voice",
    Service.SMS: "sms",
    Service.MMS: "mms",
    Service.DATA: "data",
    Service.CONTENT: "content",
}


class NoPriceError(Exception):
    """The tables hold no row for this usage."""


class Where:
    """A place in the price list: what the rows of a usage have in common."""

    def __init__(self, offer: str, service: str, direction: str, zone: str, visited: str) -> None:
        self.offer = offer
        self.service = service
        self.direction = direction
        self.zone = zone
        self.visited = visited
        self.free = False

    @property
    def key(self) -> str:
        """The name that allowances use."""
        base = f"{self.service}/{self.direction}/{self.zone}"
        return f"{base}@{self.visited}" if self.visited else base


class Prices:
    """The tables of a pack."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.zone = ZoneInfo(pack.terms.time_zone)
        self.offers: dict[str, Offer] = {offer.name: offer for offer in pack.terms.offers}
        self.allowed = {
            allowance.name: allowance.routes
            for bundle in pack.terms.bundles
            for allowance in bundle.allowances
        }
        self.visited = {network.plmn: network.zone for network in pack.networks}
        self.always = {zone.name for zone in pack.zones if zone.always}
        self._found: dict[tuple[str, ...], list[RateRow]] = {}
        self._bands: dict[tuple[str, int], str] = {}

    def where(self, offer: str, ask: Ask, rating_group: int) -> Where:
        """The place of an ask in the price list."""
        service = WORD[ask.service]
        if self._calls_for_help(ask):
            # Put through from any network, also one that has no price.
            place = Where(offer, service, "out", "emergency", "")
            place.free = True
            return place
        visited = self._visited(ask.visited_plmn)
        if ask.service is Service.DATA:
            place = Where(offer, service, "-", self._data_zone(rating_group), visited)
            place.free = place.zone in self.always
            return place
        if ask.service is Service.CONTENT:
            zone = next(zone.name for zone in self.pack.zones if zone.kind == "content")
            return Where(offer, service, "-", zone, visited)
        if ask.direction is Direction.IN:
            return Where(offer, service, "in", "any", visited)
        number = ask.other_party
        zone = self._short_zone(number)
        if not zone and visited:
            zone = self._reached_from(ask.visited_plmn, number)
        place = Where(offer, service, "out", zone or self._party_zone(offer, number), visited)
        place.free = place.zone in self.always
        return place

    def _calls_for_help(self, ask: Ask) -> bool:
        if ask.direction is not Direction.OUT or ask.service in (Service.DATA, Service.CONTENT):
            return False
        there = [
            each.numbers
            for each in self.pack.emergencies_abroad
            if each.mcc == ask.visited_plmn[:3]
        ]
        known = {*EMERGENCY_ANYWHERE, *self.pack.terms.emergency_numbers}
        return ask.other_party in known.union(*there)

    def _reached_from(self, plmn: str, number: str) -> str:
        """While abroad a number is local to the visited country, home, or abroad; else ""."""
        country = next(
            network.country_code
            for key in (plmn, plmn[:3])
            for network in self.pack.networks
            if network.plmn == key
        )
        if country == self.pack.terms.country_code:
            return ""
        if number.startswith(country):
            return "local"
        return "home" if number.startswith(self.pack.terms.country_code) else "abroad"

    def covers(self, allowance: str, where: Where) -> bool:
        """Whether an allowance may be spent there; a route without @ is one at home."""
        for route in self.allowed.get(allowance, ()):
            at_home, _, visited = route.partition("@")
            if _matches(at_home, where.key.partition("@")[0]) and _matches(visited, where.visited):
                return True
        return False

    def rows(self, where: Where, at: int) -> tuple[Version, list[RateRow]]:
        """The rows in force there at an instant, one for each step, and their version."""
        begun = [
            version
            for version in self.pack.versions
            if version.effective_from <= at
            and (version.effective_until is None or at < version.effective_until)
        ]
        if not begun:
            raise NoPriceError(f"no version at {at}")
        version = max(begun, key=lambda version: version.effective_from)
        band = self._band(version, at)
        name = (version.version_id, band, where.offer, where.key)
        if name not in self._found:
            self._found[name] = self._rows_of(version, band, where)
        return version, self._found[name]

    def _rows_of(self, version: Version, band: str, where: Where) -> list[RateRow]:
        offer = where.offer
        while offer:
            for zone in (where.zone, "*"):
                for wanted in (band, "*"):
                    found = [
                        row
                        for row in version.rows
                        if (row.offer, row.service, row.direction, row.zone, row.visited, row.band)
                        == (offer, where.service, where.direction, zone, where.visited, wanted)
                    ]
                    if found:
                        return sorted(found, key=lambda row: row.from_units)
            offer = self.offers[offer].base
        raise NoPriceError(where.key)

    def rounding(self, where: Where, at: int) -> Rounding:
        """How a price is rounded at an instant."""
        return self.rows(where, at)[0].rounding

    def _band(self, version: Version, at: int) -> str:
        minute = at // 60_000
        name = (version.version_id, minute)
        if name not in self._bands:
            local = datetime.fromtimestamp(minute * 60, UTC).astimezone(self.zone)
            of_day = local.hour * 60 + local.minute
            spans = [
                span.band
                for span in version.bands
                if span.weekday == local.weekday()
                and span.from_minute <= of_day < span.until_minute
            ]
            self._bands[name] = spans[0] if spans else "*"
        return self._bands[name]

    def _visited(self, plmn: str) -> str:
        if not plmn or plmn in self.pack.terms.home_plmns:
            return ""
        for key in (plmn, plmn[:3]):
            if key in self.visited:
                return self.visited[key]
        raise NoPriceError(f"network {plmn}")

    def _data_zone(self, rating_group: int) -> str:
        for wanted in (rating_group, None):
            for group in self.pack.rating_groups:
                if group.group == wanted:
                    return group.zone
        raise NoPriceError(f"rating group {rating_group}")

    def _short_zone(self, number: str) -> str:
        """The zone of a number that is dialled as it is; "" for others."""
        return next((each.zone for each in self.pack.short_numbers if each.number == number), "")

    def _party_zone(self, offer: str, number: str) -> str:
        closed = self.offers[offer].closed_group
        for member in self.pack.members:
            if member.closed_group == closed and member.first <= number <= member.last:
                return member.zone
        found = [each for each in self.pack.destinations if number.startswith(each.prefix)]
        if not found:
            raise NoPriceError("destination")
        return max(found, key=lambda each: len(each.prefix)).zone


def _matches(pattern: str, text: str) -> bool:
    return text == pattern or (pattern.endswith("*") and text.startswith(pattern[:-1]))


class Tally:
    """One usage as it grows: its billable position and its exact price so far.

    ``covered`` is asked, for each stretch of billable units, how many of them an allowance pays.
    """

    def __init__(self, prices: Prices, where: Where, since: int) -> None:
        self.prices = prices
        self.where = where
        self.since = since
        self.used = 0
        self.position = 0
        self.exact = Fraction(0)
        self.charged = 0

    def copy(self) -> "Tally":
        """The same tally, to see what more would cost."""
        other = Tally(self.prices, self.where, self.since)
        other.used, other.position = self.used, self.position
        other.exact, other.charged = self.exact, self.charged
        return other

    def add(self, units: int, at: int, allowances: list[list[int]]) -> int:
        """Use more units; what is due for them now, rounded once over the whole usage.

        ``allowances`` are [free units, taken units] in spending order; taken is counted here.
        """
        self.used += units
        if self.where.free:
            return 0
        self._walk(at, allowances)
        total = round_once(self.exact, self.prices.rounding(self.where, at))
        due = max(total - self.charged, 0)
        self.charged += due
        return due

    def _walk(self, at: int, allowances: list[list[int]]) -> None:
        voice = self.where.service == "voice"
        target = self._target(at) if self.used else 0
        while self.position < target:
            moment = self.since + self.position * 1000 if voice else at
            _, rows = self.prices.rows(self.where, moment)
            row = [row for row in rows if row.from_units <= self.position][-1]
            if self.position == 0:
                begun = self.prices.rows(self.where, self.since)[1][0]
                self.exact += begun.connect_fee_micros
            steps = 1
            if not voice:
                reach = target if row.until_units is None else min(target, row.until_units)
                steps = -(-(reach - self.position) // row.increment_units)
            units = steps * row.increment_units
            self.position += units
            for allowance in allowances if row.price_micros else []:
                part = min(allowance[0], units)
                allowance[0] -= part
                allowance[1] += part
                units -= part
            self.exact += Fraction(row.price_micros * units, row.per_units)

    def _target(self, at: int) -> int:
        if self.position:
            return self.used
        begun = self.since if self.where.service == "voice" else at
        return max(self.used, self.prices.rows(self.where, begun)[1][0].minimum_units)


def round_once(exact: Fraction, rounding: Rounding) -> int:
    """A whole number of micros, in the stated direction."""
    whole, rest = divmod(exact.numerator, exact.denominator)
    if rounding is Rounding.DOWN or not rest:
        return whole
    if rounding is Rounding.UP:
        return whole + 1
    half = Fraction(1, 2)
    over = exact - whole
    return whole + (over > half or (over == half and whole % 2 == 1))
