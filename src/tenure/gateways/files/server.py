"""Reads a usage file, has every record charged once, and writes what could not be to a reject file.

Nothing is remembered about files.  Every record is idempotent by its id, which charging keeps
with the answer for ever; so a run that was killed is resumed by running it again: what is charged
already is answered from what was kept and counted as repeated, at a fraction of the cost.
"""

import asyncio
import gzip
import io
import os
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final, cast

import msgspec

from tenure.gateways.files import wire
from tenure.gateways.files.translate import ask_of, problem_of, refusal_of
from tenure.gateways.files.wire import Format, Layout, Problem, Record, Unreadable
from tenure.promises.charging.model import Answer, Ask, Refusal
from tenure.values.instant import Instant

CHUNK_LINES: Final = 1_000
CHUNKS_MAX: Final = 4
"""So many chunks are under way at once: enough to keep every lane's next batch full."""

OURS: Final = frozenset({Refusal.TOO_BUSY, Refusal.ACCIDENT})
"""Refusals that say nothing about the record: the same file can be run again."""

GZIP: Final = b"\x1f\x8b"
DAMAGED: Final = (EOFError, OSError, zlib.error)
"""What reading raises when the disk or the compression fails."""


class Totals(msgspec.Struct):
    """What became of a file so far."""

    octets_size: int = 0
    octets_read: int = 0
    records: int = 0
    charged: int = 0
    repeated: int = 0
    """Charged by an earlier run, or earlier in this file; not charged again."""
    rejected: int = 0
    accidents: int = 0
    """Of the rejected: not for a fault of theirs; the same file can be run again."""
    amount_micros: int = 0
    """What this run charged; repeated records were paid before."""


class Lines:
    """A file line by line with bounded memory, decompressed when it begins as gzip does."""

    def __init__(self, source: Path) -> None:
        self._file = source.open("rb")
        self.octets_size = os.fstat(self._file.fileno()).st_size
        head = self._file.peek(2)[:2]
        self._stream: BinaryIO = self._file
        if head == GZIP:
            self._stream = cast("BinaryIO", gzip.GzipFile(fileobj=self._file))
        self.line = 0

    @property
    def octets_read(self) -> int:
        """How far the file is read, in octets of the file as it lies on the disk."""
        return self._file.tell()

    def __iter__(self) -> Iterator[bytes]:
        """Each line with its end; a line that is too long is cut behind the limit."""
        readline, limit = self._stream.readline, wire.LINE_BYTES_MAX + 1
        while raw := readline(limit):
            self.line += 1
            if len(raw) == limit and not raw.endswith(b"\n"):
                self._skip_rest()
            yield raw

    def _skip_rest(self) -> None:
        while rest := self._stream.readline(wire.LINE_BYTES_MAX):
            if rest.endswith(b"\n"):
                return

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


class _Chunk:
    """Consecutive lines under way; its problems are written when all its answers are there."""

    def __init__(self) -> None:
        self.open = 1  # one for the reader, who may still add
        self.problems: list[tuple[Problem, bytes]] = []
        self.done = asyncio.Event()

    def settle(self) -> None:
        self.open -= 1
        if self.open == 0:
            self.done.set()


Submit = Callable[[Ask, Callable[[Answer], None]], None]
"""How a record is charged: the reply is called once, after its effect is on disk."""


