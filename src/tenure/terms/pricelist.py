"""The tariff tables of a pack as they stand in its files, checked but not yet compiled."""

import msgspec

from tenure.terms.menus import Menus
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.money import Rounding

ANY = "*"
"""In a price row: every zone, or every band, that has no row of its own."""
NOWHERE = "-"
"""The direction of a service that has none: data and content."""

ANY_PARTY = "any"
"""The zone of everything received: who called does not change the price."""
EMERGENCY = "emergency"
"""The zone of emergency numbers, which is always reachable."""
EMERGENCY_ANYWHERE = ("112", "911")
"""A phone with a SIM takes these for a call for help in every country: TS 22.101 section 10.1.1."""
LOCAL = "local"
HOME = "home"
ABROAD = "abroad"
"""Where a number reached while roaming is: in the visited country, at home, in a third country."""
PLACES = (LOCAL, HOME, ABROAD)


class Zone(msgspec.Struct, frozen=True):
    """A name that prices are given for."""

    name: str
    kind: str
    """destination, short, group, data, content or visited."""
    always: bool
    """Free and never barred."""


class Destination(msgspec.Struct, frozen=True):
    """Numbers that begin so are in this zone; the longest prefix wins."""

    prefix: str
    """E.164 digits with the country code."""
    zone: str


class ShortNumber(msgspec.Struct, frozen=True):
    """A number that is dialled as it is."""

    number: str
    zone: str


class Network(msgspec.Struct, frozen=True):
    """A visited network: MCC and MNC, or the MCC alone for every network of that country."""

    plmn: str
    zone: str
    country_code: str


class EmergencyAbroad(msgspec.Struct, frozen=True):
    """Who is called for help in another country: free and never barred there."""

    mcc: str
    numbers: tuple[str, ...]


class RatingGroup(msgspec.Struct, frozen=True):
    """The zone of a data rating group; group None stands for every group without a row."""

    group: int | None
    zone: str


class MemberRange(msgspec.Struct, frozen=True):
    """Numbers of a closed user group, both ends included; E.164 digits of equal length."""

    closed_group: str
    zone: str
    first: str
    last: str


class BandSpan(msgspec.Struct, frozen=True):
    """A band holds on this weekday (Monday is 0) in local minutes [from_minute, until_minute)."""

    band: str
    weekday: int
    from_minute: int
    until_minute: int


class RateRow(msgspec.Struct, frozen=True):
    """One line of a price list: one step of one price."""

    offer: str
    service: str
    direction: str
    zone: str
    visited: str
    band: str
    from_units: int
    until_units: int | None
    price_micros: int
    per_units: int
    increment_units: int
    connect_fee_micros: int
    minimum_units: int
    tax_ppm: int
    line: int


class Version(msgspec.Struct, frozen=True):
    """A published price list and the half-open period in which it holds."""

    version_id: str
    published_at: Instant
    effective_from: Instant
    effective_until: Instant | None
    """None: until the next version, or for good."""
    rounding: Rounding
    bands: tuple[BandSpan, ...]
    rows: tuple[RateRow, ...]
    summary: dict[str, str] = {}
    """What changed, by language, as subscribers are told; needed to publish it."""


class Pack(msgspec.Struct, frozen=True):
    """An operator's terms and tariff tables, every file read and every check passed."""

    terms: Terms
    zones: tuple[Zone, ...]
    destinations: tuple[Destination, ...]
    short_numbers: tuple[ShortNumber, ...]
    networks: tuple[Network, ...]
    emergencies_abroad: tuple[EmergencyAbroad, ...]
    rating_groups: tuple[RatingGroup, ...]
    members: tuple[MemberRange, ...]
    versions: tuple[Version, ...]
    """In the order in which they take effect."""
    texts: dict[str, dict[str, str]]
    """By language and message id."""
    menus: Menus
    """What a subscriber can do for themselves from a phone."""
    clauses: tuple[str, ...]
    """The clauses whose figures these files give."""
