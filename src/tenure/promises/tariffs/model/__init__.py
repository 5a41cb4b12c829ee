"""Compiled tariffs: routes, rates, steps and the runs of units that a price consists of."""

from enum import IntEnum
from typing import Final

import msgspec

from tenure.promises.tariffs.model.publishing import (
    Considered,
    PriceChange,
    PriceRow,
    PriceStep,
    PublishedVersion,
    PublishRefusal,
    PublishRequest,
    Untold,
    VersionState,
)
from tenure.values.instant import Instant
from tenure.values.money import Rounding
from tenure.values.quantity import Unit

__all__ = [
    "CALL_SECONDS_MAX",
    "UNIT_OF",
    "Considered",
    "Direction",
    "InForce",
    "Price",
    "PriceChange",
    "PriceRow",
    "PriceStep",
    "PublishRefusal",
    "PublishRequest",
    "PublishedVersion",
    "Rate",
    "Refusal",
    "Route",
    "Run",
    "Service",
    "Step",
    "Untold",
    "Use",
    "VersionState",
]


class Service(IntEnum):
    """What is used."""

    VOICE = 1
    SMS = 2
    MMS = 3
    DATA = 4
    CONTENT = 5


UNIT_OF = {
    Service.VOICE: Unit.SECONDS,
    Service.SMS: Unit.MESSAGES,
    Service.MMS: Unit.MESSAGES,
    Service.DATA: Unit.OCTETS,
    Service.CONTENT: Unit.MICROS,
}
"""Content is priced by its amount: one unit is a millionth of the currency."""


class Direction(IntEnum):
    """Seen from the subscriber who is charged."""

    OUT = 1
    IN = 2


class Refusal(IntEnum):
    """Why a usage has no price, in descending precedence."""

    UNKNOWN_OFFER = 1
    UNKNOWN_RATING_GROUP = 2
    UNKNOWN_DESTINATION = 3
    UNKNOWN_VISITED_NETWORK = 4
    NOT_IN_FORCE = 5
    """No published version covers the instant."""
    NOT_OFFERED = 6
    """The offer has no rate for this service, direction and zone; the detail names the row."""
    TOO_LONG = 7
    """A call longer than any real one (CALL_SECONDS_MAX)."""
    TOO_DEAR = 8
    """GTC-DCB: a purchase by carrier billing above the limit that the terms set."""


CALL_SECONDS_MAX: Final = 366 * 24 * 3600
"""A call crosses bands every day, so its length bounds the work of pricing it."""


class Use(msgspec.Struct, frozen=True, gc=False):
    """A usage to find a route for."""

    service: Service
    direction: Direction
    """Without meaning for data and content."""
    other_party: str = ""
    """The other number as dialled or shown: E.164 digits, a national number or a short code."""
    visited_plmn: str = ""
    """MCC and MNC of the serving network ("45606"), or "" for home."""
    rating_group: int = 0
    """Data only; 0 is default data."""


class Route(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where a usage goes in the price list; the same key in every version and time band.

    ``key`` is service/direction/zone, such as ``voice/out/offnet``, ``data/-/internet@roam-2`` or
    ``voice/out/home@roam-1``: what follows the @ is the zone of the visited network.
    """

    key: str
    service: Service
    direction: Direction
    always: bool
    """Emergency numbers and what the pack declares always reachable: free, never barred."""


class Step(msgspec.Struct, frozen=True, gc=False):
    """From this many units of a usage on: a price for so many units, charged in increments."""

    from_units: int
    price_micros: int
    per_units: int
    increment_units: int


class Rate(msgspec.Struct, frozen=True, gc=False):
    """The price of a route in one version and time band."""

    rate_id: str
    """Version, offer, route and band of its row: ``2026-01/prepaid/voice/out/offnet/day``.

    It stands in explanations.  ``*`` in it is every zone, or every band, without a row of its own.
    """
    connect_fee_micros: int
    minimum_units: int
    steps: tuple[Step, ...]
    tax_ppm: int
    """Tax contained in the price, in millionths of the price before tax."""


class InForce(msgspec.Struct, frozen=True, gc=False):
    """A rate and the half-open period in which it holds: until the next band or version."""

    rate: Rate
    rounding: Rounding
    until: Instant


class Run(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Consecutive billable units at one price: whole increments, each priced at its start."""

    units: int
    price_micros: int
    per_units: int
    increment_units: int
    rate_id: str


class Price(msgspec.Struct, frozen=True, gc=False):
    """What a usage costs on its own: exactly, and rounded once."""

    numerator: int
    denominator: int
    """The exact price in millionths, connect fee included."""
    micros: int
    """The exact price rounded once, in the direction of the version in which the usage began."""
    tax_micros: int
    """Of these, tax; rounded down."""
    rounding: Rounding
    connect_fee_micros: int
    position_units: int
    """Billable units: the used units and the rest of the last increment."""
    runs: tuple[Run, ...]
