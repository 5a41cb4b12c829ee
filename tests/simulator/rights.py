"""A year of requests about what is held: ``python -m tests.simulator.rights --requests 10000``.

People of a few numbers ask whatever they like by every channel, prove who they are at once, late or
never, repeat and contradict themselves; a clock that is late, doubled and skipped goes on with the
cases, and an officer who reads the alerts does what waits for a human.  At the end everybody was
answered before the deadline, and the database says so.  The same seed gives the same year.
"""

import argparse
import asyncio
import logging
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
import psycopg

from tenure.commands.exporting import desk as exporting
from tenure.commands.exporting.desk import Desk
from tenure.commands.up.answering import answering
from tenure.postgres import migrations
from tenure.postgres.embedded import APPLICATION, DATABASE, SUPERUSER, Cluster
from tenure.postgres.pool import Pool, pool_of
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.people.model import Changes
from tenure.promises.privacy import model, operations
from tenure.terms.rights import ProofWay, Right
from tenure.values.instant import DAY_MS, HOUR_MS, Instant
from tenure.values.refused import Refused
from tests.conftest import furnish
from tests.numbers.asked import LATER, holder_key
from tests.numbers.stocked import KH, act, sell
from tests.people.settled import evidence
from tests.privacy.rights_asked import OFFICER, settled, whose

rights = operations.rights
held = model.rights
exports = model.exports

YEAR_DAYS: Final = 365
TICK_MS: Final = 6 * HOUR_MS
PEOPLE: Final = (1, 2, 3, 4, 5)
WITH_KEYS: Final = (1, 2, 3)
MIX: Final = {
    Right.STOP_MARKETING: 40,
    Right.WITHDRAW: 20,
    Right.RESTRICT: 8,
    Right.CORRECT: 8,
    Right.DELETE: 12,
    Right.DISCLOSED: 10,
    Right.KNOW: 1,
    Right.COPY: 1,
}


class Outcome(msgspec.Struct):
    """What the year came to."""

    asked: int
    late: int
    open: int
    outcomes: Counter[str]
    alerts: int

    def __str__(self) -> str:
        ends = ", ".join(f"{count} {name}" for name, count in sorted(self.outcomes.items()))
        return (
            f"{self.asked} requests: {self.late} late, {self.open} open; {ends};"
            f" officers heard {self.alerts} times"
        )


