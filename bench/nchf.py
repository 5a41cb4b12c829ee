"""The sessions of bench/gy over Nchf: HTTP/2 with prior knowledge, one server process, PostgreSQL.

Prints requests a second at saturation, latencies at half of that, the memory of the server, what
the gateway alone can do, and the ratio to ``pgbench -N -M prepared -c 32`` on the same cluster in
the same run:

    python -m bench.nchf --people 1000000 --seconds 20
"""

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import uvloop

from bench import ground
from tenure.commands import collector
from tenure.gateways.nchf.server import Server, Settings
from tenure.postgres.connection import connector
from tenure.postgres.embedded import APPLICATION, Cluster
from tenure.postgres.lanes import Lanes
from tenure.promises.charging import operations as charging
from tenure.promises.charging.model import Answer, Ask, Granted
from tenure.promises.tariffs import rules as tariffs
from tenure.terms import pack

ROOT = Path(__file__).parents[1]
NOTHING = "nothing"
"""In place of a database: every ask is granted at once, so that the gateway is measured alone."""


class Generous:
    """Grants everything and remembers nothing."""

    async def ask(self, command: Ask, /) -> Answer:
        """As ``Lanes.ask``."""
        return Answer(
            refusal=None,
            groups=tuple(
                Granted(group.rating_group, 0, None, group.requested, 3600, 1000)
                for group in command.groups
            ),
        )


def lanes_of(dsn: str, options: argparse.Namespace) -> Lanes[Ask, Answer]:
    """Charging as in ``tenure up``."""
    book = tariffs.compile_book(pack.load("smart-kh"))

    return charging.lanes(connector(dsn), book, count=options.lanes, batch_max=options.batch)


async def serve(dsn: str, options: argparse.Namespace) -> None:
    """One server process: the gateway, its lanes, nothing else; prints its port when it is open."""
    lanes = None if dsn == NOTHING else lanes_of(dsn, options)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Server(Settings(secret=os.urandom(64), port=port), lanes or Generous())
    if lanes is not None:
        lanes.start()
    await server.start()
    collector.settle()
    print(port, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await server.stop()
    if lanes is not None:
        print(f"{lanes.commands / max(lanes.batches, 1):.1f} asks a batch", file=sys.stderr)
        await lanes.stop()


class Process:
    """A server process, and the client that drives it."""

    def __init__(self, dsn: str, options: argparse.Namespace) -> None:
        self.environment = {**os.environ, "PYTHONPATH": f"{ground.SOURCES}:{ROOT}"}
        sizes = ["--lanes", str(options.lanes), "--batch", str(options.batch)]
        self.running = subprocess.Popen(
            [sys.executable, "-m", "bench.nchf", "--serve", dsn, *sizes],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=self.environment,
        )
        assert self.running.stdout is not None
        self.port = int(self.running.stdout.readline())
        self.population = [
            "--first", str(ground.FIRST_IMSI), "--count", str(options.people),
            "--seconds", str(options.seconds),
        ]  # fmt: skip

    def drive(self, *options: str) -> dict[str, Any]:
        """One run of the client, and what it cost the server."""
        command = [sys.executable, "-m", "bench.nchf_client", "--port", str(self.port)]
        used = ground.cpu_seconds(self.running.pid)
        done = subprocess.run(
            [*command, *self.population, *options],
            check=True, stdout=subprocess.PIPE, text=True, env=self.environment,
        )  # fmt: skip
        cpu = ground.cpu_seconds(self.running.pid) - used
        result: dict[str, Any] = json.loads(done.stdout)
        per_request = cpu / max(result["requests"], 1) * 1e6
        return result | {"server_cpu_micros_per_request": round(per_request, 1)}

    def stop(self) -> None:
        """End it as Ctrl-C does, in good order."""
        assert self.running.stdin is not None
        self.running.stdin.close()
        self.running.wait(20)


def measure(cluster: Cluster, options: argparse.Namespace) -> dict[str, Any]:
    """The runs, one after the other, pgbench before and after."""
    name = ground.populate(cluster, options.people)
    many = ["--outstanding", str(options.outstanding)]
    before = ground.pgbench(cluster, options.seconds)
    server = Process(cluster.dsn_of(APPLICATION, name), options)
    full = server.drive(*many)
    half = server.drive("--rate", str(full["per_second"] / 2))
    memory_mb = ground.memory_octets(server.running.pid) / 1e6
    server.stop()
    after = ground.pgbench(cluster, options.seconds)
    alone = Process(NOTHING, options)
    gateway = alone.drive(*many)
    alone.stop()
    reference = (before + after) / 2
    return {
        "people": options.people,
        "pgbench_tps": [round(before), round(after)],
        "saturation": full,
        "ratio_to_pgbench": round(full["per_second"] / reference, 2),
        "half_load": half,
        "server_memory_mb": round(memory_mb),
        "gateway_alone": gateway,
    }


def main() -> None:
    """Run it all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--outstanding", type=int, default=256)
    parser.add_argument("--lanes", type=int, default=2)
    parser.add_argument("--batch", type=int, default=200)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        uvloop.install()
        asyncio.run(serve(options.serve, options))
        return
    with Cluster.start(ground.folder("cluster")) as cluster:
        print(json.dumps(measure(cluster, options), indent=2))


if __name__ == "__main__":
    main()
