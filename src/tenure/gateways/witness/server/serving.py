"""A witness over HTTP."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, Final

from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from tenure.gateways.witness import wire
from tenure.gateways.witness.server.witness import Witness
from tenure.gateways.witness.translate import Answer

log = logging.getLogger(__name__)

STARTED_WITHIN_SECONDS: Final = 10.0
STOPPED_WITHIN_SECONDS: Final = 2.0
POLL_SECONDS: Final = 0.02
SETTLED_SECONDS: Final = 0.1

NO_PAGE: Final = Answer(HTTPStatus.NOT_FOUND, f"a witness answers POST {wire.PATH} only\n")
NO_METHOD: Final = Answer(HTTPStatus.METHOD_NOT_ALLOWED, "use POST\n")
TOO_LONG: Final = Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the request is too long\n")
ACCIDENT: Final = Answer(HTTPStatus.INTERNAL_SERVER_ERROR, "an accident; nothing was cosigned\n")


class WitnessServer:
    """Serves one witness; ``start`` opens it, ``stop`` closes it."""

    def __init__(self, witness: Witness, host: str, port: int) -> None:
        """Nothing is opened yet."""
        self.witness, self.host, self.port = witness, host, port
        # One thread of its own: no state is ever rolled back, and nobody else can keep it busy.
        self._one = ThreadPoolExecutor(max_workers=1, thread_name_prefix="witness")
        self._server: Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open it; returns when it answers, and raises OSError when it cannot."""
        self._server = Server(
            self._app,
            address=self.host,
            port=self.port,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,
            websockets=False,
            log_enabled=False,
        )
        self._task = asyncio.create_task(self._server.serve())
        try:
            async with asyncio.timeout(STARTED_WITHIN_SECONDS):
                while not await _answers(self.host, self.port):
                    if self._task.done():
                        self._task.result()
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError as error:
            raise OSError(f"nothing answers on port {self.port}") from error

    async def stop(self) -> None:
        """Finish what is being answered and close."""
        if self._server is None or self._task is None:
            return
        self._server.stop()  # type: ignore[no-untyped-call]
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):
            await asyncio.wait_for(self._task, timeout=STOPPED_WITHIN_SECONDS)
        # Its threads end a little after it says so (docs/decisions/0021).
        await asyncio.sleep(SETTLED_SECONDS)
        self._one.shutdown()

    async def _app(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        if str(scope["type"]) != "http":
            return
        answer = await self._answer(str(scope["method"]), str(scope["path"]), receive)
        headers = [(b"content-type", answer.content_type.encode())]
        await send(
            {"type": "http.response.start", "status": int(answer.status), "headers": headers}
        )
        await send({"type": "http.response.body", "body": answer.body.encode()})

    async def _answer(self, method: str, path: str, receive: Any) -> Answer:
        if path != wire.PATH:
            return NO_PAGE
        if method != "POST":
            return NO_METHOD
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = bool(message.get("more_body"))
            if len(body) > wire.BODY_OCTETS_MAX:
                return TOO_LONG
        return await self.asked(body)

    async def asked(self, body: bytes) -> Answer:
        """What is answered to a request; one at a time."""
        loop = asyncio.get_running_loop()
        try:
            answer = await loop.run_in_executor(self._one, self.witness.add_checkpoint, body)
        except Exception:
            log.exception("a checkpoint could not be cosigned")
            return ACCIDENT
        return Answer(HTTPStatus.OK, answer) if isinstance(answer, str) else answer


async def _answers(host: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True
