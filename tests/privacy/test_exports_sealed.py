"""A package opens whole or not at all, goes on after a kill, and is destroyed in its time."""

import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec
import psycopg
import pytest

from tenure.commands.exporting import desk as exporting
from tenure.commands.exporting.writing import BusyError, Writing
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.privacy.model.exports import Job, Position, Refusal, Scope
from tenure.promises.privacy.operations import exports
from tenure.promises.privacy.rules.exports import package
from tenure.values.refused import Refused
from tests.numbers.asked import NEW, OLD, later
from tests.privacy.exporting import (
    CASE,
    Time,
    desk_over,
    exported,
    opened,
    person,
    section,
    settled,
    used,
)
from tools import open_export

KEY: Final = bytes(range(32))
PASSPHRASE: Final = package.passphrase_of(bytes(range(16)))
HEAD: Final = package.head(
    "4c2d6c4e-30a2-4a0b-8f0e-0f5ec3e2b0aa",
    package.wrapped(KEY, PASSPHRASE, bytes(16), bytes(12)),
)


def frames(*members: int) -> list[bytes]:
    """Sealed frames of a package, the last of them its end."""
    made = []
    for place, member in enumerate(members):
        last = place == len(members) - 1
        text = b'{"records":2}' if last else f"text {place} ".encode()
        made.append(package.frame(KEY, HEAD, place, member, bytes([place] * 12), text, last=last))
    return made


FRAMES: Final = frames(0, 0, 1, 255)


def of_another(frame: int) -> list[bytes]:
    """The frames, one of which is of another package under the same key."""
    head = package.head("another", package.wrapped(KEY, PASSPHRASE, bytes(16), bytes(12)))
    member, text = (0, b"x")
    forged = package.frame(KEY, head, frame, member, bytes(12), text, last=False)
    return [*FRAMES[:frame], forged, *FRAMES[frame + 1 :]]


def flipped(octets: bytes, place: int) -> bytes:
    changed = bytearray(octets)
    changed[place] ^= 1
    return bytes(changed)


@pytest.mark.parametrize(
    ("name", "octets"),
    [
        ("NOT_A_PACKAGE", b"%PDF-1.7"),
        ("NOT_A_PACKAGE", b""),
        ("TRUNCATED", HEAD[:-3]),
        ("TRUNCATED", HEAD),
        ("TRUNCATED", HEAD + b"".join(FRAMES[:-1])),
        ("TRUNCATED", HEAD + b"".join(FRAMES)[:-1]),
        ("REORDERED", HEAD + FRAMES[1] + FRAMES[0] + b"".join(FRAMES[2:])),
        ("REORDERED", HEAD + FRAMES[0] + b"".join(FRAMES[2:])),
        ("REORDERED", HEAD + FRAMES[0] + FRAMES[0] + b"".join(FRAMES[1:])),
        ("EDITED", HEAD + b"".join(of_another(1))),
        ("EDITED", HEAD + flipped(FRAMES[0], 40) + b"".join(FRAMES[1:])),
        ("EDITED", HEAD + flipped(FRAMES[0], 12) + b"".join(FRAMES[1:])),
        ("EDITED", HEAD + flipped(FRAMES[0], 13) + b"".join(FRAMES[1:])),
        ("EDITED", HEAD + b"".join(FRAMES) + b"more"),
        ("EDITED", HEAD.replace(b"scrypt", b"snafu!") + b"".join(FRAMES)),
        ("EDITED", HEAD.replace(b'"package":"4', b'"package":"5') + b"".join(FRAMES)),
    ],
)
def test_a_package_that_is_not_as_it_was_made_is_refused_by_name(
    name: str, octets: bytes, tmp_path: Path
) -> None:
    file = tmp_path / "package"
    file.write_bytes(octets)
    with pytest.raises(open_export.Refused) as refused:
        open_export.opened(file, PASSPHRASE, tmp_path / "out")
    assert refused.value.name == name
    # Nothing of it is left lying about.
    assert list((tmp_path / "out").iterdir()) == []


