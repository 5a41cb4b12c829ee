"""Copies the database of an embedded server by dump and restore, and exchanges it for the copy."""

import asyncio
import shutil
from typing import Final

import psycopg
from psycopg import sql

from tenure.postgres import data_folder, programs
from tenure.postgres.embedded import DATABASE, SUPERUSER, Cluster
from tenure.postgres.programs import CannotStartError
from tenure.postgres.transaction import Transaction

COPY: Final = "restored"
ASIDE: Final = "aside"
FORMAT: Final = "directory"
TRIES_MAX: Final = 100
AGAIN_SECONDS: Final = 0.01
_DISCONNECT: Final = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"


def copied(cluster: Cluster) -> str:
    """A new database with all that a dump of the running one holds; its name."""
    found = programs.find(data=cluster.data)
    folder = cluster.home / "dump"
    data_folder.own(folder, found)
    target = folder / "tenure"
    reach = (f"--host={cluster.socket_folder}", f"--port={cluster.port}", f"--username={SUPERUSER}")
    try:
        found.run("pg_dump", *reach, f"--format={FORMAT}", f"--file={target}", DATABASE)
        with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(COPY)))
        found.run("pg_restore", *reach, "--jobs=2", f"--dbname={COPY}", str(target))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return COPY


async def swapped(cluster: Cluster, other: str) -> str:
    """Put another database in the place of the running one; the name of the one set aside.

    Everybody is disconnected: nobody else may be in a database that gets another name.
    """
    aside = ASIDE if other == COPY else COPY
    connection = await psycopg.AsyncConnection.connect(
        cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True
    )
    async with connection:
        for old, new in ((DATABASE, aside), (other, DATABASE)):
            await _renamed(connection, old, new)
    return aside


async def _renamed(connection: Transaction, old: str, new: str) -> None:
    """Whoever connects again meanwhile is disconnected again."""
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
        sql.Identifier(old), sql.Identifier(new)
    )
    for _ in range(TRIES_MAX):
        await connection.execute(_DISCONNECT, [old])
        try:
            await connection.execute(rename)
        except psycopg.errors.ObjectInUse:
            await asyncio.sleep(AGAIN_SECONDS)
        else:
            return
    raise CannotStartError(f"somebody stays connected to the database {old}; end that first")
