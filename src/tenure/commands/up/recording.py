"""The record while Tenure runs: a log with its signer, witnesses beside us, and publishing."""

import asyncio
import contextlib
import json
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tenure.commands.up.beside import clock_typed, ended
from tenure.commands.up.trouble import CannotRunError
from tenure.gateways.clock.server import Clock
from tenure.gateways.witness.server import Outside, Publisher, Signer
from tenure.gateways.witness.server.files import UnusableFolderError, folder, write
from tenure.gateways.witness.server.signer import vkeys_below
from tenure.gateways.witness.server.witness import LOGS, logs_in
from tenure.postgres.connection import connector
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.record import operations as record
from tenure.promises.record import rules
from tenure.promises.record.model import Log, Trust
from tenure.promises.record.rules import MalformedError

if TYPE_CHECKING:
    from tenure.commands.up.running import Plan

log = logging.getLogger(__name__)

BESIDE: Final = ("independent", "regulator")
"""The witnesses that run beside us unless others are named.  They show how it works; that somebody
else runs them is what makes them worth something."""
START_SECONDS_MAX: Final = 20
AGAIN_SECONDS: Final = 1.0
LOOK_SECONDS: Final = 0.05
RECORD: Final = "record"
POLICY: Final = "policy"
"""Whom to trust, in the format of C2SP tlog-policy."""
WITNESSES: Final = "witnesses"


def policy_below(data: Path) -> Path:
    """The file that says whom to trust."""
    return data / RECORD / POLICY


def outside(typed: Sequence[str]) -> list[Outside]:
    """The witnesses named by --witness URL=VKEY; CannotRunError says which cannot be read."""
    found = []
    for text in typed:
        url, equals, vkey = text.partition("=")
        if not equals or not url.startswith(("http://", "https://")):
            raise CannotRunError(f"--witness {text}: write URL=VKEY, as tenure witness prints them")
        try:
            found.append(Outside(url, vkey))
        except MalformedError as wrong:
            raise CannotRunError(f"--witness {text}: {wrong}; give the key it prints") from wrong
    return found


