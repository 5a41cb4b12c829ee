"""``tenure record verify``: everything that is kept of the log is compared with its leaves."""

import asyncio
from pathlib import Path
from typing import Final

import typer
from rich.console import Console
from rich.progress import Progress

from tenure.commands import connect
from tenure.commands.connect import AsJson, Data, Dsn
from tenure.commands.record.reaching import FOLDER, NAME, Policy, app, trust_of, witnesses_of
from tenure.commands.record.showing import seen_by
from tenure.gateways.witness.server import Outside, Signer
from tenure.gateways.witness.server.files import UnusableFolderError
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.record import operations as record
from tenure.promises.record.model import Log, Published, Trust
from tenure.promises.record.operations import Verified
from tenure.promises.record.rules import Fault, Finding, Known

ASKED_MAX: Final = 5
AGAIN_SECONDS: Final = 0.3


@app.command()
def verify(
    data: Data = connect.DATA,
    dsn: Dsn = None,
    policy: Policy = None,
    as_json: AsJson = False,
) -> None:
    """Build the log again from its leaves, and compare it with all that was kept of it.

    That is tiles, checkpoints and their signatures, what the signer remembers, and what the
    witnesses have seen.  Exit with 1 if anything differs.  A witness that is away is said and no
    fault.

    Example: tenure record verify --data .tenure
    """
    trust = trust_of(data, policy)
    outside = witnesses_of(data, policy)

    async def work(pool: Pool) -> list[tuple[Log, Verified, list[str]]]:
        logs = await perform(pool, record.log.logs)
        return [await _log(pool, log, trust, data, outside) for log in logs]

    found = connect.run(NAME, data, dsn, work)
    if not found:
        connect.fail(NAME, "no log is open yet; tenure up opens one")
    told = [_told(log, verified, away) for log, verified, away in found]
    words = "\n".join(line for one in found for line in _words(*one))
    connect.say(words, told, as_json=as_json)
    if any(verified.findings for _, verified, _ in found):
        raise typer.Exit(connect.FAILED)


async def _log(
    pool: Pool, log: Log, trust: Trust, data: Path, outside: list[Outside]
) -> tuple[Log, Verified, list[str]]:
    standing = await perform(pool, record.log.size, log)
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(log.origin, total=standing)
        known, away = signed_by(data, log)
        verified = await record.checking.verify(
            pool, log, trust, known, lambda some: progress.advance(task, some)
        )
    if log.closed_at is None:
        more, others = await _witnessed(pool, outside)
        findings = (*verified.findings, *more)
        verified = Verified(verified.leaves, verified.checkpoints, findings)
        away += others
    return log, verified, away


def signed_by(data: Path, log: Log) -> tuple[list[Known], list[str]]:
    """What the signer vouches for; or that it is not here."""
    try:
        last = Signer.of(data / FOLDER, log.origin).last()
    except UnusableFolderError:
        return [], ["the signer's folder is not here, so what it signed last was not compared"]
    if last.size == 0:
        return [], []
    return [Known(last.size, last.root, Fault.SIGNED_OTHER, "what the signer signed last")], []


async def _witnessed(pool: Pool, outside: list[Outside]) -> tuple[list[Finding], list[str]]:
    """What the witnesses say; asked again while a checkpoint may be between them and us."""
    findings: list[Finding] = []
    away: list[str] = []
    for _ in range(ASKED_MAX):
        standing = await perform(pool, record.log.standing)
        if standing is None or standing.published is None:
            return [], ["nothing is published yet"]
        findings, away = _compared(outside, standing.published, standing.size)
        if not findings:
            break
        await asyncio.sleep(AGAIN_SECONDS)
    return findings, away


def _compared(
    outside: list[Outside], published: Published, placed: int
) -> tuple[list[Finding], list[str]]:
    findings, away = [], []
    for one in outside:
        seen, says = seen_by(one, published, placed)
        if seen is None:
            away.append(says)
        elif says:
            longer = seen > published.checkpoint.size
            fault = Fault.WITNESS_LONGER if longer else Fault.WITNESS_OTHER
            findings.append(Finding(fault, f"{one.key.name} {says}"))
    return findings, away


def _words(log: Log, verified: Verified, away: list[str]) -> list[str]:
    state = "closed" if log.closed_at is not None else "open"
    head = (
        f"{log.origin} ({state}): {verified.leaves:,} leaves built again,"
        f" {verified.checkpoints:,} checkpoints compared"
    )
    lines = [f"    WRONG: {one.fault.value}: {one.where}" for one in verified.findings]
    verdict = [] if lines else ["    everything is as it was recorded"]
    return [head, *lines, *(f"    not compared: {one}" for one in away), *verdict]


def _told(log: Log, verified: Verified, away: list[str]) -> dict[str, object]:
    return {
        "origin": log.origin,
        "closed": log.closed_at is not None,
        "leaves": verified.leaves,
        "checkpoints": verified.checkpoints,
        "findings": [{"fault": one.fault.name, "where": one.where} for one in verified.findings],
        "not_compared": away,
    }
