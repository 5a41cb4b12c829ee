"""``tenure up`` as a person runs it: start, charge, Ctrl-C or kill -9, start again."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import httpx
import msgspec
import pytest

from tenure.gateways.web.wire.shapes import LineView, Live
from tenure.postgres.embedded import Cluster

SOURCE = Path(__file__).parents[2] / "src"
PEOPLE = 300
SECONDS_MAX = 120
"""A start that takes longer hangs; it is killed, and the test fails."""


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


class Tenure:
    """A ``tenure up`` under way; its live view comes as JSON lines."""

    def __init__(self, data: Path, *more: str) -> None:
        self.diameter, self.http, self.nchf, self.handset = free_ports(4)
        self.stderr = data.parent / "stderr"
        command = [
            *(sys.executable, "-m", "tenure.main", "up", "--json", "--data", str(data)),
            *("--diameter", f"127.0.0.1:{self.diameter}", "--http", f"127.0.0.1:{self.http}"),
            *("--nchf", f"127.0.0.1:{self.nchf}", "--handset", f"127.0.0.1:{self.handset}"),
            *("--demo", str(PEOPLE), *more),
        ]
        with self.stderr.open("wb") as stderr:
            self.process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env={"PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"]},
                text=True,
            )

    @property
    def output(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout

    def until(self, enough: Callable[[Live], bool]) -> Live:
        """The first live view that is enough."""
        for line in self.output:
            live = msgspec.json.decode(line, type=Live)
            if enough(live):
                return live
        raise AssertionError(f"it ended: {self.stderr.read_text()}")

    def look_up(self, number: str) -> LineView:
        answer = httpx.post(f"http://127.0.0.1:{self.http}/api/number", json={"number": number})
        return msgspec.json.decode(answer.content, type=LineView)

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        self.output.read()
        return self.process.wait(SECONDS_MAX)


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder; whatever still runs on it is stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="tenure-up-"))
    folder.chmod(0o711)
    yield folder / "data"
    with contextlib.suppress(Exception):
        Cluster.start(folder / "data").stop()
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def running(data: Path, *more: str) -> Iterator[Tenure]:
    tenure = Tenure(data, *more)
    try:
        yield tenure
    finally:
        tenure.process.kill()
        tenure.process.wait()
        tenure.output.close()


def told(line: LineView) -> list[tuple[str, str, str]]:
    """What the page of a number tells of each entry, but for the time: its form changes by day."""
    return [(one.sentence, one.amount, one.after) for one in line.charges]


def busy(live: Live) -> bool:
    """Charges were explained, somebody topped up, and somebody was refused."""
    return bool(live.charges and live.topups and live.refusals and live.lines)


def test_start_charge_stop_and_start_again(data: Path) -> None:
    with running(data) as first:
        live = first.until(busy)
        assert live.lines == PEOPLE
        assert live.traffic[0].total > 0
        assert all(charge.number.startswith("…") for charge in live.charges)
        assert live.store_well
        assert httpx.get(f"http://127.0.0.1:{first.http}/").status_code == 200
        before = first.look_up("012 345 678")
        assert first.end(signal.SIGINT) == 0
    assert "Stopped. Everything is kept" in first.stderr.read_text()

    with running(data) as second:
        assert second.until(lambda live: live.lines > 0).lines == PEOPLE
        after = second.look_up("+855 12 345 678")
        assert after.number == before.number
        assert set(told(before)) <= set(told(after)) or len(after.charges) == 15
        assert second.end(signal.SIGTERM) == 0
    _has_nobody_in_it(data / "log" / "tenure.log")


def _has_nobody_in_it(log: Path) -> None:
    text = log.read_text()
    assert "open: diameter" in text
    for secret in ("855123", "12345678", "012 345"):
        assert secret not in text


def test_a_kill_loses_nothing_that_was_answered(data: Path) -> None:
    with running(data) as first:
        first.until(busy)
        before = first.look_up("012345678")
        first.end(signal.SIGKILL)

    with running(data) as second:
        second.until(lambda live: live.lines == PEOPLE and bool(live.charges))
        after = told(second.look_up("012345678"))
        # The page shows the newest fifteen: what was there is there, or newer ones pushed it out.
        assert set(told(before)) <= set(after) or len(after) == 15
        assert second.end(signal.SIGINT) == 0


def test_a_database_that_is_killed_comes_back_by_itself(data: Path) -> None:
    with running(data) as tenure:
        before = tenure.until(busy)
        postmaster = (data / "cluster").resolve() / "postgres" / "postmaster.pid"
        os.kill(int(postmaster.read_text().splitlines()[0]), signal.SIGKILL)
        tenure.until(lambda live: live.traffic[0].total > before.traffic[0].total + 500)
        live = tenure.until(lambda live: live.store_well)
        assert live.lines == PEOPLE
        assert tenure.end(signal.SIGINT) == 0
    assert "it is started again" in (data / "log" / "tenure.log").read_text()


def test_a_simulated_clock_is_said_to_be_one(data: Path) -> None:
    with running(data, "--clock", "2026-12-31T23:59:00+07:00x10") as tenure:
        live = tenure.until(lambda live: bool(live.charges))
        assert live.simulated
        assert live.time.startswith(("Thursday 31 December 2026", "Friday 1 January 2027"))
        assert tenure.end(signal.SIGINT) == 0
