"""A witness over HTTP."""

import asyncio
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any, Final

from tenure.gateways.witness import wire
from tenure.gateways.witness.server.witness import Witness
from tenure.gateways.witness.translate import Answer
from tenure.http import HttpServer

log = logging.getLogger(__name__)

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
        self._server = HttpServer(self._app, host, port)

    async def start(self) -> None:
        """Open it; returns when it answers, and raises OSError when it cannot."""
        await self._server.start()

    async def stop(self) -> None:
        """Finish what is being answered and close."""
        await self._server.stop()
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
