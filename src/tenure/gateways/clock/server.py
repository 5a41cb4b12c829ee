"""The clock: tells the instant, and gives the commands that nobody but time gives."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final, Protocol

from tenure.gateways.clock.wire import Asked
from tenure.values.instant import Instant, instant_of

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
"""How often the clock looks whether something is due, in real seconds."""


class Clock(Protocol):
    """What tells the instant."""

    def now(self) -> Instant:
        """The instant of this clock."""
        ...


class RealClock:
    """The clock of this machine."""

    def now(self) -> Instant:
        """The instant, by the machine."""
        return instant_of(datetime.now(UTC))


class SimulatedClock:
    """A clock that began at an instant of our choice and may run faster; it never goes back."""

    def __init__(self, start: Instant, speed: int) -> None:
        """Begin now, at ``start``."""
        self._start, self.speed = start, speed
        self._began_ns = time.monotonic_ns()

    def now(self) -> Instant:
        """The instant: the start, and what has passed since then so many times over."""
        passed_ms = (time.monotonic_ns() - self._began_ns) * self.speed // 1_000_000
        return Instant(self._start + passed_ms)


def clock_of(asked: Asked) -> RealClock | SimulatedClock:
    """The clock that was asked for."""
    return RealClock() if asked.start is None else SimulatedClock(asked.start, asked.speed)


class Duty:
    """Something that time causes, every so often; a failure is logged and tried again next time."""

    def __init__(
        self, name: str, every_ms: int, perform: Callable[[Instant], Awaitable[None]]
    ) -> None:
        """``perform`` is called with the instant it is for, at once and then ``every_ms``."""
        self.name, self.every_ms, self.perform = name, every_ms, perform
        self.next_at = Instant(0)


async def keep(clock: Clock, duties: list[Duty]) -> None:
    """Do what is due, until cancelled.  A late duty harms nobody: state is computed, not swept."""
    while True:
        at = clock.now()
        for duty in duties:
            if at >= duty.next_at:
                await _do(duty, at)
        await asyncio.sleep(LOOK_SECONDS)


async def _do(duty: Duty, at: Instant) -> None:
    try:
        await duty.perform(at)
    except Exception:
        log.exception("the clock could not %s; it tries again", duty.name)
        duty.next_at = Instant(at + duty.every_ms // 10)
        return
    duty.next_at = Instant(at + duty.every_ms)
