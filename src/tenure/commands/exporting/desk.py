"""Asks for an export, takes it on piece by piece until it is complete, and ends packages."""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

import msgspec
from cryptography.exceptions import InvalidTag

from tenure.commands.exporting import paper, writing
from tenure.commands.exporting.writing import BusyError, Writing
from tenure.keystore import opening
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy import model, operations
from tenure.promises.record.model import Act
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.refused import Refused

held = model.exports
exports = operations.exports
sealing = operations.exports.sealing

RECORDS_AT_ONCE: Final = 5_000
"""Records of a piece: what is in memory at a time, and what a kill costs."""
PIECES_AT_ONCE: Final = 20
"""Of one job beside the other duties of the clock: some seconds of it."""
CLOCK: Final = "<clock>"
KEY_OCTETS: Final = 32
SALT_OCTETS: Final = 32


class Desk(msgspec.Struct, frozen=True):
    """What writing packages needs."""

    pool: Pool
    terms: Terms
    secret: bytes
    """Of this installation: seals the keys of packages under way."""
    folder: Path
    now: Callable[[], Instant]
    keys: Path | None = None
    """The folder of the key store of people, which opens what is sealed of them."""

    def __repr__(self) -> str:
        return "Desk(…)"

    def act(self, by: str, reason: str = "") -> Act:
        """Somebody acts now, with fresh salt."""
        return Act(by, self.now(), os.urandom(SALT_OCTETS), reason)


class Asked(msgspec.Struct, frozen=True):
    """A job, and the passphrase of its package, which is shown once and kept nowhere."""

    job: held.Job
    passphrase: str
    """Empty when the job was under way before."""

    def __repr__(self) -> str:
        return f"Asked({self.job!r})"


async def ask(
    desk: Desk,
    whose: held.Whose,
    scope: held.Scope,
    language: str,
    by: str,
    case_id: str | None,
) -> Asked | Refused[held.Refusal]:
    """Begin an export, or find the one that is under way."""
    export_id, key = str(uuid4()), os.urandom(KEY_OCTETS)
    passphrase = sealing.passphrase_of(os.urandom(sealing.PASSPHRASE_OCTETS))
    salt, nonce = (
        os.urandom(sealing.SALT_OCTETS),
        os.urandom(sealing.NONCE_OCTETS),
    )
    wanted = held.Wanted(
        export_id=export_id,
        whose=whose,
        scope=scope,
        language=language,
        case_id=case_id,
        wrapped=await asyncio.to_thread(sealing.wrapped, key, passphrase, salt, nonce),
        working_key=sealing.working(desk.secret, key, os.urandom(sealing.NONCE_OCTETS), export_id),
        file=str(desk.folder / f"{export_id}{writing.SUFFIX}"),
    )
    made = await perform(desk.pool, exports.package, desk.terms, wanted, desk.act(by))
    if isinstance(made, Refused):
        return made
    return Asked(made, passphrase if made.export_id == export_id else "")


async def run(
    desk: Desk,
    job: held.Job,
    by: str,
    progress: Callable[[held.Job], None] = lambda _: None,
    pieces: int | None = None,
) -> held.Job | Refused[held.Refusal]:
    """Take a job on from where it is until its package is complete, or by so many pieces."""
    if job.finished_at is not None:
        return job
    if job.working_key is None:
        return Refused(held.Refusal.OVER, "this export was ended; ask again")
    try:
        key = sealing.worked(desk.secret, job.working_key, job.export_id)
    except InvalidTag:
        return Refused(held.Refusal.CONTESTED, "another installation began this export")
    head = sealing.head(job.export_id, job.wrapped)
    try:
        file = Writing.at(Path(job.file), key, head, job.position)
    except BusyError:
        return Refused(held.Refusal.ALREADY_UNDER_WAY, "another process writes this package")
    try:
        return await _written(desk, job, file, (by, pieces), progress)
    finally:
        file.close()


async def _written(
    desk: Desk,
    job: held.Job,
    file: Writing,
    way: tuple[str, int | None],
    progress: Callable[[held.Job], None],
) -> held.Job | Refused[held.Refusal]:
    by, pieces = way
    plan = await perform(desk.pool, exports.sections, desk.terms, job.whose, job.scope)
    while not job.position.told:
        if pieces is not None and pieces <= 0:
            return job
        pieces = None if pieces is None else pieces - 1
        with _keys(desk) as keys:
            batch = await perform(
                desk.pool, exports.step, desk.terms, job, plan, RECORDS_AT_ONCE, keys
            )
        if isinstance(batch, Refused):
            return batch
        frames, octets = file.write(sealing.DOCUMENT, batch.text)
        position = msgspec.structs.replace(batch.position, frames=frames, octets=octets)
        moved = await perform(desk.pool, exports.moved, job, position)
        if isinstance(moved, Refused):
            return moved
        job = moved
        progress(job)
    return await _complete(desk, job, file, by, plan)


async def _complete(
    desk: Desk,
    job: held.Job,
    file: Writing,
    by: str,
    plan: tuple[held.Section, ...],
) -> held.Job | Refused[held.Refusal]:
    """The paper, the last frame, and what the record tells of it."""
    with _keys(desk) as keys:
        told = await perform(desk.pool, exports.summaries, desk.terms, job, plan, keys)
    if isinstance(told, Refused):
        return told
    printed = await asyncio.to_thread(paper.printed, job, told, plan, desk.terms)
    file.write(sealing.PAPER, printed)
    end = {"records": job.position.records, "sections": len(plan)}
    file.write(sealing.END, msgspec.json.encode(end), last=True)
    digest = await asyncio.to_thread(writing.digest_of, Path(job.file))
    return await perform(desk.pool, exports.finish, desk.terms, job, digest, desk.act(by))


@contextmanager
def _keys(desk: Desk) -> Iterator[operations.Keys | None]:
    """The keys of people; None when there is no key store, and so nothing was sealed."""
    if desk.keys is None or not (desk.keys / opening.KEYS).exists():
        yield None
        return
    with closing(opening.opened(desk.keys)) as shelf:
        yield operations.Keys(shelf)


async def work(desk: Desk) -> int:
    """Take every job on by some pieces that somebody asked for on a page; how many went on."""
    done = 0
    for job in await perform(desk.pool, exports.waiting):
        # One of ours waits for their own; the page never does.
        if job.asked_by == held.BY_THEMSELVES:
            went = await run(desk, job, job.asked_by, pieces=PIECES_AT_ONCE)
            done += not isinstance(went, Refused)
    return done


async def sweep(desk: Desk) -> int:
    """Destroy packages that were fetched or whose time is over; how many there were."""
    ended = 0
    for job in await perform(desk.pool, exports.due, desk.now()):
        # The file first: whoever dies between finds it again, and a file that is gone is gone.
        await asyncio.to_thread(writing.destroy, Path(job.file))
        ended += await perform(desk.pool, exports.destroyed, job, desk.act(CLOCK))
    return ended