class Recording:
    """Everything of the record that runs in, or beside, the one process."""

    def __init__(
        self, data: Path, operator: str, clock: Clock, pool: Pool, given: Sequence[Outside]
    ) -> None:
        """Nothing runs yet.  ``given``: witnesses elsewhere; none means two beside us."""
        self._data, self._operator, self._clock, self._pool = data, operator, clock, pool
        self._given = list(given)
        self._beside: dict[str, Outside] = {}
        self.publisher: Publisher | None = None

    @classmethod
    async def opened(cls, plan: "Plan", pool: Pool) -> "Recording":
        """The record of a plan, with its log open."""
        operator = plan.pack.terms.operator
        recording = cls(plan.data, operator, plan.clock, pool, plan.witnesses)
        await recording.open()
        return recording

    async def open(self) -> None:
        """Open the log, or find ours open; CannotRunError when its keys are not here."""
        try:
            signer = await self._signer()
        except UnusableFolderError as wrong:
            raise CannotRunError(str(wrong)) from wrong
        self.publisher = Publisher(self._pool, signer, self._given, self._clock.now)
        self._remember()

    async def _signer(self) -> Signer:
        under = folder(self._data / RECORD)
        current = await perform(self._pool, record.log.current)
        if current is None:
            made = Signer.made(under, self._operator)
            vkey = made.verifiers()[0].vkey
            current = await perform(
                self._pool, record.log.open_log, made.origin, vkey, self._clock.now()
            )
        return Signer.of(under, current.origin)

    def told(self) -> tuple[str, bool]:
        """How far the record is, for people, and whether it is well."""
        publisher = self.publisher
        if publisher is None or not publisher.size:
            return "the record: waiting for its witnesses", True
        if publisher.trouble:
            return f"the record: {publisher.trouble}", False
        seen = ", ".join(sorted(one.key.name.partition("/")[0] for one in publisher.witnesses))
        return f"the record: {publisher.size:,} leaves, cosigned by {seen}", True

    def witness_vkeys(self) -> list[str]:
        """The keys of those who cosign, as they are known now."""
        return [] if self.publisher is None else [one.key.vkey for one in self.publisher.witnesses]

    async def run(self, dsn: str) -> None:
        """Publish, with the witnesses beside us, until cancelled."""
        assert self.publisher is not None
        work: list[Any] = [self._publish(dsn), self._follow()]
        if not self._given:
            work += [self._keep(name) for name in BESIDE]
        tasks = [asyncio.create_task(each) for each in work]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                # Who is on the way out already ends a program, and is not hurried.
                if not task.cancelling():
                    task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _publish(self, dsn: str) -> None:
        """Publish, once the witnesses beside us had the time to start."""
        assert self.publisher is not None
        for _ in range(int(START_SECONDS_MAX / LOOK_SECONDS)):
            if len(self.publisher.witnesses) >= self.publisher.quorum:
                break
            await asyncio.sleep(LOOK_SECONDS)
        await self.publisher.run(connector(dsn))

    async def _follow(self) -> None:
        """Take up a successor of the log, when one was opened meanwhile."""
        assert self.publisher is not None
        while True:
            await asyncio.sleep(AGAIN_SECONDS)
            with contextlib.suppress(Exception):
                current = await perform(self._pool, record.log.current)
                if current is not None and current.origin != self.publisher.signer.origin:
                    self.publisher.signer = Signer.of(self._data / RECORD, current.origin)
                    for one in self.publisher.witnesses:
                        one.seen_size = None
                if current is not None:
                    self._introduce(current)
                    self._remember()

    def _introduce(self, current: Log) -> None:
        """The witnesses beside us trust the keys that the log signs with."""
        for name in BESIDE:
            mine = self._data / WITNESSES / name
            known = logs_in(mine) if mine.exists() else []
            fresh = [key.vkey for key in current.keys if key.vkey not in known]
            if mine.exists() and fresh:
                write(mine / LOGS, "".join(f"{vkey}\n" for vkey in [*known, *fresh]))

    async def _keep(self, name: str) -> None:
        """Run a witness beside us, and again when it ended."""
        while True:
            try:
                await self._witness(name)
            except (OSError, ValueError, TimeoutError) as error:
                log.error("the witness %s does not start: %s", name, type(error).__name__)  # noqa: TRY400 -- it is told
            await asyncio.sleep(AGAIN_SECONDS)

    async def _witness(self, name: str) -> None:
        assert self.publisher is not None
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tenure.main", "witness", "--json", "--with-stdin"),
            *("--folder", str(self._data / WITNESSES / name), "--name", f"{name}.tenure/witness"),
            *("--listen", "127.0.0.1:0", "--clock", clock_typed(self._clock)),
            *(part for key in self.publisher.signer.verifiers() for part in ("--log", key.vkey)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            assert process.stdout is not None
            line = await asyncio.wait_for(process.stdout.readline(), START_SECONDS_MAX)
            said = json.loads(line)
            self._beside[name] = Outside(said["url"], said["vkey"])
            known = (self._beside.get(each) for each in BESIDE)
            self.publisher.witnesses = [each for each in known if each is not None]
            self._remember()
            log.info("the witness %s is there", name)
            await process.wait()
            log.error("the witness %s has ended; it is started again", name)
        finally:
            await ended(process)

    def _remember(self) -> None:
        """Whom relying parties trust, as a file to be handed on."""
        assert self.publisher is not None
        witnesses = self.publisher.witnesses
        under = folder(self._data / RECORD)
        if len(witnesses) >= self.publisher.quorum:
            trust = Trust(
                tuple(vkeys_below(under)),
                tuple(one.key.vkey for one in witnesses),
                self.publisher.quorum,
            )
            text = rules.policy(trust, [one.url for one in witnesses])
            path = under / POLICY
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                write(path, text)
