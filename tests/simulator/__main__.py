"""Plays one run of the simulator and audits it: ``python -m tests.simulator --seed 1 --hours 24``.

The same seed, hours and people give the same run.  Exits with 1 when a law was broken.
"""

import argparse
import asyncio
import logging
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from secrets import randbelow

from tenure.postgres import migrations
from tenure.postgres.embedded import APPLICATION, DATABASE, SUPERUSER, Cluster
from tenure.terms import pack
from tests.simulator.crashes import crashes
from tests.simulator.simulation import Faults, Simulation, play
from tests.simulator.world import START

SHOWN = 20


def main() -> int:
    """Play and report; the exit code."""
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="0 draws a new one")
    parser.add_argument("--hours", type=int, default=24, help="simulated hours")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--cuts", type=int, default=20, help="cut connections per 1000 bursts")
    parser.add_argument("--kills", type=int, default=2, help="kills of PostgreSQL per 1000 bursts")
    parser.add_argument(
        "--crashes", type=int, default=0,
        help="besides, so many real kill -9 of a server process under load",
    )  # fmt: skip
    options = parser.parse_args()
    seed = options.seed or 1 + randbelow(1_000_000_000)
    logging.disable(logging.WARNING)
    folder = Path(tempfile.mkdtemp(prefix="tenure-simulator-"))
    folder.chmod(0o711)
    try:
        with Cluster.start(folder) as cluster:
            owner = cluster.dsn_of(SUPERUSER)
            migrations.migrate(owner, migrations.read(migrations.folder()), at=START)
            faults = Faults(options.cuts, options.kills)
            simulation = Simulation(
                pack.load("smart-kh"), seed, people=options.people, faults=faults
            )
            begun = time.monotonic()
            dsn = cluster.dsn_of(APPLICATION, DATABASE)
            outcome = asyncio.run(play(cluster, dsn, simulation, hours=options.hours))
            rate = outcome.answers / (time.monotonic() - begun)
            sys.stdout.write(f"{outcome}; {rate:.0f} answers/s\n")
            violations = list(outcome.violations)
            if options.crashes:
                report = crashes(cluster, seed, rounds=options.crashes)
                sys.stdout.write(f"{report}\n")
                violations += report.violations
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for law, count in Counter(violation.law for violation in violations).most_common():
        sys.stdout.write(f"BROKEN {count} times: {law}\n")
    for violation in violations[:SHOWN]:
        sys.stdout.write(f"  purse {violation.purse_id}, {violation.law}: {violation.seen}\n")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
