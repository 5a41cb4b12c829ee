"""Forms of aggregators over HTTP: answered once, and repeated to whoever asks again."""

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Hashable, Mapping
from http import HTTPStatus
from typing import Any, Final
from weakref import WeakValueDictionary

import msgspec

from tenure.gateways.ussd.server.engine import Engine
from tenure.gateways.ussd.session.dialogues import Dialogues
from tenure.gateways.ussd.session.typed import Typed, with_inputs
from tenure.gateways.ussd.wire import forms
from tenure.gateways.ussd.wire.forms import Form
from tenure.http import HttpServer

log = logging.getLogger(__name__)

SECRET_CHARS_MIN: Final = 16
PATH: Final = "/ussd"
BEARER: Final = "Bearer "

Answer = tuple[HTTPStatus, str]


class FormSettings(msgspec.Struct, frozen=True):
    """Where aggregators post, and the secret they show: in the path, or as a bearer token."""

    secret: str
    host: str = "127.0.0.1"
    port: int = 8090

    def __post_init__(self) -> None:
        """Without a secret anybody could speak for any number."""
        if len(self.secret) < SECRET_CHARS_MIN:
            raise ValueError(f"give aggregators a secret of {SECRET_CHARS_MIN} characters or more")

    def __repr__(self) -> str:
        return f"FormSettings({self.host}:{self.port})"


class Forms:
    """The door for aggregators; ``start`` opens it, ``stop`` closes it."""

    def __init__(self, settings: FormSettings, engine: Engine) -> None:
        self.settings, self.engine = settings, engine
        self._typed: Dialogues[Typed] = Dialogues(engine.desk.menus.dialogue_ms)
        self._turns: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()
        self._server = HttpServer(self._app, settings.host, settings.port)

    async def start(self) -> None:
        """Open it; returns when it answers, and raises OSError when it cannot."""
        await self._server.start()

    async def stop(self) -> None:
        """Finish what is being answered and close."""
        await self._server.stop()

    async def _app(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        if str(scope["type"]) != "http":
            return
        status, text = await self._answer(scope, receive)
        headers = [(b"content-type", b"text/plain; charset=utf-8")]
        await send({"type": "http.response.start", "status": int(status), "headers": headers})
        await send({"type": "http.response.body", "body": text.encode("utf-8", "replace")})

    async def _answer(self, scope: Mapping[str, Any], receive: Any) -> Answer:
        headers = {bytes(name): bytes(value) for name, value in scope["headers"]}
        if not self._may(str(scope["path"]), headers.get(b"authorization", b"")):
            return HTTPStatus.NOT_FOUND, "there is nothing here\n"
        if scope["method"] != "POST":
            return HTTPStatus.METHOD_NOT_ALLOWED, "use POST\n"
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = bool(message.get("more_body"))
            if len(body) > forms.BODY_OCTETS_MAX:
                return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the form is too long\n"
        form = forms.read(body)
        if isinstance(form, forms.Malformed):
            return HTTPStatus.BAD_REQUEST, f"{form.reason}\n"
        return HTTPStatus.OK, await self.asked(form)

    def _may(self, path: str, authorization: bytes) -> bool:
        secret = self.settings.secret.encode()
        if path == PATH:
            shown = authorization.removeprefix(BEARER.encode())
        else:
            shown = path.removeprefix(f"{PATH}/").encode() if path.startswith(f"{PATH}/") else b""
        return hmac.compare_digest(shown, secret)

    async def asked(self, form: Form) -> str:
        """What is answered to a form; the same text of a dialogue gets the same answer again."""
        key = (form.session_id, form.msisdn)
        turn = self._turns.get(key)
        if turn is None:
            turn = self._turns[key] = asyncio.Lock()
        async with turn:
            typed = self._typed.find(key, self.engine.now()) or Typed()
            repeated = typed.repeated(form.text)
            if repeated is not None:
                return repeated
            answer = await self._new(key, form, typed.new_in(form.text))
            self._typed.keep(key, typed.with_answer(form.text, answer), self.engine.now())
            return answer

    async def _new(self, key: Hashable, form: Form, said: str | None) -> str:
        """Go on, or begin: what was typed before a dialogue was lost is dialled in one go."""
        page = None if said is None else await self.engine.answer(key, said)
        if page is None:
            code = with_inputs(form.service_code, form.text)
            name = hashlib.sha256(form.session_id.encode()).hexdigest()[:16]
            page = await self.engine.dial(key, form.msisdn, code, f"http {name}")
        if page is None:
            text = self.engine.desk.say(self.engine.desk.terms.prevailing_language, "say-nobody")
            return forms.written(text, ends=True)
        return forms.written(page.text, ends=page.ends)
