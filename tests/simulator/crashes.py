"""Real crashes under load: kill -9 of the server process, of PostgreSQL, or of both at once.

One ask of a person is outstanding at a time, people ask all at once.  What was not answered when
the process died is sent again to the next one, as a network element does.  So the order of effects
of a purse is known whatever died when, and the auditor stays exact.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeAlias

import psycopg

from tenure.postgres import migrations
from tenure.postgres.embedded import APPLICATION, SUPERUSER, Cluster
from tenure.promises.charging.model import Ask, Refusal
from tenure.terms import pack
from tests.simulator import books, world
from tests.simulator.auditor import Auditor, Violation
from tests.simulator.faults import kill_postgres
from tests.simulator.prices import Prices
from tests.simulator.simulation import placed
from tests.simulator.worker import ANSWERED, LENGTH, frame
from tests.simulator.workload import Clock, Workload

PEOPLE = 60
Server: TypeAlias = "subprocess.Popen[bytes]"
ROOT = Path(__file__).resolve().parents[2]


class Report(NamedTuple):
    """What the crashes came to."""

    answers: int
    kills_of_server: int
    kills_of_postgres: int
    sent_again: int
    found_done: int
    """Of those sent again, so many had taken effect before the crash."""
    violations: list[Violation]

    def __str__(self) -> str:
        """The report in a line."""
        return (
            f"{self.answers} answers through {self.kills_of_server} kills -9 of the server and "
            f"{self.kills_of_postgres} of PostgreSQL; {self.sent_again} asks sent again, of which "
            f"{self.found_done} had been done; {len(self.violations)} violations"
        )


class Crashes:
    """People who ask, a server that dies, and what is outstanding between them."""

    def __init__(self, cluster: Cluster, dsn: str, seed: int) -> None:
        self.cluster = cluster
        self.dsn = dsn
        self.rng = Random(seed)
        terms = pack.load("smart-kh")
        self.world = world.make(terms, self.rng, PEOPLE)
        self.auditor = Auditor(Prices(terms), terms.terms)
        world.introduce(self.world, self.auditor)
        self.workload = Workload(self.world, self.rng)
        self.clock = Clock(self.world.start, self.rng, [])
        self.queues: dict[int, deque[Ask]] = {}
        self.outstanding: dict[int, tuple[int, Ask]] = {}
        """By person (0: a stranger): the number of the frame, and the ask."""
        self.again: set[int] = set()
        self.number = self.sent_again = self.found_done = 0

    def round(self, *, server_dies: bool, postgres_dies: bool) -> None:
        """Start a server, let people ask, and kill something in the middle of it."""
        with subprocess.Popen(
            [sys.executable, "-m", "tests.simulator.worker", self.dsn],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        ) as server:
            assert server.stdin is not None
            assert self._heard(server)
            for person, (_, ask) in list(self.outstanding.items()):
                self.sent_again += 1
                self.again.add(person)
                self._send(server, person, ask)
            killers = []
            if postgres_dies:
                killers.append(self._later(lambda: kill_postgres(self.cluster)))
            if server_dies:
                killers.append(self._later(lambda: os.kill(server.pid, signal.SIGKILL)))
            self._converse(server, until_death=server_dies, killers=killers)
            for killer in killers:
                killer.join()
            with contextlib.suppress(BrokenPipeError):
                server.stdin.close()

    def _later(self, kill: Callable[[], None]) -> threading.Timer:
        timer = threading.Timer(self.rng.uniform(0.05, 0.6), kill)
        timer.start()
        return timer

    def _converse(
        self,
        server: Server,
        *,
        until_death: bool,
        killers: list[threading.Timer],
    ) -> None:
        """Ask and listen until the server is dead, or until the killers have done their work."""
        begun = time.monotonic()
        asking = True
        while asking or self.outstanding:
            if asking:
                self._ask(server)
            if not self._heard(server):
                return
            done = not any(killer.is_alive() for killer in killers)
            if not until_death and done and time.monotonic() > begun + 0.7:
                asking = False

    def _ask(self, server: Server) -> None:
        """Give everybody who is idle something to ask."""
        while len(self.outstanding) < PEOPLE // 2:
            self.clock.run()
            for ask in self.workload.some(self.clock.at):
                person = self.auditor.by_identity.get(ask.msisdn or ask.imsi, 0)
                self.queues.setdefault(person, deque()).append(ask)
            for person, queue in self.queues.items():
                if queue and person not in self.outstanding:
                    self._send(server, person, queue.popleft())

    def _send(self, server: Server, person: int, ask: Ask) -> None:
        self.number += 1
        self.outstanding[person] = (self.number, ask)
        assert server.stdin is not None
        # If it died, the ask stays outstanding and is sent to the next one.
        with contextlib.suppress(BrokenPipeError):
            server.stdin.write(frame(self.number, ask))
            server.stdin.flush()

    def _heard(self, server: Server) -> bool:
        """Hear one answer; False when the server is dead and has said its last."""
        assert server.stdout is not None
        head = server.stdout.read(LENGTH.size)
        if len(head) < LENGTH.size:
            return False
        body = server.stdout.read(LENGTH.unpack(head)[0])
        if len(body) < LENGTH.unpack(head)[0]:
            return False
        number, answer = ANSWERED.decode(body)
        if number == 0:
            return True
        person, ask = next(
            (who, ask) for who, (sent, ask) in self.outstanding.items() if sent == number
        )
        if answer.refusal in (Refusal.ACCIDENT, Refusal.TOO_BUSY):
            self._send(server, person, ask)  # nothing is known: ask again
            return True
        del self.outstanding[person]
        if person in self.again:
            self.again.discard(person)
            self.found_done += answer.repeated
        self.auditor.heard(ask, answer)
        self.workload.heard(ask, answer)
        return True


def crashes(cluster: Cluster, seed: int, *, rounds: int) -> Report:
    """So many rounds in a database of their own; every third one kills PostgreSQL."""
    name = f"crashes_{seed}"
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    steps = migrations.read(migrations.folder())
    migrations.migrate(cluster.dsn_of(SUPERUSER, name), steps, at=world.START)
    dsn = cluster.dsn_of(APPLICATION, name)
    run = Crashes(cluster, dsn, seed)
    placed(dsn, run.world)
    servers = databases = 0
    for number in range(rounds):
        postgres_dies = number % 3 == 1
        server_dies = number % 6 != 1
        servers, databases = servers + server_dies, databases + postgres_dies
        run.round(server_dies=server_dies, postgres_dies=postgres_dies)
    run.round(server_dies=False, postgres_dies=False)
    books.audit(dsn, run.auditor)
    return Report(
        answers=run.auditor.heard_answers,
        kills_of_server=servers,
        kills_of_postgres=databases,
        sent_again=run.sent_again,
        found_done=run.found_done,
        violations=run.auditor.violations,
    )
