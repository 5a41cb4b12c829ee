"""Watches what passes between the gateways and the lanes: rates, latencies, refusals, recent lines.

It holds numbers of the last seconds and names of refusals.  Of people it holds only the numbers of
those charged a moment ago, until their charge has been put into words.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from tenure.gateways.web.wire.shapes import Refused, Traffic
from tenure.promises.charging.model import Answer, Ask, Granted, Refusal

WINDOW_SECONDS: Final = 10
"""Percentiles are of the requests of so many seconds."""
HISTORY_SECONDS: Final = 120
RECENT_MAX: Final = 24
SAMPLES_PER_SECOND_MAX: Final = 20_000
"""More latencies than this of one second add nothing to a percentile."""

WORDS: Final[dict[Refusal, str]] = {
    Refusal.UNKNOWN_SUBSCRIBER: "no line has this number",
    Refusal.KEY_REUSED: "the same request number with another content",
    Refusal.UNKNOWN_SESSION: "an update of a session that is not open",
    Refusal.OUT_OF_ORDER: "a request number from long ago",
    Refusal.SESSION_EXISTS: "a session that is open already",
    Refusal.LOST_OR_STOLEN: "the SIM was reported lost or stolen",
    Refusal.SUSPENDED: "the line is suspended",
    Refusal.RESTRICTED: "the line is restricted from this service for now",
    Refusal.BARRED: "outgoing or incoming use is barred on the line",
    Refusal.STAGE_BLOCKED: "the validity of the number has ended",
    Refusal.NOTHING_ASKED: "a request that asks for nothing",
    Refusal.INVALID_UNITS: "units that cannot be right",
    Refusal.TOO_MANY_GROUPS: "too many rating groups in a request",
    Refusal.TOO_MANY_SESSIONS: "too many sessions of one line at once",
    Refusal.RATING_FAILED: "the tariff has no price for it",
    Refusal.UNKNOWN_RATING_GROUP: "a rating group without a price",
    Refusal.CREDIT_EXHAUSTED: "not enough money or allowance",
    Refusal.NOTHING_TO_REFUND: "nothing to refund",
    Refusal.PURCHASE_TOO_LARGE: "more than one purchase may cost",
    Refusal.TOO_BUSY: "more waits than can be answered in time",
    Refusal.ACCIDENT: "our own fault; the log says more",
}
"""Each refusal of charging, for the people who watch."""


class Meter:
    """Rates and latencies of one gateway."""

    def __init__(self, name: str, address: str) -> None:
        """``address`` is where it listens."""
        self.name, self.address = name, address
        self.total = 0
        self._count = 0
        self._micros: list[int] = []
        self._seconds: deque[tuple[int, list[int]]] = deque(maxlen=WINDOW_SECONDS)

    def answered(self, micros: int) -> None:
        """One request was answered after so many microseconds."""
        self.total += 1
        self._count += 1
        if len(self._micros) < SAMPLES_PER_SECOND_MAX:
            self._micros.append(micros)

    def tick(self) -> tuple[int, int]:
        """A second has passed; how many it answered, and their p95."""
        second = self._count, self._micros
        self._seconds.append(second)
        self._count, self._micros = 0, []
        return second[0], percentile(sorted(second[1]), 95)

    def traffic(self) -> Traffic:
        """This gateway as it is shown."""
        micros = sorted(each for _, second in self._seconds for each in second)
        return Traffic(
            name=self.name,
            address=self.address,
            per_second=self._seconds[-1][0] if self._seconds else 0,
            total=self.total,
            p50_micros=percentile(micros, 50),
            p95_micros=percentile(micros, 95),
            p99_micros=percentile(micros, 99),
        )


def percentile(ascending: Sequence[int], percent: int) -> int:
    """The value that so many percent do not exceed; 0 of nothing."""
    if not ascending:
        return 0
    return ascending[min(len(ascending) * percent // 100, len(ascending) - 1)]


class Taking(Protocol):
    """What takes asks and answers them: the lanes, or what stands before them."""

    def submit(self, command: Ask, reply: Callable[[Answer], None], /) -> None:
        """Queue an ask; reply is called once, after its effect is on disk."""
        ...

    async def ask(self, command: Ask, /) -> Answer:
        """Queue an ask and wait for its answer."""
        ...


class Watch:
    """What all gateways together did."""

    def __init__(self) -> None:
        """Nothing has been seen yet."""
        self.meters: list[Meter] = []
        self.refusals: Counter[str] = Counter()
        self.words: dict[str, str] = {}
        self.history: deque[int] = deque(maxlen=HISTORY_SECONDS)
        self.latency: deque[int] = deque(maxlen=HISTORY_SECONDS)
        self.charged: deque[Ask] = deque(maxlen=RECENT_MAX)
        """Asks that moved money or allowance since somebody took them."""
        self.penniless: Callable[[str], None] | None = None
        """Told the number of who could not pay: the demo's shoppers are drawn from them."""
        self.called: Callable[[Ask], None] | None = None
        """Told of every ask that was answered: a call may mean something besides its charge."""

    def before(self, lanes: Taking, name: str, address: str) -> "WatchedLanes":
        """The lanes, for one gateway, with this watch before them."""
        meter = Meter(name, address)
        self.meters.append(meter)
        return WatchedLanes(lanes, meter, self)

    def refused(self, name: str, words: str) -> None:
        """Something was refused by name."""
        self.refusals[name] += 1
        self.words.setdefault(name, words)

    def answered(self, ask: Ask, answer: Answer) -> None:
        """An ask was answered: note refusals and who was charged."""
        if self.called is not None:
            # Also what was refused: who is barred from calling may end advertising all the same.
            self.called(ask)
        if answer.refusal is not None:
            self.refused(answer.refusal.name, WORDS[answer.refusal])
            return
        for group in answer.groups:
            if group.refusal is not None:
                self._refused_group(ask, group)
        if not answer.repeated and (answer.cost_micros or _used(ask)):
            self.charged.append(ask)

    def _refused_group(self, ask: Ask, group: Granted) -> None:
        assert group.refusal is not None
        if group.refusal is Refusal.CREDIT_EXHAUSTED and self.penniless is not None:
            self.penniless(ask.msisdn)
        self.refused(group.refusal.name, WORDS[group.refusal])

    def tick(self) -> None:
        """A second has passed."""
        seconds = [meter.tick() for meter in self.meters]
        self.history.append(sum(count for count, _ in seconds))
        self.latency.append(max((p95 for _, p95 in seconds), default=0))

    def most_refused(self, limit: int) -> tuple[Refused, ...]:
        """The refusals by name, the most frequent first."""
        return tuple(
            Refused(name, self.words[name], count)
            for name, count in self.refusals.most_common(limit)
        )


def _used(ask: Ask) -> bool:
    return any(group.used is not None and group.used.units for group in ask.groups)


class WatchedLanes:
    """Lanes that are watched; a gateway uses them as it would use the lanes."""

    def __init__(self, lanes: Taking, meter: Meter, watch: Watch) -> None:
        """``lanes`` may be watched ones."""
        self._lanes, self._meter, self._watch = lanes, meter, watch

    def submit(self, command: Ask, reply: Callable[[Answer], None]) -> None:
        """Queue an ask; ``reply`` is called once, after its effect is on disk."""
        began_ns = time.perf_counter_ns()

        def replied(answer: Answer) -> None:
            reply(answer)
            self._meter.answered((time.perf_counter_ns() - began_ns) // 1_000)
            self._watch.answered(command, answer)

        self._lanes.submit(command, replied)

    async def ask(self, command: Ask) -> Answer:
        """Queue an ask and wait for its answer."""
        began_ns = time.perf_counter_ns()
        answer = await self._lanes.ask(command)
        self._meter.answered((time.perf_counter_ns() - began_ns) // 1_000)
        self._watch.answered(command, answer)
        return answer
