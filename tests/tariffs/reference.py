"""What a usage costs, worked out unit by unit with fractions; slow, and shares no code with rules.

It reads the raw rows of a pack: it knows no book, no calendar and no run.
"""

from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from tenure.terms.pricelist import Pack, RateRow, Version


def in_version(pack: Pack, at: int) -> Version | None:
    """The version that holds at an instant: the latest that has begun and not ended."""
    begun = [version for version in pack.versions if version.effective_from <= at]
    if not begun:
        return None
    latest = max(begun, key=lambda version: version.effective_from)
    ended = latest.effective_until is not None and latest.effective_until <= at
    return None if ended else latest


def in_band(pack: Pack, version: Version, at: int) -> str:
    """The band that the operator's clocks are in."""
    local = datetime.fromtimestamp(at // 1000, UTC).astimezone(ZoneInfo(pack.terms.time_zone))
    minute = local.hour * 60 + local.minute
    for span in version.bands:
        if span.weekday == local.weekday() and span.from_minute <= minute < span.until_minute:
            return span.band
    return "*"


def rows_at(pack: Pack, version: Version, where: tuple[str, ...], at: int) -> list[RateRow]:
    """The rows of (offer, service, direction, zone, visited), of this offer alone."""
    band = in_band(pack, version, at)
    for zone in (where[3], "*"):
        matching = [
            row
            for row in version.rows
            if (row.offer, row.service, row.direction, row.zone, row.visited)
            == (*where[:3], zone, where[4])
        ]
        if matching:
            return [row for row in matching if row.band == band] or [
                row for row in matching if row.band == "*"
            ]
    return []


def cost(
    pack: Pack, where: tuple[str, ...], since: int, used: int, at: int
) -> tuple[Fraction, int] | None:
    """The exact price in millionths and the billable units; None when some unit has no price."""
    total, position, target, is_call = Fraction(0), 0, used, where[1] == "voice"
    while position < target:
        instant = since + position * 1000 if is_call else at
        version = in_version(pack, instant)
        rows = rows_at(pack, version, where, instant) if version is not None else []
        if not rows:
            return None
        if position == 0:
            first = next(row for row in rows if row.from_units == 0)
            total += first.connect_fee_micros
            target = max(target, first.minimum_units)
        row = next(
            row
            for row in rows
            if row.from_units <= position
            and (row.until_units is None or position < row.until_units)
        )
        for _ in range(row.increment_units):
            total += Fraction(row.price_micros, row.per_units)
            position += 1
    return total, position