class Run:
    """One run over one file.

    ``watch`` is called after every chunk; ``submit`` is the lanes'; ``now`` reads the clock.
    """

    def __init__(
        self, submit: Submit, now: Callable[[], Instant], watch: Callable[[Totals], None]
    ) -> None:
        self.totals = Totals()
        self._submit = submit
        self._now = now
        self._watch = watch

    async def charge(self, source: Path, rejects: Path) -> Unreadable | None:
        """Charge every record of the file; ``rejects`` exists afterwards only if there are any.

        Returns why the file could not be read to its end, or None.  What stands before that line
        is charged, and running the file again does no harm.
        """
        lines = Lines(source)
        self.totals.octets_size = lines.octets_size
        reading = _Reading(lines)
        unfinished = rejects.with_name(rejects.name + ".part")
        try:
            with _private(unfinished) as out:
                under_way: deque[_Chunk] = deque()
                while not reading.ended:
                    under_way.append(self._begin(reading))
                    self.totals.octets_read = lines.octets_read
                    if len(under_way) >= CHUNKS_MAX:
                        await self._finish(under_way.popleft(), out)
                while under_way:
                    await self._finish(under_way.popleft(), out)
            _publish(unfinished, rejects, any_lines=self.totals.rejected > 0)
        finally:
            lines.close()
        return reading.unreadable

    def _begin(self, reading: "_Reading") -> _Chunk:
        """Read the next lines and have their records charged."""
        chunk = _Chunk()
        received_at = self._now()
        for line, raw in reading.some(CHUNK_LINES):
            record = reading.record(line, raw)
            self.totals.records += 1
            ask = record if isinstance(record, Problem) else ask_of(record, received_at)
            if isinstance(ask, Problem) or isinstance(record, Problem):
                chunk.problems.append((cast("Problem", ask), raw))
                continue
            chunk.open += 1
            self._submit(ask, partial(self._answered, chunk, record, raw))
        chunk.settle()
        return chunk

    def _answered(self, chunk: _Chunk, record: Record, raw: bytes, answer: Answer) -> None:
        """Count one answer; a refusal becomes a problem of its line."""
        if (refusal := refusal_of(answer)) is not None:
            self.totals.accidents += refusal in OURS
            chunk.problems.append((problem_of(record, refusal, answer.detail), raw))
        elif answer.repeated:
            self.totals.repeated += 1
        else:
            self.totals.charged += 1
            self.totals.amount_micros += answer.cost_micros
        chunk.settle()

    async def _finish(self, chunk: _Chunk, out: io.TextIOBase) -> None:
        """Wait for the chunk's answers and write its problems in the order of its lines."""
        await chunk.done.wait()
        chunk.problems.sort(key=lambda pair: pair[0].line)
        self.totals.rejected += len(chunk.problems)
        out.writelines(wire.reject_line(problem, raw) for problem, raw in chunk.problems)
        self._watch(self.totals)


class _Reading:
    """Where the reading of a file stands, and why it stopped if it could not go on."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._raws = iter(lines)
        self._layout: Layout | None = None
        self.ended = False
        self.unreadable: Unreadable | None = None
        self._first: bytes | None = None
        self._head()

    def _head(self) -> None:
        """Find the format; the first line of an NDJSON file is a record already."""
        try:
            first = next(self._raws, b"").removeprefix(wire.BOM)
        except DAMAGED as damaged:
            self._stop(damaged)
            return
        found = wire.format_of(first)
        if found is Format.NDJSON:
            self._first = first
            return
        layout = wire.layout_of(first) if found is Format.CSV else found
        if isinstance(layout, Layout):
            self._layout = layout
        elif isinstance(layout, Unreadable):
            self.ended, self.unreadable = True, layout

    def some(self, count: int) -> Iterator[tuple[int, bytes]]:
        """Up to so many further lines with their numbers; blank ones are passed over."""
        if self._first is not None:
            first, self._first = self._first, None
            yield 1, first
        try:
            for _ in range(count):
                raw = next(self._raws, b"")
                if not raw:
                    self.ended = True
                    return
                if not raw.isspace():
                    yield self._lines.line, raw
        except DAMAGED as damaged:
            self._stop(damaged)

    def record(self, line: int, raw: bytes) -> Record | Problem:
        """What stands in the line."""
        if self._layout is None:
            return wire.read_json(line, raw)
        return wire.read_csv(line, raw, self._layout)

    def _stop(self, damaged: Exception) -> None:
        """The disk or the compression fails: what came before stands."""
        self.ended = True
        self.unreadable = Unreadable(
            self._lines.line + 1,
            f"the file cannot be read further: {damaged}",
            "fetch it again and run it again: nothing is charged twice",
        )


def _private(path: Path) -> io.TextIOWrapper:
    """A new file that only its owner may read: rejected lines hold numbers of people."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    out = open(descriptor, "w", encoding="utf-8", newline="")  # noqa: PTH123, SIM115
    out.write(wire.rejects_header())
    return out


def _publish(unfinished: Path, rejects: Path, *, any_lines: bool) -> None:
    """Put the finished reject file in its place, or take an old one away if there is none."""
    if any_lines:
        unfinished.replace(rejects)
    else:
        unfinished.unlink()
        rejects.unlink(missing_ok=True)
