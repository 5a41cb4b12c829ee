"""An HTTP server embedded in the running loop: open when it answers, closed when its threads end.

For small pages and forms, whichever gateway they belong to (docs/decisions/0021).
"""

import asyncio
import contextlib
from typing import Any, Final

from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

STARTED_WITHIN_SECONDS: Final = 10.0
STOPPED_WITHIN_SECONDS: Final = 2.0
POLL_SECONDS: Final = 0.02
SETTLED_SECONDS: Final = 0.1
"""Its threads end a little after it says so."""


class HttpServer:
    """Serves an ASGI application, from ``start`` to ``stop``; both may be called once."""

    def __init__(self, app: Any, host: str, port: int, modes: HTTPModes = HTTPModes.http1) -> None:
        """Nothing is opened yet."""
        self._app, self._host, self._port, self._modes = app, host, port, modes
        self._server: Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open it; returns when it answers, and raises OSError when it cannot.

        It would share a port that is taken: who cares asks for the port alone first.
        """
        self._server = Server(
            self._app,
            address=self._host,
            port=self._port,
            interface=Interfaces.ASGI,
            http=self._modes,
            websockets=False,
            log_enabled=False,
        )
        self._task = asyncio.create_task(self._server.serve())
        try:
            async with asyncio.timeout(STARTED_WITHIN_SECONDS):
                while not await _answers(self._host, self._port):
                    if self._task.done():
                        self._task.result()
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError as error:
            raise OSError(f"nothing answers on port {self._port}") from error

    async def stop(self) -> None:
        """Finish what is being answered and close."""
        if self._server is None or self._task is None:
            return
        self._server.stop()  # type: ignore[no-untyped-call]
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):
            await asyncio.wait_for(self._task, timeout=STOPPED_WITHIN_SECONDS)
        await asyncio.sleep(SETTLED_SECONDS)


async def _answers(host: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True
