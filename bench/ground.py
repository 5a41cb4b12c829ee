"""The ground that benchmarks stand on: a cluster with a population, and pgbench beside it."""

import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

import tenure
from tenure.postgres import migrations
from tenure.postgres.embedded import APPLICATION, SUPERUSER, Cluster
from tenure.postgres.programs import find
from tenure.values.instant import Instant

SOURCES: Final = Path(tenure.__file__).parents[1]
"""Where Tenure was found: src, or what make compiled has made."""
FIRST_MSISDN: Final = 85_510_000_000
FIRST_IMSI: Final = 456_060_000_000_000

PURSES: Final = """
INSERT INTO money.purse (purse_id, funds_micros, funds_end)
SELECT n, 1000000000, now() + interval '300 days' FROM generate_series(1, %s) AS n
"""
LINES: Final = """
INSERT INTO numbers.line (msisdn, imsi, purse_id, offer, language, since)
SELECT (%s + n)::text, (%s + n)::text, n, 'prepaid', 'en', now() FROM generate_series(1, %s) AS n
"""


def now() -> Instant:
    """This instant."""
    return Instant(time.time_ns() // 1_000_000)


def folder(name: str) -> Path:
    """Where a benchmark keeps its cluster between runs: TENURE_BENCH_DATA, or below /tmp."""
    chosen = os.environ.get("TENURE_BENCH_DATA")
    base = Path(chosen) if chosen else Path(tempfile.gettempdir()) / "tenure-bench"
    return base / name


def cpu_seconds(pid: int) -> float:
    """User and system time that a process has used (proc(5), fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def postgres_below(pid: int) -> list[int]:
    """The processes of PostgreSQL that this process, or one of its children, has started."""
    parents: dict[int, int] = {}
    names: dict[int, str] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            head, _, rest = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")
        except OSError:
            continue  # it has just ended
        number, _, name = head.partition(" (")
        parents[int(number)], names[int(number)] = int(rest.split()[1]), name
    found = []
    for each in parents:
        above = each
        while above not in {0, pid}:
            above = parents.get(above, 0)
        if above == pid and names[each] == "postgres":
            found.append(each)
    return found


def memory_octets(pid: int) -> int:
    """Resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def populate(cluster: Cluster, people: int) -> str:
    """A database with so many subscribers, made once; its name."""
    name = f"people_{people}"
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        if known.fetchone():
            return name
        print(f"making {people:,} subscribers, once …", file=sys.stderr)
        building = sql.Identifier(f"{name}_building")
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(building))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(building))
    dsn = cluster.dsn_of(SUPERUSER, f"{name}_building")
    migrations.migrate(dsn, migrations.read(migrations.folder()), at=now())
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("SELECT money.open_month(now())")
        connection.execute(PURSES, (people,))
        connection.execute(LINES, (FIRST_MSISDN - 1, FIRST_IMSI - 1, people))
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(building, sql.Identifier(name))
        )
        connection.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                sql.Identifier(name), sql.Identifier(APPLICATION)
            )
        )
    return name


def pgbench(cluster: Cluster, seconds: int, clients: int = 32) -> float:
    """Transactions a second of ``pgbench -N -M prepared`` on this cluster, scale 10."""
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'pgbench'")
        fresh = known.fetchone() is None
        if fresh:
            connection.execute("CREATE DATABASE pgbench")
    where = conninfo_to_dict(cluster.dsn_of(SUPERUSER, "pgbench"))
    reach = [
        "-h",
        str(where["host"]),
        "-p",
        str(where.get("port", 5432)),
        "-U",
        SUPERUSER,
        "pgbench",
    ]
    programs = find(data=cluster.data)
    if fresh:
        programs.run("pgbench", "-i", "-s", "10", "-q", *reach)
    run = ["-N", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds)]
    said = programs.run("pgbench", *run, *reach)
    found = re.search(r"tps = ([0-9.]+)", said)
    assert found, said
    return float(found.group(1))
