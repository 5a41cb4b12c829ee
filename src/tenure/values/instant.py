"""Instants and spans as whole milliseconds, so that time is exact, cheap and always an argument."""

from datetime import UTC, datetime
from typing import Final, NewType

Instant = NewType("Instant", int)
"""Milliseconds since 1970-01-01T00:00:00Z.  Enters at a gateway; never read below one."""

SECOND_MS: Final = 1_000
MINUTE_MS: Final = 60 * SECOND_MS
HOUR_MS: Final = 60 * MINUTE_MS
DAY_MS: Final = 24 * HOUR_MS

NEVER: Final = Instant(253_402_300_799_000)
"""The last second of the year 9999: an end that is not in sight."""


def instant_of(moment: datetime) -> Instant:
    """The instant of an aware datetime; a naive one is our own mistake."""
    assert moment.tzinfo is not None
    whole_seconds = int(moment.timestamp() // 1)
    return Instant(whole_seconds * SECOND_MS + moment.microsecond // 1_000)


def moment_of(at: Instant) -> datetime:
    """The aware UTC datetime of an instant."""
    seconds, rest_ms = divmod(at, SECOND_MS)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest_ms * 1_000)


def parse_instant(text: str) -> Instant:
    """Read ISO 8601 with an offset: 2026-01-31T08:00:00+07:00; ValueError says what is wrong."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone; add an offset such as +07:00 or Z")
    return instant_of(moment)


def iso(at: Instant) -> str:
    """An instant as ISO 8601 in UTC, to the second, with milliseconds only when there are any."""
    moment = moment_of(at)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
