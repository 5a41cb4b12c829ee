"""Puts what is watched into words, once a second: the figures, and the newest charges explained."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from tenure.commands.up.watching import Watch
from tenure.gateways.web.translate import clock_time, date, happening, local, masked, wording
from tenure.gateways.web.wire.shapes import Happening, Live
from tenure.postgres.pool import Pool
from tenure.postgres.state import look
from tenure.postgres.transaction import perform
from tenure.promises.money import operations as money
from tenure.promises.money.model import Entry, EntryKind
from tenure.promises.numbers import operations as numbers
from tenure.terms.pricelist import Pack
from tenure.values.instant import Instant
from tenure.values.quantity import Unit, quantity

log = logging.getLogger(__name__)

EXPLAINED_PER_SECOND: Final = 4
"""So many are read by a person; the rest of a busy second stays in the store."""
SHOWN_MAX: Final = 14
SEEN_MAX: Final = 200
STORE_SECONDS_MAX: Final = 3
COUNTED_EVERY: Final = 60
"""Lines are counted once in so many seconds."""
REFUSALS_SHOWN: Final = 10
ALARM: Final = "ALARM: tables and record differ about numbers, {count}: tenure number audit"
TOPUP_KINDS: Final = frozenset({EntryKind.TOPUP, EntryKind.BUNDLE})
CHARGE_KINDS: Final = frozenset({EntryKind.USAGE, EntryKind.EVENT, EntryKind.REFUND})


class About(msgspec.Struct, frozen=True):
    """What does not change while Tenure runs."""

    pack: Pack
    version: str
    simulated: bool
    where: str
    """Where the data is."""
    page: str
    demo: str
    phones: str = ""
    """Where the phones of the demo are, or ""."""


class Showing:
    """The live view's state."""

    def __init__(self, about: About, watch: Watch, pool: Pool, now: Callable[[], Instant]) -> None:
        """Nothing is known yet; ``run`` finds it out."""
        self._about, self._watch, self._pool, self._now = about, watch, pool, now
        self._said = wording(about.pack)
        self._zone = self._said.zone
        self._began = time.monotonic()
        self._charges: deque[Happening] = deque(maxlen=SHOWN_MAX)
        self._topups: deque[Happening] = deque(maxlen=SHOWN_MAX)
        self._topped_up: deque[int] = deque(maxlen=SHOWN_MAX)
        self._seen: deque[tuple[int, int]] = deque(maxlen=SEEN_MAX)
        """Purses and entries that were shown, so that none is shown twice."""
        self._store, self._well = "PostgreSQL is being asked", True
        self.lines = 0
        self.record: Callable[[], tuple[str, bool]] = lambda: ("", True)
        """How far the record is, in a sentence, and whether it is well."""
        self._looks = 0
        self._alarms = 0

    def changed(self, purse_ids: Sequence[int]) -> None:
        """Purses were changed outside of charging: topped up, most likely."""
        self._topped_up.extend(purse_ids)

    def live(self) -> Live:
        """The view of this moment."""
        about = self._about
        return Live(
            operator=about.pack.terms.name,
            version=about.version,
            time=self._time(),
            simulated=about.simulated,
            uptime=uptime(int(time.monotonic() - self._began)),
            lines=self.lines,
            traffic=tuple(meter.traffic() for meter in self._watch.meters),
            history=tuple(self._watch.history),
            latency=tuple(self._watch.latency),
            charges=tuple(self._charges),
            topups=tuple(self._topups),
            refusals=self._watch.most_refused(REFUSALS_SHOWN),
            store=self._store,
            store_well=self._well,
            page=about.page,
            demo=about.demo,
            phones=about.phones,
            record=self.record()[0],
            record_well=self.record()[1],
            alarm=ALARM.format(count=self._alarms) if self._alarms else "",
        )

    def _time(self) -> str:
        at = self._now()
        moment = local(at, self._zone)
        offset = f"{moment:%z}"
        return f"{moment:%A} {date(at, self._zone)}, {moment:%H:%M:%S} {offset[:3]}:{offset[3:]}"

    async def run(self) -> None:
        """Look once a second, until cancelled."""
        while True:
            await asyncio.sleep(1)
            self._watch.tick()
            await self._look()

    async def _look(self) -> None:
        began = time.perf_counter()
        try:
            async with asyncio.timeout(STORE_SECONDS_MAX):
                health = await perform(self._pool, look)
                took_ms = (time.perf_counter() - began) * 1_000
                if self._looks % COUNTED_EVERY == 0:
                    self.lines = await perform(self._pool, numbers.count)
                self._alarms = len(await perform(self._pool, numbers.register.alarms_open))
                await self._explain()
        except Exception as error:  # noqa: BLE001 -- whatever it is, the view goes on and says so
            self._well = False
            self._store = f"PostgreSQL does not answer ({type(error).__name__}); it is asked again"
            log.warning("the live view gets no answer from the store: %s", type(error).__name__)
            return
        self._well = True
        self._looks += 1
        size = quantity(health.octets, Unit.OCTETS)
        self._store = (
            f"PostgreSQL {health.version} in {self._about.where}: {size},"
            f" answers in {took_ms:.1f} ms"
        )

    async def _explain(self) -> None:
        asked_at = {ask.msisdn: ask.at for ask in self._watch.charged if ask.msisdn}
        self._watch.charged.clear()
        for msisdn, at in list(asked_at.items())[-EXPLAINED_PER_SECOND:]:
            await self._explain_number(msisdn, at)
        purse_ids = list(dict.fromkeys(self._topped_up))[-EXPLAINED_PER_SECOND:]
        self._topped_up.clear()
        if purse_ids:
            lines = await perform(self._pool, numbers.find_by_purses, purse_ids)
            for line in lines.values():
                entries = await perform(self._pool, money.entries, line.purse_id, 3)
                self._note(self._topups, entries, masked(line.msisdn), TOPUP_KINDS)

    async def _explain_number(self, msisdn: str, at: Instant) -> None:
        line = await perform(self._pool, numbers.find, msisdn)
        if line is not None:
            found = await perform(self._pool, money.entries, line.purse_id, 1)
            # What is free is entered when its session ends: the newest entry may be an old one.
            entries = [entry for entry in found if entry.at >= at]
            self._note(self._charges, entries, masked(msisdn), CHARGE_KINDS)

    def _note(
        self,
        shown: deque[Happening],
        entries: Sequence[Entry],
        number: str,
        kinds: frozenset[EntryKind],
    ) -> None:
        entry = next((one for one in entries if one.kind in kinds), None)
        if entry is None or (entry.purse_id, entry.seq) in self._seen:
            return
        self._seen.append((entry.purse_id, entry.seq))
        time_ = clock_time(entry.at, self._zone)
        shown.appendleft(happening(entry, number, self._said, time_))


def uptime(seconds: int) -> str:
    """2 d 3 h, 3 h 4 min, 5 min 6 s."""
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if days:
        return f"{days} d {hour} h"
    if hours:
        return f"{hours} h {minute} min"
    return f"{minute} min {second} s" if minutes else f"{second} s"
