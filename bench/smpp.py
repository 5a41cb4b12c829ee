"""How many texts a second go through one bind: ``python -m bench.smpp``.

A message centre of ours runs as a process of its own on this machine.  First texts come from
memory: the codec, the session and the window.  Then they are notices of a database: waiting,
decided and committed, put into words, submitted, reported, and their receipts matched.
"""

import argparse
import asyncio
import os
import platform
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec
import psycopg
import uvloop
from psycopg import sql

from bench.ground import cpu_seconds, now, postgres_below
from tenure.gateways.smpp.server.conversation import Conversation, elapsed_ms
from tenure.gateways.smpp.server.gateway import Gateway
from tenure.gateways.smpp.server.notices import Notices
from tenure.gateways.smpp.server.port import News, Outgoing, Reported, Source
from tenure.gateways.smpp.server.settings import Settings, Smsc
from tenure.gateways.smpp.session.session import Asked, Outcome, Session, Timers
from tenure.gateways.smpp.session.table import Side
from tenure.gateways.smpp.wire.bodies import Bind, Message
from tenure.gateways.smpp.wire.names import Command, Esm, State
from tenure.gateways.smpp.wire.receipt import parameters, written
from tenure.gateways.smpp.wire.writing import message_answer_body, message_body
from tenure.postgres import migrations
from tenure.postgres.embedded import APPLICATION, SUPERUSER, Cluster
from tenure.postgres.pool import pool_of
from tenure.postgres.transaction import perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import NoticeKind, Telling
from tenure.promises.numbers.rules.holding import figures_of
from tenure.terms import pack
from tenure.values.msisdn import Msisdn
from tests.notices.crowd import FIRST, crowd

TARGET: Final = 3_000
"""Texts a second."""
WINDOW: Final = 50
AT_ONCE: Final = 10_000
KH: Final = pack.load("smart-kh")
TIMES: Final = ("2611220800", "2611220801")


class Centre:
    """A message centre that takes everything, and may report everything as delivered."""

    def __init__(self, *, receipts: bool) -> None:
        self._receipts, self._count = receipts, 0

    def visited(self) -> Conversation[int]:
        """Somebody connects."""
        session: Session[int] = Session(Side.SMSC, Timers(), elapsed_ms())
        conversation: Conversation[int] = Conversation(
            session, lambda outcome: self._handle(conversation, outcome)
        )
        return conversation

    def _handle(self, conversation: Conversation[int], outcome: Outcome[int]) -> None:
        session = conversation.session
        match outcome:
            case Asked(header=header, body=Bind()):
                conversation.send(session.let_in(header, b"BENCH\0"))
            case Asked(header=header, body=Message() as message):
                self._count += 1
                message_id = f"{self._count:x}"
                conversation.send(session.answer(header, 0, message_answer_body(message_id)))
                if self._receipts and message.registered_delivery:
                    text = written(message_id, State.DELIVERED, TIMES)
                    receipt = Message(
                        message.destination, message.source, text, esm_class=Esm.RECEIPT,
                        tlvs=parameters(message_id, State.DELIVERED),
                    )  # fmt: skip
                    body = message_body(receipt)
                    conversation.send(session.ask(Command.DELIVER_SM, body, 0, elapsed_ms()))
            case _:
                pass


