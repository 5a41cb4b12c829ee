"""What time causes about keys: wrapped anew once a day, old epochs and copies ended in time."""

from contextlib import closing
from pathlib import Path

import pytest

from tenure.commands import people_keys
from tenure.commands.privacy import copy_ends
from tenure.commands.up.turning import turning
from tenure.keystore import opening
from tenure.keystore.words import Lack
from tenure.values.instant import DAY_MS, HOUR_MS, Instant
from tenure.values.sealing import Whose

BEGUN = Instant(1_780_000_000_000)


def days(count: float) -> Instant:
    return Instant(BEGUN + round(count * DAY_MS))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A key store below a data folder."""
    (tmp_path / "keys").mkdir()
    opening.make(tmp_path / people_keys.FOLDER, at_ms=BEGUN).close()
    return tmp_path / people_keys.FOLDER


def epochs(folder: Path) -> list[int]:
    with closing(opening.opened(folder)) as shelf:
        return [epoch for epoch, _, _ in shelf.epochs()]


def serial(folder: Path) -> int:
    """How many ends were ever asked for."""
    with closing(opening.opened(folder)) as shelf:
        return shelf.serial()


async def test_keys_are_wrapped_anew_once_a_day_however_often_the_clock_looks(
    folder: Path, tmp_path: Path
) -> None:
    with closing(opening.opened(folder)) as shelf:
        known = shelf.key(shelf.mark(Whose("person", 7), "contact"))
    turn = turning(tmp_path)
    for at in (0, 0.5, 0.99):
        await turn(days(at))
    assert epochs(folder) == [1]
    for at in (1, 1, 1.5, 2, 3, 4, 5, 6, 7):
        await turn(days(at))
    assert epochs(folder) == [1, 2, 3, 4, 5, 6, 7, 8]

    # Seven days after the first epoch was left it is destroyed; every key is there, under another.
    await turn(days(8))

    assert epochs(folder) == [2, 3, 4, 5, 6, 7, 8, 9]
    with closing(opening.opened(folder)) as shelf:
        assert shelf.by_id(known.key_id) == known


async def test_a_copy_ends_when_its_time_is_over_and_no_other(folder: Path, tmp_path: Path) -> None:
    with closing(opening.opened(folder)) as shelf:
        ids = [shelf.key(shelf.mark(Whose("copy", one), "copy")).key_id for one in (10, 11)]
    copy_ends.keep(folder, f"{10:014x}", days(0.5))
    copy_ends.keep(folder, f"{11:014x}", days(30))
    (folder / copy_ends.FOLDER / "a note of somebody").write_text("none of ours", "utf-8")
    turn = turning(tmp_path)

    await turn(Instant(days(0.5) - HOUR_MS))
    assert [one for one, _ in copy_ends.kept(folder)] == [f"{10:014x}", f"{11:014x}"]
    await turn(days(0.5))
    ended = serial(folder)
    await turn(days(0.5))

    # Looked at twice, it was ended once.
    assert serial(folder) == ended
    assert list(copy_ends.kept(folder)) == [(f"{11:014x}", days(30))]
    with closing(opening.opened(folder)) as shelf:
        assert isinstance(shelf.by_id(ids[0]), Lack)
        assert not isinstance(shelf.by_id(ids[1]), Lack)


async def test_without_a_key_store_there_is_nothing_to_wrap(tmp_path: Path) -> None:
    await turning(tmp_path)(BEGUN)
    assert not (tmp_path / people_keys.FOLDER).exists()