class Year:
    """One simulated year over a database."""

    def __init__(self, pool: Pool, folder: Path, seed: int, requests: int, days: int) -> None:
        """All chance is of ``seed``; the requests come in so many days."""
        self._pool, self._chance, self._now = pool, random.Random(seed), LATER
        self._desk = Desk(pool, KH, bytes(32), folder, lambda: self._now)
        self._span_ms = days * DAY_MS
        times = sorted(self._chance.randrange(self._span_ms) for _ in range(requests))
        self._requests = [Instant(LATER + one) for one in times]
        self._corrected = 0
        self._proofs: list[tuple[Instant, UUID]] = []
        self._clock = answering(pool, KH)
        self._begun, self._told = time.monotonic(), 0

    async def play(self) -> None:
        """The year, and four weeks in which what is open is answered."""
        await self._numbers()
        asked = list(enumerate(self._requests, 1))
        for tick in range(LATER, LATER + self._span_ms + 28 * DAY_MS, TICK_MS):
            until = Instant(tick + TICK_MS)
            while asked and asked[0][1] < until:
                await self._ask(*asked.pop(0))
            for at, case_id in sorted(one for one in self._proofs if one[0] < until):
                await self._prove(case_id, at)
            self._proofs = [one for one in self._proofs if one[0] >= until]
            # A clock that is skipped, late, or comes twice.
            for _ in range(self._chance.choice((0, 1, 1, 1, 2))):
                self._now = Instant(until + self._chance.randrange(HOUR_MS))
                await self._clock(self._now)
            await self._officer(until)
            self._tell(len(self._requests) - len(asked))

    def _tell(self, asked: int) -> None:
        """Show how far the year is, each thousand requests and at its end."""
        if asked // 1000 > self._told // 1000 or asked == len(self._requests) > self._told:
            seconds = time.monotonic() - self._begun
            sys.stderr.write(f"  {asked} of {len(self._requests)} asked after {seconds:.0f} s\n")
            self._told = asked

    async def _numbers(self) -> None:
        """Everybody has a number, so that an answer reaches them."""
        for index, person_id in enumerate(PEOPLE[1:], 1):
            sold = sell(index, holder_id=person_id)
            done = await perform(self._pool, numbers.holding.activate, KH, sold, act())
            assert not isinstance(done, Refused), done

    async def _ask(self, number: int, at: Instant) -> None:
        right = self._chance.choices([*MIX], [*MIX.values()])[0]
        who = self._chance.choice(WITH_KEYS if KH.privacy.rights.rule(right).proofs else PEOPLE)
        channel = self._chance.choice([*held.Receipt])
        entered = Instant(at + self._chance.randrange(24 * HOUR_MS))
        wanted = ("offers",) if right is Right.WITHDRAW else ()
        new = held.NewCase(UUID(int=number, version=4), right, whose(who), channel, at, wanted)
        found = await perform(self._pool, rights.receive, KH, new, act("<app>", entered))
        assert isinstance(found, held.Dossier), found
        if found.case.needs_proof and self._chance.random() < 0.9:
            later = self._chance.choice((0, HOUR_MS, 30 * HOUR_MS, 200 * HOUR_MS))
            self._proofs.append((Instant(entered + later), new.case_id))

    async def _prove(self, case_id: UUID, at: Instant) -> None:
        known = await perform(self._pool, rights.find, case_id)
        assert known is not None
        signed = holder_key(known.case.prover.whom).assertion(rights.proof_hash(known.case))
        shown = held.Shown(ProofWay.PASSKEY, signed)
        found = await perform(self._pool, rights.prove, KH, case_id, shown, act("<page>", at))
        assert isinstance(found, held.Dossier), found

    async def _officer(self, at: Instant) -> None:
        """Does what waits for a human, as soon as half of its time is over."""
        for one in await perform(self._pool, rights.alerts):
            known = await perform(self._pool, rights.find, one.case_id)
            assert known is not None
            if known.now.state is not held.State.CHECKED:
                continue
            if known.case.right is Right.CORRECT:
                await self._correct(known, at)
            else:
                await self._export(known)
            self._now = Instant(max(at, self._now))
            await perform(self._pool, rights.work, KH, one.case_id, act("<clock>", self._now))

    async def _correct(self, known: "held.Dossier", at: Instant) -> None:
        whom = known.case.whose.whom
        self._corrected += 1
        changes = Changes(name=f"Person {whom} {self._corrected}")
        shown = evidence(whom, changes, at)
        done = await perform(
            self._pool, numbers.profiles.correct, KH, whom, changes, shown, act("sok", at)
        )
        assert not isinstance(done, Refused), done

    async def _export(self, known: "held.Dossier") -> None:
        case, kind = known.case, exports.Kind(known.case.whose.kind)
        asked = exports.Whose(kind, case.whose.whom)
        scope = exports.Scope.COPY if case.right is Right.COPY else exports.Scope.KNOW
        made = await exporting.ask(self._desk, asked, scope, "km", OFFICER, str(case.case_id))
        assert not isinstance(made, Refused), made
        done = await exporting.run(self._desk, made.job, OFFICER)
        assert not isinstance(done, Refused), done


async def play(dsn: str, folder: Path, seed: int, requests: int, days: int = YEAR_DAYS) -> Outcome:
    """The year, or so many days, and what the database says about it."""
    async with pool_of(dsn, size_min=1, size_max=2) as pool:
        await settled(pool)
        await Year(pool, folder, seed, requests, days).play()
    with psycopg.connect(dsn) as connection:
        late = connection.execute("SELECT count(*) FROM privacy.rights_step WHERE late").fetchone()
        open_ = connection.execute("SELECT count(*) FROM privacy.rights_open").fetchone()
        alerts = connection.execute("SELECT count(*) FROM privacy.rights_alert").fetchone()
        ends = connection.execute(
            "SELECT outcome || CASE WHEN ground = '' THEN '' ELSE ' (' || ground || ')' END,"
            " count(*) FROM privacy.rights_step WHERE state = 'closed' GROUP BY 1"
        ).fetchall()
    assert late and open_ and alerts
    return Outcome(requests, late[0], open_[0], Counter(dict(ends)), alerts[0])


def main() -> int:
    """Play and report; 1 when somebody was answered late or not at all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--requests", type=int, default=10_000)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    folder = Path(tempfile.mkdtemp(prefix="tenure-rights-"))
    folder.chmod(0o711)
    try:
        with Cluster.start(folder, throw_away=True) as cluster:
            owner = cluster.dsn_of(SUPERUSER)
            migrations.migrate(owner, migrations.read(migrations.folder()), at=Instant(LATER))
            furnish(owner, "smart-kh")
            dsn = cluster.dsn_of(APPLICATION, DATABASE)
            begun, cpu = time.monotonic(), time.process_time()
            outcome = asyncio.run(play(dsn, folder, options.seed, options.requests))
            seconds, cpu_seconds = time.monotonic() - begun, time.process_time() - cpu
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(f"{outcome}\n  in {seconds:.0f} s, {cpu_seconds:.0f} s of them ours\n")
    return 1 if outcome.late or outcome.open else 0


if __name__ == "__main__":
    sys.exit(main())
