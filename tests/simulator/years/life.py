"""A run under way: its clock, what is still to come, and everybody who acts."""

import heapq
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tenure.values.msisdn import Msisdn
from tests.numbers.stocked import msisdn
from tests.simulator.years.books import DAY, HOUR, SECOND, Books
from tests.simulator.years.cast import START, Cast
from tests.simulator.years.driver import Driver

Step = Callable[[int], Awaitable[None]]
PHNOM_PENH_SECONDS = 7 * 3600
"""How far its clocks are ahead of UTC, all year."""


class Life:
    """The world at an instant; every act has an instant of its own."""

    def __init__(self, driver: Driver, cast: Cast) -> None:
        """Begins when everybody has entered."""
        self.driver, self.cast = driver, cast
        self.books: Books = driver.books
        self.rng = driver.rng
        self.now = START + HOUR
        self._agenda: list[tuple[int, int, Step]] = []
        self._steps = self._ids = 0
        self.habits: dict[str, int | None] = {}
        """When the next top-up of a number comes; None for one that is given up."""
        self.last_proofs: list[Any] = []
        """What somebody overheard, to show it again."""
        self.lies: list[str] = []

    def tick(self, within_ms: int = 60 * SECOND) -> int:
        """Time passes; the instant of the next act."""
        self.now += 1 + self.rng.randrange(within_ms)
        return self.now

    def later(self, after_ms: int, step: Step) -> None:
        """Something is to be done by then."""
        self._steps += 1
        heapq.heappush(self._agenda, (self.now + after_ms, self._steps, step))

    def soon(self, low_hours: float, high_hours: float, step: Step) -> None:
        """Something is to be done some hours from now."""
        self.later(round(self.rng.uniform(low_hours, high_hours) * HOUR), step)

    async def catch_up(self, until: int) -> None:
        """Do what is due until then, each at its time."""
        while self._agenda and self._agenda[0][0] <= until:
            due, _, step = heapq.heappop(self._agenda)
            self.now = max(self.now, due)
            await step(self.tick())
        self.now = max(self.now, until)

    def new_id(self) -> str:
        """A UUID that is the same in every run of a seed."""
        self._ids += 1
        return str(UUID(bytes=self.rng.randbytes(16), version=4))

    def day(self, at: int | None = None) -> tuple[int, int, int]:
        """The day, by the operator's clocks."""
        seconds = (self.now if at is None else at) // SECOND + PHNOM_PENH_SECONDS
        moment = datetime.fromtimestamp(seconds, UTC)
        return (moment.year, moment.month, moment.day)

    def numbers_in_stock(self) -> list[Msisdn]:
        """All numbers that are ours to give."""
        return [msisdn(index) for index in range(self.cast.numbers)]

    def some_held(self) -> Msisdn | None:
        """A number that somebody holds."""
        held = self.books.held()
        return Msisdn(self.rng.choice(held)) if held else None

    def chance(self, share: float) -> bool:
        """Whether it happens this time."""
        return self.rng.random() < share

    def staff(self, among: tuple[str, ...], *but: str) -> str:
        """One of ours who is there; who is suspended stays away, mostly."""
        there = [
            login
            for login in among
            if login not in but and (self.chance(0.02) or not self.cast.is_suspended(login))
        ]
        return self.rng.choice(there or [among[0]])


__all__ = ["DAY", "HOUR", "SECOND", "Life", "Step"]
