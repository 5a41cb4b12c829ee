"""Whole files: compressed, damaged, empty, repeated; charged by a till that remembers."""

import csv
import gzip
import io
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tenure.gateways.files import wire
from tenure.gateways.files.server import CHUNK_LINES, Run, Totals
from tenure.gateways.files.wire import Unreadable
from tenure.promises.charging.model import Answer, Ask, Refusal
from tenure.values.instant import Instant

NOW = Instant(1_790_000_000_000)
HEADER = "record_id,service,direction,msisdn,other_party,at,seconds\n"


class Till:
    """Charges a cent a record, once; knows one number as barred and one that brings it down."""

    def __init__(self) -> None:
        self.paid: dict[str, Ask] = {}

    def __call__(self, command: Ask, reply: Callable[[Answer], None]) -> None:
        """Answer at once."""
        if command.msisdn.endswith("666"):
            reply(Answer(Refusal.ACCIDENT))
        elif command.msisdn.endswith("000"):
            reply(Answer(Refusal.BARRED))
        elif command.key in self.paid:
            reply(Answer(None, cost_micros=10_000, repeated=True))
        else:
            self.paid[command.key] = command
            reply(Answer(None, cost_micros=10_000))


def line(number: int, *, msisdn: str = "85512345678", seconds: str = "61") -> str:
    """A CSV record."""
    return f"r-{number},voice,out,{msisdn},85598765432,2026-01-31T08:00:00+07:00,{seconds}\n"


async def charge(path: Path, till: Till) -> tuple[Totals, Unreadable | None, list[list[str]]]:
    """Run the file; its totals, why it stopped, and the lines of the reject file."""
    run = Run(till, lambda: NOW, lambda _: None)
    rejects = path.with_name("rejects.csv")
    stopped = await run.charge(path, rejects)
    assert not rejects.with_name("rejects.csv.part").exists()
    text = rejects.read_text(encoding="utf-8") if rejects.exists() else ""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    return run.totals, stopped, rows[1:]


async def test_a_bad_record_is_rejected_and_the_rest_is_charged(tmp_path: Path) -> None:
    path = tmp_path / "usage.csv"
    path.write_text(
        HEADER
        + line(1)
        + line(2, seconds="-1")
        + "\n"
        + line(3, msisdn="85512345000")
        + line(4, msisdn="85512345666")
        + line(5),
        encoding="utf-8",
    )
    till = Till()
    totals, stopped, rows = await charge(path, till)
    assert stopped is None
    assert sorted(till.paid) == ["record:r-1", "record:r-5"]
    assert (totals.records, totals.charged, totals.rejected, totals.accidents) == (5, 2, 3, 1)
    assert totals.amount_micros == 20_000
    assert totals.octets_read == totals.octets_size == path.stat().st_size
    assert [(row[0], row[1]) for row in rows] == [("3", "seconds"), ("5", "direction"), ("6", "")]
    assert rows[0][4] == line(2, seconds="-1").rstrip("\n")
    assert stat.S_IMODE((tmp_path / "rejects.csv").stat().st_mode) == 0o600


async def test_a_second_run_charges_nothing_and_takes_the_old_rejects_away(tmp_path: Path) -> None:
    path, till = tmp_path / "usage.csv", Till()
    path.write_text(HEADER + line(1) + "nonsense\n", encoding="utf-8")
    _, _, rows = await charge(path, till)
    assert len(rows) == 1
    path.write_text(HEADER + line(1) + line(2), encoding="utf-8")
    totals, _, rows = await charge(path, till)
    assert (totals.charged, totals.repeated, totals.amount_micros, rows) == (1, 1, 10_000, [])


@pytest.mark.parametrize("count", [0, 1, CHUNK_LINES - 1, CHUNK_LINES, 5 * CHUNK_LINES + 1])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
async def test_no_line_is_lost_at_the_seams_of_chunks(
    tmp_path: Path, count: int, ending: str
) -> None:
    path, till = tmp_path / "usage.csv.gz", Till()
    text = HEADER + "".join(line(number) for number in range(count))
    path.write_bytes(gzip.compress(wire.BOM + text.replace("\n", ending).encode()))
    totals, stopped, rows = await charge(path, till)
    assert (stopped, rows, totals.charged, len(till.paid)) == (None, [], count, count)


async def test_a_json_file_begins_with_a_record(tmp_path: Path) -> None:
    path, till = tmp_path / "usage.ndjson", Till()
    member = '{"record_id":"r-%d","service":"sms","direction":"in","msisdn":"85512345678",'
    member += '"other_party":"Smart","at":"2026-01-31T08:00:00Z","messages":1}'
    path.write_text("\n".join(member % number for number in range(3)), encoding="utf-8")
    totals, stopped, _ = await charge(path, till)
    assert (stopped, totals.charged) == (None, 3)


@pytest.mark.parametrize(
    ("content", "reason", "charged"),
    [
        (b"", "empty", 0),
        (b"record_id,nonsense\n", "unknown column", 0),
        (gzip.compress(b""), "empty", 0),
        (gzip.compress((HEADER + line(1) + line(2)).encode())[:-9], "cannot be read further", 2),
        (b"\x1f\x8b\x08\0nonsense", "cannot be read further", 0),
    ],
)
async def test_an_unreadable_file_is_named_and_what_came_before_stands(
    tmp_path: Path, content: bytes, reason: str, charged: int
) -> None:
    path, till = tmp_path / "usage.csv", Till()
    path.write_bytes(content)
    totals, stopped, _ = await charge(path, till)
    assert stopped is not None
    assert reason in stopped.reason
    assert stopped.remedy
    assert totals.charged == charged


async def test_an_enormous_line_costs_itself_and_no_other(tmp_path: Path) -> None:
    path, till = tmp_path / "usage.csv", Till()
    path.write_text(HEADER + line(1) + "x" * 300_000 + "\n" + line(2), encoding="utf-8")
    totals, _, rows = await charge(path, till)
    assert (totals.charged, totals.rejected) == (2, 1)
    assert rows[0][0] == "3"
    assert len(rows[0][4]) == wire.ORIGINAL_BYTES_MAX
