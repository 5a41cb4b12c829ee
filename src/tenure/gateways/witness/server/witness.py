"""A witness: remembers the latest state of each log, and cosigns only what follows from it."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tenure.gateways.witness import wire
from tenure.gateways.witness.server import files
from tenure.gateways.witness.translate import Answer, judged, nothing, origin_of, trusted
from tenure.promises.record import rules
from tenure.promises.record.model import Checkpoint
from tenure.promises.record.rules import Kind
from tenure.values.instant import SECOND_MS, Instant

KEY: Final = "key"
LOGS: Final = "logs"
SEEN: Final = "seen"


class Witness:
    """One witness, in a folder of its own, with a clock of its own."""

    def __init__(self, folder: Path, name: str, now: Callable[[], Instant]) -> None:
        """Take the folder; UnusableFolderError when another witness has it."""
        self._lock = files.claimed(folder)
        self.folder = folder
        self._now = now
        files.folder(folder / SEEN)
        self._secret = files.secret(folder / KEY, name, Kind.COSIGNATURE)
        self.vkey = self._secret.key.vkey

    @property
    def name(self) -> str:
        """The name in its key."""
        return self._secret.name

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._lock)

    def trust(self, vkeys: list[str]) -> None:
        """Believe these keys of logs from now on; MalformedError when one is none."""
        trusted(vkeys)
        known = logs_in(self.folder)
        fresh = [vkey for vkey in vkeys if vkey not in known]
        if fresh:
            files.write(self.folder / LOGS, "".join(f"{vkey}\n" for vkey in [*known, *fresh]))

    def add_checkpoint(self, body: bytes) -> Answer | str:
        """The cosignature line, or the answer that there is none.

        To be called by one at a time: checking and remembering must not be parted.
        """
        try:
            request = wire.decoded(body)
        except wire.UnreadableError as wrong:
            return Answer(wire.BAD, f"{wrong}\n")
        origin = origin_of(request)
        keys = trusted(logs_in(self.folder)).get(origin, ())
        seen = self.seen(origin)
        decision = judged(request, keys, seen)
        if isinstance(decision, Answer):
            return decision
        if decision.checkpoint != seen:
            files.write(self._path(origin), rules.checkpoint_text(decision.checkpoint))
        at_seconds = self._now() // SECOND_MS
        return rules.line_of(rules.signed(self._secret, decision.text, at_seconds))

    def seen(self, origin: str) -> Checkpoint:
        """The latest state of a log that this witness has cosigned."""
        path = self._path(origin)
        try:
            return rules.checkpoint_of(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return nothing(origin)

    def _path(self, origin: str) -> Path:
        return self.folder / SEEN / hashlib.sha256(origin.encode()).hexdigest()[:32]


def logs_in(folder: Path) -> list[str]:
    """The keys of logs that the witness of a folder trusts; read anew for each request."""
    try:
        return (folder / LOGS).read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return []
