"""The restore drill: who was erased is unreadable in an old copy, and does not come back."""

import itertools
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import msgspec
import psycopg
import pytest

from tenure.keystore import opening
from tenure.keystore.shelf import Shelf
from tenure.postgres.embedded import APPLICATION, Cluster
from tenure.promises.privacy.model.copies import Content, CopyRefusal, Made, Manifest
from tenure.promises.privacy.operations.putting_back import UnfitError
from tenure.promises.privacy.store import copy_files
from tenure.promises.privacy.store.copy_files import MANIFEST
from tenure.values.refused import Refused
from tenure.values.sealing import Key, Sealer, Whose, key_id_of
from tests.privacy import keys_world as world
from tests.privacy.keys_world import CANARY
from tests.simulator.years.days import Run

_numbers = itertools.count(1)


class Scene(NamedTuple):
    """A world, its copy, and the store of its keys."""

    owner: str
    shelf: Shelf
    copy: Path
    person: int
    """Who is marked."""
    made: Made


@pytest.fixture(scope="module")
def played(cluster: Cluster, furnished: str) -> Iterator[str]:
    """Two months of people who buy, call, lose, give and get numbers."""
    with world.database_of(cluster, furnished, "keys_world") as owner:
        with psycopg.connect(owner, autocommit=True) as connection:
            connection.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE keys_world TO {APPLICATION}")
        yield owner