async def be_a_centre(*, receipts: bool) -> None:
    """Listen, say where, and go on until killed."""
    centre = Centre(receipts=receipts)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(centre.visited, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


class Memory:
    """Texts from memory, and how many were taken."""

    def __init__(self, texts: Sequence[Outgoing]) -> None:
        self._texts, self._at = texts, 0
        self.taken = 0

    async def take(self, via: str, limit: int, *, receipts: bool) -> Sequence[Outgoing]:
        """The next ones."""
        del via, receipts
        found = self._texts[self._at : self._at + limit]
        self._at += len(found)
        return found

    async def tell(self, news: News) -> Sequence[Reported]:
        """Count."""
        self.taken += len(news.taken)
        return ()


@asynccontextmanager
async def centre(folder: Path, *, receipts: bool) -> AsyncIterator[tuple[Smsc, int]]:
    """A centre, and its process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.smpp", "--centre", *(["--receipts"] if receipts else []),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        port = int(await process.stdout.readline())
        password = folder / "password"
        password.write_text("secret")
        password.chmod(0o600)
        smsc = Smsc(
            name="bench", host="127.0.0.1", port=port, system_id="tenure", window=WINDOW,
            password_file=password, sender="888", receipts=receipts,
        )  # fmt: skip
        yield smsc, process.pid
    finally:
        process.kill()
        await process.wait()


async def nobody(heard: object) -> None:
    """No phone says anything."""
    raise AssertionError(heard)


async def measured(source: Source, smsc: Smsc, centre_pid: int, count: int) -> float:
    """Hand over so many texts; how many a second."""
    gateway = Gateway(Settings((smsc,)), source, nobody, None, now)
    ours, databases = os.getpid(), postgres_below(os.getpid())
    watched = {"gateway": [ours], "PostgreSQL": databases, "centre": [centre_pid]}
    before = {name: sum(map(cpu_seconds, pids)) for name, pids in watched.items()}
    working = asyncio.create_task(gateway.run())
    tally = gateway.links[0].tally
    while not tally.submitted:  # noqa: ASYNC110 -- it is not to be disturbed
        await asyncio.sleep(0.001)
    began = time.perf_counter()
    while tally.handed < count or (smsc.receipts and tally.receipts < count):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    while gateway.reports.behind:  # noqa: ASYNC110 -- the same
        await asyncio.sleep(0.01)
    seconds = time.perf_counter() - began
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    print(f"   {count} texts in {seconds:.1f} s: {count / seconds:,.0f} a second")
    for name, pids in watched.items():
        used = sum(map(cpu_seconds, pids)) - before[name]
        if used:
            print(f"   {name}: {used / count * 1e6:.0f} µs of processor time a text")
    return count / seconds


async def bare(folder: Path, count: int) -> float:
    """Texts from memory."""
    texts = [
        Outgoing(number, str(FIRST + number), f"Balance {number}") for number in range(1, count + 1)
    ]
    async with centre(folder, receipts=False) as (smsc, pid):
        return await measured(Memory(texts), smsc, pid, count)


async def with_notices(folder: Path, dsn: str, count: int, *, receipts: bool) -> float:
    """Notices of a database."""
    async with pool_of(dsn, size_min=2, size_max=4) as pool:
        for first in range(1, count + 1, AT_ONCE):
            told = [
                Telling(
                    Msisdn(str(FIRST + line)), 1 + line // 2, "en", NoticeKind.SELFCARE_REPLY,
                    {"text": f"Balance {line}"}, now(),
                )
                for line in range(first, min(first + AT_ONCE, count + 1))
            ]  # fmt: skip
            await perform(pool, notices.tell, told)
        async with centre(folder, receipts=receipts) as (smsc, pid):
            return await measured(Notices(pool, KH, now), smsc, pid, count)


def database(cluster: Cluster, count: int) -> str:
    """A database with lines and holders enough; the application's way in."""
    name = "texts"
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    owner = cluster.dsn_of(SUPERUSER, name)
    migrations.migrate(owner, migrations.read(migrations.folder()), at=now())
    figures = msgspec.json.encode(figures_of(KH.terms)).decode()
    with psycopg.connect(owner) as connection:
        connection.execute("SET LOCAL ROLE tenure_owner")
        connection.execute("SELECT numbers.keep_figures(%s::jsonb)", [figures])
    crowd(owner, count + count // 8)
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                sql.Identifier(name), sql.Identifier(APPLICATION)
            )
        )
        connection.execute("VACUUM (ANALYZE)")
    return cluster.dsn_of(APPLICATION, name)


def run(folder: Path, count: int) -> float:
    """All of it; the slowest rate without receipts."""
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, window {WINDOW}, load before {load:.1f}")
    print("from memory:")
    rates = [uvloop.run(bare(folder, 2 * count))]
    with Cluster.start(folder / "cluster") as cluster:
        dsn = database(cluster, count)
        print("notices of a database, fsync on:")
        rates.append(uvloop.run(with_notices(folder, dsn, count, receipts=False)))
        print("the same, each with its receipt:")
        uvloop.run(with_notices(folder, dsn, count, receipts=True))
    return min(rates)


def main() -> None:
    """Measure, and say whether the target is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=30_000, help="texts of each kind")
    parser.add_argument("--centre", action="store_true", help="be the message centre")
    parser.add_argument("--receipts", action="store_true", help="as the centre: report each text")
    chosen = parser.parse_args()
    if chosen.centre:
        uvloop.run(be_a_centre(receipts=chosen.receipts))
        return
    with tempfile.TemporaryDirectory(prefix="tenure-bench-smpp-") as name:
        Path(name).chmod(0o711)
        rate = run(Path(name), chosen.count)
    print(f"target: {TARGET} texts a second: {'met' if rate >= TARGET else 'MISSED'}")


if __name__ == "__main__":
    main()
