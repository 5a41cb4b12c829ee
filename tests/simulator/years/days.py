"""One run: the days of a population, one after the other, and an audit at the end of each month."""

from collections.abc import Awaitable, Callable
from random import Random
from typing import Final, NamedTuple

from tenure.promises.numbers.model.requests import Kind
from tests.simulator.years import acts, crooks, duties, requests
from tests.simulator.years.auditor import Auditor
from tests.simulator.years.books import DAY, HOUR, Books, Violation
from tests.simulator.years.cast import START, Cast
from tests.simulator.years.driver import Driver
from tests.simulator.years.life import Life

MONTH = 30
FRESH_CARDS_MIN = 20
THINGS_A_DAY_MAX = 2
"""More people are looked after and top up, and no more than this is of note on a day."""
SKIPPED = 0.35
"""On so many days the clock does nothing."""
PEOPLE_A_THING = 25
"""Of so many people one does something of note on a day."""


async def _transfer(life: Life, number: str, at: int) -> None:
    kinds = [Kind.TRANSFER] * 7 + [Kind.INHERITANCE, Kind.LEGAL_ORDER]
    taker = life.rng.randint(1, life.cast.count)
    await requests.begin(life, life.rng.choice(kinds), number, at, taker)


async def _new_sim(life: Life, number: str, at: int) -> None:
    if life.chance(0.5):
        await acts.change_line(life, number, at, lost=True)
    await requests.begin(life, Kind.SIM, number, life.tick())


async def _lift_lock(life: Life, number: str, at: int) -> None:
    locked = sorted(life.books.locks)
    await requests.lift_lock(life, life.rng.choice(locked) if locked else number, at)


async def _retire_key(life: Life, number: str, at: int) -> None:
    del number
    await acts.retire_key(life, life.rng.randint(1, life.cast.count), at)


async def _suspend_staff(life: Life, number: str, at: int) -> None:
    del number
    await acts.suspend_staff(life, at, life.rng.choice(acts.SUSPENDABLE))


THINGS: Final[dict[Callable[[Life, str, int], Awaitable[None]], int]] = {
    _transfer: 34,
    _new_sim: 16,
    acts.lock: 8,
    _lift_lock: 10,
    acts.hold: 6,
    acts.change_line: 6,
    acts.suspend_line: 4,
    acts.restrict_line: 4,
    requests.restore: 6,
    _retire_key: 5,
    _suspend_staff: 5,
}
"""How often of a hundred times somebody does what."""


class Outcome(NamedTuple):
    """What a run came to."""

    seed: int
    people: int
    days: int
    done: dict[str, int]
    refused: dict[str, int]
    stopped: dict[str, int]
    broken: dict[str, int]
    audits: int
    checks: int
    violations: tuple[Violation, ...]

    def __str__(self) -> str:
        """The run, to be read."""
        first = (
            f"seed {self.seed}: {self.people} people, {self.days} days,"
            f" {sum(self.done.values())} things done, {sum(self.refused.values())} refused,"
            f" {sum(self.stopped.values())} stopped by the database,"
            f" {self.audits} audits with {self.checks} checks, {len(self.violations)} violations"
        )
        lines = [first]
        for what in ("done", "refused", "stopped", "broken"):
            counts = getattr(self, what)
            told = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
            lines.append(f"  {what}: {told}")
        return "\n".join(lines)


class Run:
    """A run that is under way."""

    def __init__(self, dsn: str, owner: str, seed: int, *, people: int, faults: int = 30) -> None:
        """On an empty database, whose figures are those of smart-kh."""
        self.seed, self.people = seed, people
        self.books = Books()
        self.rng = Random(seed)
        self.driver = Driver(dsn, self.rng, self.books, faults)
        self.cast = Cast(self.driver, people)
        self.life = Life(self.driver, self.cast)
        self.auditor = Auditor(self.life, owner)
        self.days = 0

    async def play(self, days: int, *, until_broken: str = "") -> Outcome:
        """So many days; with ``until_broken`` no more than are needed to find that law broken."""
        try:
            await self.cast.enter()
            for _ in range(self.people):
                await acts.sell(self.life, self.life.tick())
            for day in range(1, days + 1):
                await self._day(day)
                self.days = day
                if day % MONTH == 0 or day == days:
                    await self._month()
                if until_broken in {one.law for one in self.books.violations}:
                    break
        finally:
            await self.driver.close()
            self.auditor.close()
        return self.outcome()

    async def _day(self, day: int) -> None:
        life, rng = self.life, self.rng
        noon = START - START % DAY + day * DAY + 12 * HOUR
        await life.catch_up(max(life.now, noon))
        if len(self.cast.fresh_cards) < FRESH_CARDS_MIN:
            await self.cast.restock()
        for number, due in list(life.habits.items()):
            if due is not None and due <= life.now and self.books.holder(number) is not None:
                await acts.top_up(life, number, life.tick())
        busy = min(self.people / PEOPLE_A_THING, THINGS_A_DAY_MAX)
        for _ in range(int(busy) + (rng.random() < busy % 1)):
            await self._something()
        if rng.random() < 0.3:
            await crooks.try_something(life, life.tick())
        await life.catch_up(life.now)
        await self._clock(day)

    async def _clock(self, day: int) -> None:
        """Late, twice, not at all, or at an instant that was before."""
        life, roll = self.life, self.rng.random()
        if roll < SKIPPED and day % MONTH:
            return
        await duties.run(life, life.tick())
        roll = self.rng.random()
        if roll < 0.08:
            await duties.run(life, life.now)
        elif roll < 0.16:
            await duties.run(life, life.now - self.rng.randrange(3 * DAY))

    async def _something(self) -> None:
        """One thing that somebody does."""
        life, at = self.life, self.life.tick()
        number = life.some_held()
        if number is None or life.chance(0.25):
            await acts.sell(life, at)
            return
        things = list(THINGS)
        weights = [THINGS[thing] for thing in things]
        await self.rng.choices(things, weights)[0](life, str(number), at)

    async def _month(self) -> None:
        """The end of a month: the clock runs once without any fault, and the auditor comes."""
        calm, self.driver.faults = self.driver.faults, 0
        await duties.run(self.life, self.life.tick())
        duties.nothing_is_forgotten(self.life, self.life.now)
        self.driver.faults = calm
        await self.auditor.audit()

    def outcome(self) -> Outcome:
        """What it came to so far."""
        driver = self.driver
        return Outcome(
            seed=self.seed,
            people=self.people,
            days=self.days,
            done=dict(driver.done),
            refused=dict(driver.refused),
            stopped=dict(driver.stopped),
            broken=dict(driver.broken),
            audits=self.auditor.audits,
            checks=self.books.checks,
            violations=tuple(self.books.violations),
        )
