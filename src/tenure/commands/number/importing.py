"""Reads a file of numbers or SIMs in steps, and writes what was wrong with which line beside it."""

import csv
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import msgspec
from rich.console import Console
from rich.progress import Progress

from tenure.commands import connect
from tenure.commands.number.acting import NAME
from tenure.promises.numbers.model import HoldingRefusal, Imported
from tenure.promises.numbers.rules import FIELD_OF
from tenure.values.refused import Refused

ROWS_AT_ONCE: Final = 2_500
WORDS: Final[Mapping[HoldingRefusal, str]] = {
    HoldingRefusal.RANGE_OVERLAPS: "it shares a number with another range; correct the file",
    HoldingRefusal.SIM_DIFFERS: (
        "the card is known with another imsi or other keys, or the imsi on another card; "
        "the one in stock stays: ask the maker of the file"
    ),
}

RowT = TypeVar("RowT")
Row = dict[str, str]


class Report(msgspec.Struct, frozen=True):
    """How an import ended."""

    new: int
    known: int
    rejected: int
    rejects: str | None
    """The reject file, if there is one."""


class Import(msgspec.Struct, Generic[RowT], frozen=True):
    """A file, how its rows are understood, and how they are stored."""

    file: Path
    rejects: Path | None
    columns: tuple[str, ...]
    """Those that the header must have."""
    understood: Callable[[Row], RowT | Refused[HoldingRefusal]]
    stored: Callable[[Sequence[RowT]], Awaitable[Imported]]

    async def run(self) -> Report:
        """Import whatever is right.  Each step is a transaction, so an import can be repeated."""
        target = self.rejects or self.file.with_name(f"{self.file.name}.rejects.csv")
        new = known = 0
        rejected: list[tuple[int, str, str]] = []
        with _progress(_lines_in(self.file)) as told:
            rows = self._rows()
            while some := list(islice(rows, ROWS_AT_ONCE)):
                good: list[tuple[int, RowT]] = []
                for line, row in some:
                    found = self.understood(row)
                    if isinstance(found, Refused):
                        rejected.append(_rejected(line, found))
                    else:
                        good.append((line, found))
                done = await self.stored([row for _, row in good])
                for place, refusal in done.refused:
                    told_why = Refused(refusal, WORDS[refusal])
                    rejected.append(_rejected(good[place][0], told_why))
                new, known = new + done.new, known + done.known
                told(len(some))
        _write(target, sorted(rejected))
        return Report(new, known, len(rejected), str(target) if rejected else None)

    def _rows(self) -> Iterator[tuple[int, Row]]:
        """The rows with their line numbers; what is no such file ends the command."""
        try:
            with self.file.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file, restval="")
                header = [name.strip().lower() for name in reader.fieldnames or ()]
                missing = [name for name in self.columns if name not in header]
                if missing:
                    connect.fail(
                        NAME,
                        f"{self.file}: the header has no {missing[0]}; begin with "
                        f"{','.join(self.columns)}",
                    )
                reader.fieldnames = header
                for row in reader:
                    yield reader.line_num, _texts(row)
        except OSError as error:
            connect.fail(NAME, f"{self.file}: {error.strerror}; correct its name")
        except (UnicodeDecodeError, csv.Error) as error:
            connect.fail(NAME, f"{self.file}: not CSV in UTF-8: {type(error).__name__}")


def _texts(row: Mapping[Any, Any]) -> Row:
    """What stands under a name; cells beyond the header are none of ours."""
    return {name: value.strip() for name, value in row.items() if isinstance(name, str)}


def _rejected(line: int, refused: Refused[HoldingRefusal]) -> tuple[int, str, str]:
    """Line, field and reason; never what stood there: a reject file is no place for keys."""
    reason = f"{refused.refusal.name}: {refused.detail}"
    return line, FIELD_OF.get(refused.refusal, ""), reason


def _write(target: Path, rejected: Sequence[tuple[int, str, str]]) -> None:
    if not rejected:
        target.unlink(missing_ok=True)
        return
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("line", "field", "reason"))
        writer.writerows(rejected)


def _lines_in(file: Path) -> int:
    try:
        with file.open("rb") as octets:
            return sum(1 for _ in octets)
    except OSError:
        return 0


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr, if that is a terminal."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("rows", total=total)
        yield lambda rows: progress.advance(task, rows)
