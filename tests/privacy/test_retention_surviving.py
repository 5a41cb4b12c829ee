"""An erasure survives a death between ledger and act, and a copy of yesterday that is put back."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from tenure.commands import ending
from tenure.commands.promises import audit, register
from tenure.postgres.embedded import APPLICATION, SUPERUSER, Cluster
from tenure.postgres.pool import Pool, pool_of
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.numbers.operations.register import Auditor
from tenure.promises.privacy.model.retention import Entry
from tenure.promises.privacy.operations import retention
from tenure.promises.privacy.operations.retention import Ledger
from tenure.terms import pack
from tests.numbers.stocked import act
from tests.privacy.ended import GONE, after, entry_id, erased, left
from tests.privacy.test_retention_erasing import rows

NAME: Final = "SELECT name FROM people.person WHERE person_id = 1"
DYING: Final = """
import asyncio, os, signal, sys
from pathlib import Path
from tenure.commands import ending
from tenure.postgres.pool import pool_of
from tenure.promises.privacy.model.retention import Entry
from tenure.promises.privacy.operations import retention
from tenure.promises.privacy.operations.retention import Ledger
dsn, path, at, steps = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
done = 0
real = retention.end_some
async def some(tx, *asked):
    global done
    done += 1
    if done > steps:
        os.kill(os.getpid(), signal.SIGKILL)
    return await real(tx, *asked)
retention.end_some = some
async def run():
    async with pool_of(dsn, size_min=1, size_max=2) as pool:
        await ending.go_on(pool, Ledger(path), at)
asyncio.run(run())
"""


async def test_killed_between_ledger_and_act_it_goes_on(
    pool: Pool, database: str, owner: str, tmp_path: Path
) -> None:
    await left(pool, owner)
    at, book = after(401), tmp_path / "ledger"
    await perform(pool, retention.erase, GONE, entry_id(1), act("<holder>", at))
    for steps in (0, 12, 40):
        arguments = [sys.executable, "-c", DYING, database, str(book), str(at), str(steps)]
        died = await asyncio.to_thread(subprocess.run, arguments, check=False, capture_output=True)
        assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    assert rows(owner, NAME) == [("Person 1",)]
    assert len(Ledger(book).entries()) == 1

    await ending.go_on(pool, Ledger(book), at)

    assert rows(owner, NAME) == [("",)]
    told = rows(owner, "SELECT count(*) FROM record.leaf WHERE kind = 'privacy.erased'")
    assert told == [(1,)]


async def test_a_copy_that_is_put_back_is_cleaned_by_the_ledger_beside_the_keys(
    cluster: Cluster, database_name: str, pool: Pool, owner: str, tmp_path: Path
) -> None:
    await left(pool, owner)
    await pool.close()
    copy = f"{database_name}_yesterday"
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(made.format(sql.Identifier(copy), sql.Identifier(database_name)))
        granted = sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}")
        connection.execute(granted.format(sql.Identifier(copy), sql.Identifier(APPLICATION)))
    book = Ledger(tmp_path / "ledger")
    async with pool_of(cluster.dsn_of(APPLICATION, database_name), size_min=1, size_max=2) as today:
        await erased(today, book.path, after(401))
    yesterday = cluster.dsn_of(SUPERUSER, copy)
    assert rows(yesterday, NAME) == [("Person 1",)]

    async with pool_of(cluster.dsn_of(APPLICATION, copy), size_min=1, size_max=2) as restored:
        assert await ending.replay(restored, book, after(402)) == 1
        assert await ending.replay(restored, book, after(402)) == 0

    assert rows(yesterday, NAME) == [("",)]
    whys = rows(yesterday, "SELECT why FROM privacy.erasure")
    assert whys == [("replay",)]
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(copy)))


async def test_a_line_that_was_cut_off_swallows_no_other(tmp_path: Path) -> None:
    book = Ledger(tmp_path / "ledger")
    first = Entry(entry_id(1), "request", GONE, after(1))
    second = Entry(entry_id(2), "request", GONE, after(2))
    book.note(first)
    with book.path.open("ab") as file:
        file.write(b'{"entry":"0000')
    book.note(second)
    book.note(second)
    assert [one.entry_id for one in book.entries()] == [first.entry_id, second.entry_id]


async def test_the_promises_are_kept_after_an_erasure(
    pool: Pool, owner: str, tmp_path: Path
) -> None:
    await left(pool, owner)
    published = audit.settings(pack.load("smart-kh"))

    async def broken(tx: Transaction) -> dict[str, str]:
        figures = [await audit.figure(tx, check, published) for check in register.checks()]
        return {
            f"{one.check.promise} {one.check.name}": one.example for one in figures if one.broken
        }

    before = await perform(pool, broken)
    await erased(pool, tmp_path / "ledger", after(401))
    await ending.go_on(pool, Ledger(tmp_path / "ledger"), after(1825 + 31))
    await ending.end_periods(pool, Ledger(tmp_path / "ledger"), after(1825 + 31))

    assert await perform(pool, broken) == before
    look = await perform(pool, Auditor().look)
    assert look.differences == ()
