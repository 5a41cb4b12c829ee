"""The command ``tenure privacy drill``: erases somebody invented, and looks for them in a copy."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import msgspec
import typer

from tenure.commands import connect, figures
from tenure.commands.connect import AsJson, Operator
from tenure.keystore import opening
from tenure.keystore.shelf import Shelf
from tenure.postgres import migrations
from tenure.postgres.connection import connector
from tenure.postgres.embedded import Cluster
from tenure.postgres.programs import CannotStartError
from tenure.postgres.transaction import Transaction
from tenure.promises.people import operations as people
from tenure.promises.people.model import Person
from tenure.promises.privacy import operations as privacy
from tenure.promises.privacy.model import Made, PutBack
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.sealing import Whose

NAME: Final = "privacy drill"
PEOPLE: Final = 20
ERASED: Final = 7
DRILL: Final = "drill"


class Finding(msgspec.Struct, frozen=True):
    """One question of the drill, and whether the answer is the right one."""

    asked: str
    found: int
    right: bool


def add(parent: typer.Typer) -> None:
    """Make this command part of ``tenure privacy``."""
    parent.command()(drill)


def drill(operator: Operator = connect.OPERATOR, as_json: AsJson = False) -> None:
    """Show that whoever is erased is gone from copies that were made before.

    In a database and a key store of its own, which are removed again: people are invented, one of
    them with a name that stands nowhere else.  A copy is made, that one's keys are destroyed, and
    the name is looked for in the old copy with every key that is left, and in what it becomes when
    it is put back.  Exit code 1 if it is found, or if anybody else is not whole.

    Example: tenure privacy drill
    """
    terms, at = connect.terms_of(NAME, operator), connect.instant_typed(None)
    with _scene(terms, at) as (cluster, again, folder):
        findings = asyncio.run(_drilled((cluster, again), folder, terms, at))
    words = "\n".join(
        f"{'ok ' if one.right else 'NO '} {one.asked}: {one.found:,}" for one in findings
    )
    connect.say(words, findings, as_json=as_json)
    if not all(one.right for one in findings):
        raise typer.Exit(connect.FAILED)


@contextmanager
def _scene(terms: Terms, at: Instant) -> Iterator[tuple[Cluster, Cluster, Path]]:
    """A database with the figures of the pack, an empty one, and a folder: only for the drill."""
    folder = Path(tempfile.mkdtemp(prefix="tenure-drill-"))
    folder.chmod(0o711)
    try:
        with (
            Cluster.start(folder / "first", throw_away=True) as first,
            Cluster.start(folder / "second", throw_away=True) as second,
        ):
            for cluster in (first, second):
                steps = migrations.read(migrations.folder())
                migrations.migrate(cluster.owner_dsn, steps, at=at)
            figures.keep(first.owner_dsn, terms, at)
            yield first, second, folder
    except CannotStartError as error:
        connect.fail(NAME, str(error))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _drilled(
    clusters: tuple[Cluster, Cluster], folder: Path, terms: Terms, at: Instant
) -> list[Finding]:
    """The drill: what was asked, and what was found."""
    word = os.urandom(12).hex()
    with closing(opening.make(folder / "keys", at_ms=at)) as shelf:
        first = await connector(clusters[0].owner_dsn)()
        async with first:
            async with first.transaction():
                act = connect.act_of("<drill>", at)
                await people.enter_all(first, _invented(word, terms, at), act)
            async with first.transaction():
                made = await privacy.make_copy(first, shelf, folder / "copy", operator=DRILL, at=at)
            assert isinstance(made, Made)
            before = await _looked(first, shelf, folder, word)
            ended = await _erased(first, shelf, at)
            after = await _looked(first, shelf, folder, word)
            back, left = await _put_back(clusters[1], shelf, folder, word)
    return [
        Finding("files of the copy in which the name stands as it is", before[0], before[0] == 0),
        Finding("values in which it can be read with the key store", before[1], before[1] > 0),
        Finding("keys that were destroyed", ended, ended > 0),
        Finding("values in which it can be read with every key left", after[1], after[1] == 0),
        Finding("rows of the old copy that were put back", back.rows, back.omitted > 0),
        Finding("rows that were not, because their keys are gone", back.omitted, back.omitted > 0),
        Finding("rows in which the name stands now", left[0], left[0] == 0),
        Finding("others who are whole", left[1], left[1] == PEOPLE - 1),
    ]


def _invented(word: str, terms: Terms, at: Instant) -> list[Person]:
    """People; the name of one of them, and nobody else, is the word."""
    language = terms.languages[0]
    return [
        Person(one, word if one == ERASED else f"somebody {one} {word[::-1]}", language, at)
        for one in range(1, PEOPLE + 1)
    ]


async def _looked(tx: Transaction, shelf: Shelf, folder: Path, word: str) -> tuple[int, int]:
    """In how many files the word stands, and in how many values it can be read."""
    copy = folder / "copy"
    async with tx.transaction():
        read = await privacy.searching.in_copy(tx, shelf, copy, operator=DRILL, word=word.encode())
    return await privacy.searching.in_files(copy, word.encode()), read


async def _erased(tx: Transaction, shelf: Shelf, at: Instant) -> int:
    """End every key of one person; how many there were."""
    keys, whose = privacy.Keys(shelf), Whose("person", ERASED)
    async with tx.transaction():
        for class_ in sorted({one.keep for _, one in privacy.register.holdings() if one.keep}):
            await keys.destroy(tx, whose, class_, connect.act_of("<drill>", at))
    async with tx.transaction():
        return (await keys.settle(tx, at)).keys


async def _put_back(
    cluster: Cluster, shelf: Shelf, folder: Path, word: str
) -> tuple[PutBack, tuple[int, int]]:
    """Put the old copy back beside; in how many rows the word stands, and how many others do."""
    connection = await connector(cluster.owner_dsn)()
    async with connection, connection.transaction():
        back = await privacy.put_copy_back(connection, shelf, folder / "copy", operator=DRILL)
        theirs = await privacy.searching.in_database(connection, word)
        return back, (theirs, await privacy.searching.in_database(connection, word[::-1]))
