"""When sealed copies end: a file each beside the key store, so that the clock ends them in time."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tenure.keystore.shelf import Shelf
from tenure.values.instant import Instant, iso, parse_instant
from tenure.values.sealing import Whose

FOLDER: Final = "copies"
CLASS: Final = "copy"


def keep(folder: Path, copy_id: str, until: Instant) -> None:
    """Write down beside the key store until when a copy is wanted; on disk when this returns."""
    (folder / FOLDER).mkdir(mode=0o700, exist_ok=True)
    path = folder / FOLDER / copy_id
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, f"{iso(until)}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def kept(folder: Path) -> Iterator[tuple[str, Instant]]:
    """Every copy that ends, and when; a file that is none of ours is passed over."""
    room = folder / FOLDER
    for path in sorted(room.iterdir()) if room.is_dir() else ():
        try:
            yield f"{int(path.name, 16):014x}", parse_instant(path.read_text("utf-8").strip())
        except ValueError:
            continue


def end(shelf: Shelf, folder: Path, copy_id: str) -> int:
    """Destroy the key of a copy; how many there were.  Again is nothing, and neither is a death
    between: the file goes last."""
    mark = shelf.mark(Whose(CLASS, int(copy_id, 16)), CLASS)
    count = len(shelf.raise_fence(shelf.ask_fence(mark)))
    (folder / FOLDER / copy_id).unlink(missing_ok=True)
    return count


def end_due(shelf: Shelf, folder: Path, at: Instant) -> list[str]:
    """End every copy whose time is over; which they were."""
    due = [copy_id for copy_id, until in kept(folder) if until <= at]
    return [copy_id for copy_id in due if end(shelf, folder, copy_id)]
