"""What goes wrong around the system: connections cut before or after a commit, processes killed."""

import asyncio
import contextlib
import os
import signal
import time
from enum import Enum
from pathlib import Path
from typing import Self

from tenure.postgres.embedded import Cluster

COMMIT_ASKED = b"COMMIT\0"
"""In what a client sends: the text of the statement, as a simple or an extended query."""
COMMIT_DONE = b"C\0\0\0\x0bCOMMIT\0"
"""In what PostgreSQL sends: the CommandComplete message of a commit."""


class Cut(Enum):
    """When a connection is lost."""

    BEFORE_COMMIT = "before"
    """The commit never reaches PostgreSQL: the work is undone, the asker does not know."""
    AFTER_COMMIT = "after"
    """PostgreSQL committed and said so, but nobody heard: the asker does not know."""


class Wire:
    """A proxy between a server and PostgreSQL that loses connections when told to.

    ``cut_next`` arms it once: the next commit that passes loses its connection before or after.
    """

    def __init__(self, listen: Path, upstream: Path) -> None:
        self.listen = listen
        self.upstream = upstream
        self.armed: Cut | None = None
        self.cuts = {Cut.BEFORE_COMMIT: 0, Cut.AFTER_COMMIT: 0}
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Listen on a unix socket named as PostgreSQL names its own."""
        self._server = await asyncio.start_unix_server(self._serve, str(self.listen))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening and drop what is open."""
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self._server.wait_closed()

    def cut_next(self, cut: Cut) -> None:
        """Lose the connection of the next commit."""
        self.armed = cut

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            up_reader, up_writer = await asyncio.open_unix_connection(str(self.upstream))
        except OSError:
            writer.close()
            self._tasks.discard(task)
            return
        asked = asyncio.create_task(self._pump(reader, up_writer, Cut.BEFORE_COMMIT, COMMIT_ASKED))
        told = asyncio.create_task(self._pump(up_reader, writer, Cut.AFTER_COMMIT, COMMIT_DONE))
        try:
            await asyncio.wait({asked, told}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            pass  # the proxy is being taken down
        finally:
            for pump in (asked, told):
                pump.cancel()
            await asyncio.gather(asked, told, return_exceptions=True)
            writer.close()
            up_writer.close()
            self._tasks.discard(task)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cut: Cut, sign: bytes
    ) -> None:
        """Pass bytes on until the end, or until the sign when this cut is armed."""
        tail = b""
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(1 << 16):
                seen = tail + piece
                if self.armed is cut and sign in seen:
                    self.armed = None
                    self.cuts[cut] += 1
                    return
                tail = seen[-len(sign) + 1 :]
                writer.write(piece)
                await writer.drain()


def kill_postgres(cluster: Cluster) -> None:
    """Kill -9 the postmaster, as a machine that loses power would, and start it again."""
    pid = cluster.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while cluster.pid == pid and time.monotonic() < deadline:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        time.sleep(0.01)
    cluster.revive()
