"""Keys are made once, end for good, and outlive the epochs that wrap them."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tenure.keystore import opening
from tenure.keystore.shelf import Shelf
from tenure.keystore.words import Lack, WrongKeyStoreError
from tenure.values.sealing import Key, Whose

DARA = Whose("person", 7)
MONY = Whose("person", 8)
DAY_MS = 86_400_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the store of a test is."""
    return tmp_path / "store"


@pytest.fixture
def shelf(folder: Path) -> Iterator[Shelf]:
    """A new store."""
    with closing(opening.make(folder, at_ms=0)) as made:
        yield made


def key_of(shelf: Shelf, whose: Whose, class_: str) -> Key:
    return shelf.key(shelf.mark(whose, class_))


def test_a_key_is_of_one_subject_and_one_class_and_is_found_again(
    shelf: Shelf, folder: Path
) -> None:
    first = key_of(shelf, DARA, "identity")
    others = [key_of(shelf, DARA, "evidence"), key_of(shelf, MONY, "identity")]
    assert len({key.secret for key in (first, *others)}) == 3
    with closing(opening.opened(folder)) as again:
        assert key_of(again, DARA, "identity") == first
        assert again.by_id(first.key_id) == first
        assert again.by_id(b"?" * 16) is Lack.UNKNOWN


def test_what_is_on_disk_tells_neither_keys_nor_whose(shelf: Shelf, folder: Path) -> None:
    key = key_of(shelf, Whose("person", 855_12_345_678), "identity")
    octets = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for secret in (key.secret, b"person", b"identity", (855_12_345_678).to_bytes(8, "big")):
        assert secret not in octets
    assert {path.stat().st_mode & 0o077 for path in folder.rglob("*")} == {0}


def test_a_destroyed_key_never_comes_back_and_who_comes_again_has_a_new_one(shelf: Shelf) -> None:
    old, kept = key_of(shelf, DARA, "identity"), key_of(shelf, DARA, "evidence")
    fence = shelf.ask_fence(shelf.mark(DARA, "identity"))
    assert shelf.by_id(old.key_id) == old, "nothing ends before the fence is raised"
    assert shelf.by_id(old.key_id, mark=fence.mark, fence=fence.number) is Lack.DESTROYED
    assert shelf.raise_fence(fence) == (old.key_id,)
    assert shelf.raise_fence(fence) == ()
    assert shelf.by_id(old.key_id) is Lack.DESTROYED
    assert shelf.by_id(kept.key_id) == kept
    assert key_of(shelf, DARA, "identity") not in {old, kept}


def test_who_comes_again_before_the_fence_is_raised_keeps_the_new_key(shelf: Shelf) -> None:
    old = key_of(shelf, DARA, "identity")
    fence = shelf.ask_fence(shelf.mark(DARA, "identity"))
    new = shelf.key(fence.mark, fence=fence.number)
    assert shelf.raise_fence(fence) == (old.key_id,)
    assert key_of(shelf, DARA, "identity") == new != old


def test_an_old_copy_of_the_store_ends_what_had_ended(
    shelf: Shelf, folder: Path, tmp_path: Path
) -> None:
    old = key_of(shelf, DARA, "identity")
    shelf.copy(tmp_path / "copy")
    fence = shelf.ask_fence(shelf.mark(DARA, "identity"))
    shelf.raise_fence(fence)
    shelf.close()
    (tmp_path / "copy").replace(folder / opening.KEYS)
    with closing(opening.opened(folder)) as back:
        assert back.by_id(old.key_id) == old, "so far the copy knows nothing"
        assert back.raise_fence(fence) == (old.key_id,)
        assert back.by_id(old.key_id) is Lack.DESTROYED
        assert back.ask_fence(fence.mark).number > fence.number


@pytest.mark.parametrize("had_a_key", [True, False])
@pytest.mark.parametrize("asked_before", [True, False])
def test_a_copy_that_began_before_never_outlives_the_fence(
    shelf: Shelf, *, had_a_key: bool, asked_before: bool
) -> None:
    mark = shelf.mark(DARA, "identity")
    if had_a_key:
        key_of(shelf, DARA, "identity")
    fence = shelf.ask_fence(mark) if asked_before else None
    as_of = shelf.serial()
    sealed = shelf.keys([mark], as_of=as_of)[mark]
    fence = fence or shelf.ask_fence(mark)
    assert sealed.key_id in shelf.raise_fence(fence)
    assert shelf.keys([mark], as_of=as_of) == {}
    later = shelf.serial()
    assert shelf.keys([mark], as_of=later)[mark].key_id != sealed.key_id


def test_a_copy_that_saw_the_fence_seals_what_came_after(shelf: Shelf) -> None:
    mark = shelf.mark(DARA, "identity")
    fence = shelf.ask_fence(mark)
    as_of = shelf.serial()
    key = shelf.keys([mark], fences={mark: fence.number}, as_of=as_of)[mark]
    assert shelf.raise_fence(fence) == ()
    assert shelf.by_id(key.key_id) == key