def test_the_whole_package_opens_with_the_passphrase_however_it_is_typed(tmp_path: Path) -> None:
    file = tmp_path / "package"
    file.write_bytes(HEAD + b"".join(FRAMES))
    typed = f" {PASSPHRASE.lower().replace('-', ' ')} "
    assert open_export.opened(file, typed, tmp_path / "out") == {"records": 2}
    assert (tmp_path / "out" / "held.json").read_bytes() == b"text 0 text 1 "
    assert (tmp_path / "out" / "held.pdf").read_bytes() == b"text 2 "
    with pytest.raises(open_export.Refused) as refused:
        open_export.opened(file, "WRONG", tmp_path / "out")
    assert refused.value.name == "WRONG_PASSPHRASE"


def test_the_opener_says_by_its_exit_what_it_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, word = tmp_path / "package", tmp_path / "word"
    file.write_bytes(HEAD + b"".join(FRAMES))
    word.write_text(PASSPHRASE)
    asked = [str(file), "--out", str(tmp_path / "out"), "--passphrase-file", str(word)]
    assert open_export.main(asked) == open_export.OPENED
    file.write_bytes(HEAD + b"".join(FRAMES)[:-1])
    assert open_export.main(asked) == open_export.REFUSED
    assert "refused (TRUNCATED)" in capsys.readouterr().err
    assert open_export.main([str(tmp_path / "none"), *asked[1:]]) == open_export.UNREADABLE


def is_there(job: Job) -> bool:
    return Path(job.file).exists()


def half_written(file: Path) -> None:
    """A kill in the middle of a write."""
    with file.open("ab") as package_:
        package_.write(b"half a frame")


def public(file: Path) -> tuple[bytes, dict[str, Any]]:
    """The head of a package that only its owner may read, as anybody who found it could."""
    assert file.stat().st_mode & 0o777 == 0o600
    with file.open("rb") as package_:
        return open_export.head_of(package_)