@pytest.fixture(scope="module")
def origin(cluster: Cluster, played: str, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The world, made once, with its copy."""
    import asyncio  # noqa: PLC0415 -- a fixture of the module has no loop of its own

    folder = tmp_path_factory.mktemp("copies")
    folder.chmod(0o700)
    application = cluster.dsn_of(APPLICATION, "keys_world")
    outcome = asyncio.run(Run(application, played, 3, people=12).play(24))
    assert outcome.violations == ()
    person = world.marked(played)
    shelf = opening.make(folder / "keys", at_ms=0)
    made = asyncio.run(world.copied(played, shelf, folder / "copy"))
    assert isinstance(made, Made)
    return Scene(played, shelf, folder / "copy", person, made)


@pytest.fixture
def scene(origin: Scene, tmp_path: Path) -> Iterator[Scene]:
    """The same with a store and files of the test's own, to be spoilt."""
    shutil.copytree(origin.shelf.path.parent, tmp_path / "keys")
    shutil.copytree(origin.copy, tmp_path / "copy")
    with closing(opening.opened(tmp_path / "keys")) as shelf:
        yield origin._replace(shelf=shelf, copy=tmp_path / "copy")


@pytest.fixture
def empty(cluster: Cluster, template: str) -> Iterator[str]:
    """A migrated database with nothing in it."""
    with world.database_of(cluster, template, f"keys_empty_{next(_numbers)}") as owner:
        yield owner


@pytest.fixture(scope="module")
def untouched(cluster: Cluster, template: str) -> Iterator[str]:
    """A migrated database with nothing in it, and nothing comes."""
    with world.database_of(cluster, template, "keys_untouched") as owner:
        yield owner


async def test_what_was_copied_comes_back_row_by_row(scene: Scene, empty: str) -> None:
    back = await world.put_back(empty, scene.shelf, scene.copy)
    assert world.rows_of(empty) == world.rows_of(scene.owner)
    assert (back.rows, back.omitted, back.emptied) == (scene.made.rows, 0, 0)
    assert (back.orphans, back.hollow) == (0, 0)
    with psycopg.connect(scene.owner) as was, psycopg.connect(empty) as now:
        for catalogue in (SEQUENCES, CONSTRAINTS, PARTITIONS, TRIGGERS):
            assert now.execute(catalogue).fetchall() == was.execute(catalogue).fetchall()
        assert len(was.execute(PARTITIONS).fetchall()) > 1, "a month was opened"


SEQUENCES = "SELECT sequencename::text, last_value FROM pg_sequences ORDER BY 1"
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid <> 0 ORDER BY 1, 2
"""
PARTITIONS = """
    SELECT c.relname::text, pg_get_expr(c.relpartbound, c.oid), c.relowner::regrole::text,
        c.relacl::text
    FROM pg_class c WHERE c.relispartition AND c.relkind = 'r' ORDER BY 1
"""
TRIGGERS = "SELECT tgname::text, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"


async def test_the_drill(scene: Scene, empty: str) -> None:
    whose = Whose("person", scene.person)
    raw = b"".join(path.read_bytes() for path in scene.copy.iterdir())
    assert CANARY.encode() not in raw, "who has the copy alone reads nothing"
    assert CANARY.encode() in world.readable(scene.copy, scene.shelf), "and this is how to look"

    assert world.ended(scene.shelf, whose) > 0
    assert CANARY.encode() not in world.readable(scene.copy, scene.shelf)

    back = await world.put_back(empty, scene.shelf, scene.copy)
    was, now = world.rows_of(scene.owner), world.rows_of(empty)
    theirs = world.rows_about(scene.owner, scene.person)
    assert back.omitted > 0
    assert not [row for rows in now.values() for row in rows if CANARY in row]
    lost = {table: rows - theirs.get(table, Counter()) - now[table] for table, rows in was.items()}
    assert sum(rows.total() for rows in lost.values()) <= back.orphans
    gone = {table for table, rows in lost.items() if rows}
    assert gone <= {"numbers.consent"}, "only what belonged to a request that is gone"
    assert all(now[table].total() <= rows.total() for table, rows in was.items())
    assert sum(world.rows_about(empty, scene.person)["people.person"].values()) == 0
    with psycopg.connect(scene.owner) as one, psycopg.connect(empty) as other:
        for books in (BOOKS, PURSES):
            assert other.execute(books).fetchone() == one.execute(books).fetchone()


BOOKS = "SELECT count(*), sum(funds_micros), sum(owed_micros), sum(tax_micros) FROM money.entry"
PURSES = "SELECT count(*), sum(funds_micros), sum(owed_micros) FROM money.purse"


async def test_one_class_ends_and_the_others_stay(scene: Scene, empty: str) -> None:
    whose = Whose("person", scene.person)
    fence = scene.shelf.ask_fence(scene.shelf.mark(whose, "identity"))
    scene.shelf.raise_fence(fence)
    back = await world.put_back(empty, scene.shelf, scene.copy)
    assert back.hollow > 0, "rows that must stay keep the number they lead to"
    was, now = world.rows_of(scene.owner), world.rows_of(empty)
    assert now["numbers.tenure"] == was["numbers.tenure"]
    assert not [row for row in now["people.person"] if CANARY in row]
    assert [row for row in now["people.contact_code"] if CANARY in row], "of another class"


async def test_who_ends_while_the_copy_is_made_is_not_in_it(scene: Scene, empty: str) -> None:
    whose = Whose("person", scene.person)

    def end(table: str, _rows: int) -> None:
        if table == "numbers.tenure":
            world.ended(scene.shelf, whose)

    target = scene.copy.with_name("later")
    made = await world.copied(scene.owner, scene.shelf, target, end)
    assert isinstance(made, Made)
    assert made.ended > 0
    assert CANARY.encode() not in world.readable(target, scene.shelf)
    await world.put_back(empty, scene.shelf, target)
    assert not [row for rows in world.rows_of(empty).values() for row in rows if CANARY in row]


async def test_who_comes_again_is_in_the_next_copy(scene: Scene, empty: str) -> None:
    world.ended(scene.shelf, Whose("person", scene.person))
    target = scene.copy.with_name("later")
    await world.copied(scene.owner, scene.shelf, target)
    assert CANARY.encode() in world.readable(target, scene.shelf)
    assert CANARY.encode() not in world.readable(scene.copy, scene.shelf)
    await world.put_back(empty, scene.shelf, target)
    assert world.rows_of(empty) == world.rows_of(scene.owner)


async def test_keys_that_were_wrapped_anew_open_an_old_copy(scene: Scene, empty: str) -> None:
    scene.shelf.begin_epoch(at_ms=1)
    list(scene.shelf.rewrap(at_ms=1))
    assert scene.shelf.retire(before_ms=1) == (1,)
    await world.put_back(empty, scene.shelf, scene.copy)
    assert world.rows_of(empty) == world.rows_of(scene.owner)


def biggest(copy: Path) -> Path:
    """The largest file of rows."""
    rows = [one for one in copy.iterdir() if one.name != MANIFEST]
    return max(rows, key=lambda path: path.stat().st_size)


def flipped(scene: Scene) -> None:
    path = biggest(scene.copy)
    octets = bytearray(path.read_bytes())
    octets[len(octets) // 2] ^= 1
    path.write_bytes(octets)


def short(scene: Scene) -> None:
    path = biggest(scene.copy)
    path.write_bytes(path.read_bytes()[:-1])


def without_a_file(scene: Scene) -> None:
    biggest(scene.copy).unlink()


def without_manifest(scene: Scene) -> None:
    (scene.copy / MANIFEST).unlink()


def other_moment(scene: Scene) -> None:
    path = scene.copy / MANIFEST
    path.write_bytes(path.read_bytes().replace(b'"begun_at":', b'"begun_at": "x", "was":'))


def own_key_ended(scene: Scene) -> None:
    manifest, _, _ = unlocked(scene)
    mark = scene.shelf.mark(Whose("copy", int(manifest.copy_id, 16)), "copy")
    scene.shelf.raise_fence(scene.shelf.ask_fence(mark))


def keys_of_before(scene: Scene) -> None:
    """A store that lost the keys it made for the copy."""
    scene.shelf._db.execute(
        "DELETE FROM key WHERE key_id NOT IN (SELECT ?)", [unlocked(scene)[2].key_id]
    )


def unlocked(scene: Scene) -> tuple[Manifest, Content, Sealer]:
    """What somebody of ours can do who has the key of the copy."""
    manifest = copy_files.manifest_of(scene.copy)
    assert not isinstance(manifest, Refused)
    key = scene.shelf.by_id(copy_files.key_id_of_content(manifest) or b"")
    assert isinstance(key, Key)
    content = copy_files.content_of(manifest, Sealer(key))
    assert not isinstance(content, Refused)
    return manifest, content, Sealer(key)


def is_sealed(value: object) -> bool:
    return isinstance(value, bytes) and key_id_of(value) is not None


def moved(scene: Scene) -> None:
    """Give two people what was sealed for the other, and close the copy again."""
    manifest, content, sealer = unlocked(scene)
    name = "people.person"
    table = next(one for one in content.tables if f"{one.schema}.{one.table}" == name)
    chunk = next(copy_files.rows_of(scene.copy, manifest.copy_id, name, table.chunks, sealer))
    assert not isinstance(chunk, Refused)
    rows = [list(row) for row in chunk[1]]
    sealed = next(nth for nth, one in enumerate(rows[0]) if is_sealed(one))
    rows[0][sealed], rows[1][sealed] = rows[1][sealed], rows[0][sealed]
    growing = copy_files.Growing(scene.copy.with_name("forged"), manifest.copy_id, sealer)
    forged = growing.add(name, 0, [tuple(row) for row in rows])
    changed = msgspec.structs.replace(table, chunks=(forged,))
    tables = tuple(changed if one is table else one for one in content.tables)
    growing.finish(manifest, msgspec.structs.replace(content, tables=tables))
    for path in scene.copy.with_name("forged").iterdir():
        shutil.copy(path, scene.copy / path.name)


@pytest.mark.parametrize(
    ("fault", "refusal"),
    [
        (flipped, CopyRefusal.CHANGED),
        (short, CopyRefusal.INCOMPLETE),
        (without_a_file, CopyRefusal.INCOMPLETE),
        (without_manifest, CopyRefusal.NOT_A_COPY),
        (other_moment, CopyRefusal.CHANGED),
        (own_key_ended, CopyRefusal.COPY_ENDED),
        (keys_of_before, CopyRefusal.KEYS_TOO_OLD),
        (moved, CopyRefusal.CHANGED),
    ],
)
async def test_what_is_not_as_it_was_made_is_refused_and_nothing_is_put_back(
    scene: Scene, untouched: str, fault: Callable[[Scene], None], refusal: CopyRefusal
) -> None:
    fault(scene)
    with pytest.raises(UnfitError) as unfit:
        await world.put_back(untouched, scene.shelf, scene.copy)
    assert unfit.value.refused.refusal is refusal
    assert {table for table, rows in world.rows_of(untouched).items() if rows} == set()


async def test_another_store_another_operator_and_a_full_database(
    scene: Scene, empty: str, tmp_path: Path
) -> None:
    with (
        closing(opening.make(tmp_path / "other", at_ms=0)) as other,
        pytest.raises(UnfitError) as unfit,
    ):
        await world.put_back(empty, other, scene.copy)
    assert unfit.value.refused.refusal is CopyRefusal.WRONG_KEY_STORE
    with pytest.raises(UnfitError) as unfit:
        await world.put_back(empty, scene.shelf, scene.copy, operator="smartfren-id")
    assert unfit.value.refused.refusal is CopyRefusal.WRONG_OPERATOR
    with pytest.raises(UnfitError) as unfit:
        await world.put_back(scene.owner, scene.shelf, scene.copy)
    assert unfit.value.refused.refusal is CopyRefusal.TARGET_NOT_EMPTY
    with psycopg.connect(empty) as connection:
        connection.execute("ALTER TABLE people.person ADD COLUMN shoe_size integer")
    with pytest.raises((UnfitError, KeyError)):
        await world.put_back(empty, scene.shelf, scene.copy)


async def test_a_copy_is_whole_or_is_not_there(scene: Scene, tmp_path: Path) -> None:
    target = tmp_path / "broken"

    def stop(table: str, _rows: int) -> None:
        if table == "people.person":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await world.copied(scene.owner, scene.shelf, target, stop)
    assert {one.name for one in os.scandir(tmp_path)} == {"keys", "copy"}
    again = await world.copied(scene.owner, scene.shelf, scene.copy)
    assert isinstance(again, Refused)
    assert again.refusal is CopyRefusal.TARGET_NOT_EMPTY