def test_keys_are_wrapped_anew_while_others_use_them_and_old_copies_become_noise(
    shelf: Shelf, folder: Path, tmp_path: Path
) -> None:
    before = {number: key_of(shelf, Whose("person", number), "identity") for number in range(40)}
    shelf.copy(tmp_path / "old")
    busy, made = threading.Event(), dict(before)

    def traffic() -> None:
        with closing(opening.opened(folder)) as other:
            for number in range(40, 80):
                made[number] = key_of(other, Whose("person", number), "identity")
                old = number - 40
                assert key_of(other, Whose("person", old), "identity") == before[old]
                busy.set()

    thread = threading.Thread(target=traffic)
    thread.start()
    busy.wait()
    assert shelf.begin_epoch(at_ms=DAY_MS) == 2
    assert sum(1 for _ in shelf.rewrap(at_ms=DAY_MS)) >= 1
    thread.join()
    list(shelf.rewrap(at_ms=DAY_MS))
    assert shelf.retire(before_ms=DAY_MS - 1) == ()
    assert shelf.retire(before_ms=DAY_MS) == (1,)
    assert [epoch for epoch, _, _ in shelf.epochs()] == [2]
    with closing(opening.opened(folder)) as again:
        for number, key in made.items():
            assert key_of(again, Whose("person", number), "identity") == key
    shelf.close()
    (tmp_path / "old").replace(folder / opening.KEYS)
    with (
        closing(opening.opened(folder)) as old,
        pytest.raises(WrongKeyStoreError, match="epoch 1 is not in"),
    ):
        key_of(old, DARA, "identity")


def test_a_rotation_that_was_broken_off_is_begun_again(shelf: Shelf) -> None:
    keys = [key_of(shelf, Whose("person", number), "identity") for number in range(20)]
    shelf.begin_epoch(at_ms=1)
    shelf.rewrap(at_ms=1).close()  # type: ignore[attr-defined]
    shelf.begin_epoch(at_ms=2)
    list(shelf.rewrap(at_ms=2))
    assert shelf.retire(before_ms=2) == (1, 2)
    assert [shelf.by_id(key.key_id) for key in keys] == keys


def _swap(keys: Path) -> None:
    """Give each of two keys the place of the other."""
    with closing(sqlite3.connect(keys)) as db, db:
        ((one, first), (two, second)) = db.execute("SELECT key_id, wrapped FROM key")
        db.execute("UPDATE key SET wrapped = ? WHERE key_id = ?", [second, one])
        db.execute("UPDATE key SET wrapped = ? WHERE key_id = ?", [first, two])


EPOCH = "epochs/epoch-000001"
SPOILT: dict[str, Callable[[Path], object]] = {
    "other keeper": lambda store: (store / EPOCH).write_bytes(b"x" * 32),
    "no keeper": lambda store: (store / EPOCH).unlink(),
    "short keeper": lambda store: (store / EPOCH).write_bytes(b"x" * 31),
    "open keeper": lambda store: (store / EPOCH).chmod(0o644),
    "open folder": lambda store: (store / "epochs").chmod(0o755),
    "open keys": lambda store: (store / opening.KEYS).chmod(0o640),
    "no keys": lambda store: (store / opening.KEYS).unlink(),
    "noise": lambda store: (store / opening.KEYS).write_bytes(b"noise" * 1000),
    "no settings": lambda store: (store / opening.KEEPER).unlink(),
    "strange settings": lambda store: (store / opening.KEEPER).write_text('keeper = "drawer"'),
    "swapped": lambda store: _swap(store / opening.KEYS),
}


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("other keeper", "is not the key that this store was wrapped with"),
        ("no keeper", "the key of epoch 1 is not in"),
        ("short keeper", "not a key of 32 octets"),
        ("open keeper", "run: chmod 600"),
        ("open folder", "run: chmod 700"),
        ("open keys", "run: chmod 600"),
        ("no keys", "tenure privacy keys make"),
        ("noise", "put back a copy"),
        ("no settings", "restore it"),
        ("strange settings", 'keeper = "files"'),
        ("swapped", "a key was changed or moved"),
    ],
)
def test_a_store_that_was_touched_is_refused_with_the_remedy(
    shelf: Shelf, folder: Path, fault: str, told: str
) -> None:
    key_of(shelf, DARA, "identity")
    key_of(shelf, MONY, "identity")
    shelf.close()
    SPOILT[fault](folder)
    with pytest.raises(WrongKeyStoreError, match=told), closing(opening.opened(folder)) as opened:
        key_of(opened, DARA, "identity")


def test_a_store_is_not_made_over_another(shelf: Shelf, folder: Path) -> None:
    assert shelf.counted() == (0, 0)
    with pytest.raises(WrongKeyStoreError, match="there are keys already"):
        opening.make(folder, at_ms=0)