def resident() -> int:
    """How many octets of this process are in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


class KilledError(Exception):
    """What a kill looks like from inside."""


def dies(records: int) -> Callable[[Job], None]:
    """A progress bar that falls dead once so many records are told."""

    def progress(job: Job) -> None:
        if job.position.records >= records:
            raise KilledError

    return progress


async def test_a_job_that_was_killed_goes_on_and_nothing_is_told_twice(
    pool: Pool, owner: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await settled(pool)
    used(owner, 1_000, 500)
    monkeypatch.setattr(exporting, "RECORDS_AT_ONCE", 60)
    desk = desk_over(pool, tmp_path / "exports", Time(later(days=1)))
    asked = await exporting.ask(desk, person(OLD), Scope.KNOW, "km", "rith", CASE)
    assert not isinstance(asked, Refused)
    job = asked.job
    for records in (60, 200, 330):
        with pytest.raises(KilledError):
            await exporting.run(desk, job, "rith", dies(records))
        # What was written after the last commit is cut off and told again.
        half_written(Path(job.file))
        again = await exporting.ask(desk, person(OLD), Scope.KNOW, "km", "rith", CASE)
        assert not isinstance(again, Refused)
        assert again.passphrase == ""
        assert again.job.export_id == job.export_id
        job = again.job
        assert job.position.records >= records
    done = await exporting.run(desk, job, "rith")
    assert not isinstance(done, Refused)
    told = opened(done, asked.passphrase, tmp_path / "out")
    found = [one["reference"] for one in section(told, "money.entry")]
    assert found == ["test", *(f"session {n}" for n in range(1, 501))]
    assert told["records"] == sum(len(one["records"]) for one in told["sections"])
    # Complete, there is no key of it with us any more, and one leaf tells of it.
    assert done.working_key is None
    with psycopg.connect(owner) as connection:
        kept = connection.execute(
            "SELECT count(*) FROM record.leaf WHERE kind = 'privacy.exported'"
        ).fetchone()
        assert kept == (1,)
        assert connection.execute("SELECT working_key FROM privacy.export").fetchall() == [(None,)]


async def test_two_processes_do_not_write_one_package(
    pool: Pool, owner: str, tmp_path: Path
) -> None:
    await settled(pool)
    desk = desk_over(pool, tmp_path / "exports", Time(later(days=1)))
    asked = await exporting.ask(desk, person(OLD), Scope.KNOW, "km", "rith", CASE)
    assert not isinstance(asked, Refused)
    job = asked.job
    file = Writing.at(Path(job.file), KEY, HEAD, Position())
    found = await exporting.run(desk, job, "rith")
    assert isinstance(found, Refused)
    assert found.refusal is Refusal.ALREADY_UNDER_WAY
    with pytest.raises(BusyError):
        Writing.at(Path(job.file), KEY, HEAD, Position())
    file.close()
    # And the database holds, even where files do not: who is behind is told so.
    stale = msgspec.structs.replace(job, position=Position(frames=9))
    moved = await perform(pool, exports.moved, stale, Position(frames=10))
    assert isinstance(moved, Refused)
    assert moved.refusal is Refusal.CONTESTED
    other = desk_over(pool, tmp_path, Time(later(days=1)))
    other = msgspec.structs.replace(other, secret=bytes(32))
    found = await exporting.run(other, job, "rith")
    assert isinstance(found, Refused)
    with psycopg.connect(owner) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute("UPDATE privacy.export SET frames = -1")


async def test_a_package_is_fetched_once_by_whom_it_is_about_and_destroyed(
    pool: Pool, tmp_path: Path
) -> None:
    await settled(pool)
    time = Time(later(days=1))
    desk = desk_over(pool, tmp_path / "exports", time)
    first, _ = await exported(desk, person(OLD))
    second, _ = await exported(desk, person(NEW))
    found = await perform(pool, exports.fetch, person(NEW), first.export_id, time.at)
    assert isinstance(found, Refused)
    assert found.refusal is Refusal.UNKNOWN
    assert await exporting.sweep(desk) == 0
    found = await perform(pool, exports.fetch, person(OLD), first.export_id, time.at)
    assert not isinstance(found, Refused)
    found = await perform(pool, exports.fetch, person(OLD), first.export_id, time.at)
    assert isinstance(found, Refused)
    assert found.refusal is Refusal.OVER
    assert await exporting.sweep(desk) == 1
    assert not is_there(first)
    assert is_there(second)
    assert second.until_at is not None
    time.at = second.until_at
    found = await perform(pool, exports.fetch, person(NEW), second.export_id, time.at)
    assert isinstance(found, Refused)
    assert found.refusal is Refusal.OVER
    assert await exporting.sweep(desk) == 1
    assert not is_there(second)
    assert await exporting.sweep(desk) == 0
    # For good: nothing of it changes any more.
    with pytest.raises(psycopg.errors.CheckViolation) as no:
        await perform(pool, _again, second.export_id)
    assert no.value.diag.constraint_name == "export_goes_forward"


async def _again(tx: Transaction, export_id: str) -> None:
    await tx.execute(
        "UPDATE privacy.export SET destroyed_at = destroyed_at + interval '1 s'"
        " WHERE export_id = %s", [export_id],
    )  # fmt: skip


async def test_memory_does_not_grow_with_what_is_held(
    pool: Pool, owner: str, tmp_path: Path
) -> None:
    """50,000 records would be some 25 MB of JSON; a piece of them is all that is ever there."""
    await settled(pool)
    used(owner, 1_000, 50_000)
    desk = desk_over(pool, tmp_path / "exports", Time(later(days=1)))
    asked = await exporting.ask(desk, person(OLD), Scope.KNOW, "km", "rith", CASE)
    assert not isinstance(asked, Refused)
    seen: list[int] = []

    def progress(_: Job) -> None:
        seen.append(resident())

    job = await exporting.run(desk, asked.job, "rith", progress)
    assert not isinstance(job, Refused)
    assert job.position.records > 50_000
    # After the first two pieces nothing more is taken; 8 MiB are for what else goes on here.
    assert max(seen[2:]) - seen[1] < 8 << 20
    assert len(seen) > 10
    file = Path(job.file)
    head, said = public(file)
    # Whoever finds it learns that it is a package, and nothing of whom.
    assert set(said) == {"package", "members", "kdf", "wrapped"}
    assert said["package"] == job.export_id
    assert b"Person" not in head
