"""What is answered to one HTTP request, whatever carried it: create, update, release."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping
from typing import Final, Protocol

import msgspec

from tenure.gateways.nchf.server.memory import Counting, Recent
from tenure.gateways.nchf.server.notify import Allowed, Notifier
from tenure.gateways.nchf.server.tally import Tally
from tenure.gateways.nchf.translate import answers, asks
from tenure.gateways.nchf.translate.answers import Local, problem
from tenure.gateways.nchf.translate.asks import KEY_PREFIX, Opening, Stamp
from tenure.gateways.nchf.wire.messages import (
    API_NAME,
    API_PATH,
    ChargingDataRequest,
    InvalidParam,
    ProblemDetails,
    encoded,
)
from tenure.gateways.nchf.wire.reading import read
from tenure.gateways.nchf.wire.reference import Reference, References
from tenure.promises.charging.model import Answer, Ask, Request, Stale
from tenure.promises.tariffs.model import Service
from tenure.values.instant import Instant

log = logging.getLogger(__name__)

JSON: Final = ("content-type", "application/json")
PROBLEM_JSON: Final = ("content-type", "application/problem+json")

CONGESTED: Final = 503
RETRY_AFTER_SECONDS: Final = "1"

KIND: Final[Mapping[str, Request]] = {"update": Request.UPDATE, "release": Request.TERMINATE}


class Asked(Protocol):
    """What a gateway needs of the charging lanes."""

    async def ask(self, command: Ask, /) -> Answer:
        """The answer, after its effect is on disk."""
        ...


class Settings(msgspec.Struct, frozen=True):
    """What main decides for this gateway."""

    secret: bytes
    """64 octets under which references are sealed; the same for all processes and restarts."""
    host: str = "127.0.0.1"
    port: int = 8090
    api_root: str = ""
    """How consumers reach us, for Location; "": as the request was addressed."""
    local: Local = Local()
    notify_hosts: tuple[str, ...] = ("127.0.0.0/8", "::1", "localhost")
    """Consumers that may be notified: names, addresses, networks."""
    body_seconds: float = 10.0
    """How long a body may take to arrive."""
    certificate: str = ""
    """Files of a certificate chain and its key, for TLS."""
    certificate_key: str = ""
    client_authority: str = ""
    """File of the authority that consumers' certificates must come from; "": none asked for."""

    def __repr__(self) -> str:
        return f"Settings({self.host}:{self.port})"


class Reply(msgspec.Struct, frozen=True):
    """An HTTP response, and how it is counted."""

    operation: str
    result: str
    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Route(msgspec.Struct, frozen=True):
    """The resource and operation that a path names."""

    operation: str
    token: str = ""


def route(path: str) -> Route | ProblemDetails:
    """The operation of a path; problems as in TS 29.500 table 5.2.7.2-1."""
    if path == API_PATH:
        return Route("create")
    if path.startswith(API_PATH + "/"):
        token, _, operation = path[len(API_PATH) + 1 :].partition("/")
        if token and operation in KIND:
            return Route(operation, token)
    elif path.startswith(f"/{API_NAME}/") and not path.startswith(API_PATH):
        return problem(400, "INVALID_API", "this is version 3 of the API: use v3 in the path")
    return problem(404, "RESOURCE_URI_STRUCTURE_NOT_FOUND", "no such resource")


def refused(operation: str, details: ProblemDetails, *headers: tuple[str, str]) -> Reply:
    """A problem as a response; one of congestion says when to come again."""
    result = f"{details.status} {details.cause}" if details.cause else str(details.status)
    said = [PROBLEM_JSON, *headers]
    if details.status == CONGESTED:
        said.append(("retry-after", RETRY_AFTER_SECONDS))
    return Reply(operation, result, details.status, said, encoded(details))


class Gateway:
    """Answers requests from the charging lanes; holds no session."""

    def __init__(self, settings: Settings, lanes: Asked, tally: Tally) -> None:
        self.settings = settings
        self.lanes = lanes
        self.tally = tally
        self.references = References(settings.secret)
        # A hash under a secret of its own, so that no token helps to guess a session key.
        self._identity_secret = self.references.subkey(b"identity")
        self._openings: Recent[tuple[str, Stamp]] = Recent()
        self._counting = Counting()
        self.notifier = Notifier(Allowed(settings.notify_hosts))

    async def answer(self, where: Route, body: bytes, at: Instant, api_root: str) -> Reply:
        """The response to a POST with a whole body.  Never raises: an accident is a 500."""
        try:
            request = read(body)
            if isinstance(request, ProblemDetails):
                return refused(where.operation, request)
            stamp = asks.stamp_of(request)
            if isinstance(stamp, ProblemDetails):
                return refused(where.operation, stamp)
            if where.operation == "create":
                return await self._create(request, stamp, at, api_root)
            return await self._continue(where, request, stamp, at)
        except Exception as accident:  # noqa: BLE001  a peer must get an answer, never a traceback
            # The message of an exception may quote the request; its kind and place do not.
            log.error("a request failed by accident: %s", place_of(accident))  # noqa: TRY400
            return refused(where.operation, problem(500, "SYSTEM_FAILURE"))

    async def _create(
        self, request: ChargingDataRequest, stamp: Stamp, at: Instant, api_root: str
    ) -> Reply:
        operation = "event" if request.one_time_event else "create"
        key, stamp = self._identified(request, stamp, at)
        opening = asks.opening(request, key, stamp, at, self.settings.local.emergency_number)
        if not isinstance(opening, Opening):
            return refused(operation, opening)
        answer = await self.lanes.ask(opening.ask)
        if answer.refusal is not None:
            return refused(operation, answers.problem_of(answer.refusal, answer.detail))
        token = self.references.token(opening.reference)
        location = ("location", f"{api_root}{API_PATH}/{token}")
        body = self._body(request, answer, opening.ask.service, at)
        return Reply(operation, "201", 201, [JSON, location], body)

    def _identified(
        self, request: ChargingDataRequest, stamp: Stamp, at: Instant
    ) -> tuple[str, Stamp]:
        """The key of a create.  A repetition has the key of the original, so that charging answers
        it as it did before, and opens no second session."""
        unstamped = asks.identity(request, self._identity_secret, stamped=False)
        if request.retransmission_indicator:
            earlier = self._openings.get(unstamped, at)
            if earlier is not None:
                return earlier
        found = asks.identity(request, self._identity_secret, stamped=True), stamp
        self._openings.put(unstamped, found, at)
        return found

    async def _continue(
        self, where: Route, request: ChargingDataRequest, stamp: Stamp, at: Instant
    ) -> Reply:
        reference = self.references.read(where.token)
        if reference is None or reference.once:
            details = problem(
                404,
                "CONTEXT_NOT_FOUND",
                "there is no such charging session",
                (InvalidParam("{ChargingDataRef}", "is not one of ours, or of a one-time event"),),
            )
            return refused(where.operation, details)
        ask = asks.continuation(
            KIND[where.operation],
            request,
            reference,
            self._number(request, reference, stamp, at),
            at,
            self.settings.local.emergency_number,
        )
        if isinstance(ask, ProblemDetails):
            return refused(where.operation, ask)
        answer = await self.lanes.ask(ask)
        if answer.refusal is not None:
            return refused(where.operation, answers.problem_of(answer.refusal, answer.detail))
        if ask.request is Request.TERMINATE:
            return Reply(where.operation, "204", 204, [], b"")
        return Reply(
            where.operation, "200", 200, [JSON], self._body(request, answer, ask.service, at)
        )

    def _number(
        self, request: ChargingDataRequest, reference: Reference, stamp: Stamp, at: Instant
    ) -> int:
        """The request number: as sent; else by the consumer's clock.

        The create has taken number 0, so that 0 afterwards is a counter that was never set: the
        zero value of a Go program.
        """
        if request.invocation_sequence_number:
            return request.invocation_sequence_number
        content = asks.identity(
            request, self._identity_secret, stamped=not request.retransmission_indicator
        )
        by_clock = asks.number_by_clock(stamp, reference)
        return self._counting.number(reference.key, content, by_clock, at)

    def _body(
        self, request: ChargingDataRequest, answer: Answer, service: Service, at: Instant
    ) -> bytes:
        return encoded(answers.response(request, answer, service, at, self.settings.local))

    async def tell(self, stale: Stale) -> bool:
        """Notify the consumer of a stale session.  False: not a session of this gateway."""
        if not stale.key.startswith(KEY_PREFIX):
            return False
        if not stale.peer:
            return True
        began = time.perf_counter()
        body = encoded(answers.notification(abort=stale.abort))
        told = await self.notifier.post(stale.peer, body)
        self.tally.count(
            "notify", str(told.status) if told.status else told.why, time.perf_counter() - began
        )
        if not told.ok:
            log.warning("a consumer could not be notified: %s", told.why or f"status {told.status}")
        return True

    async def stop(self) -> None:
        """Close what is open towards consumers."""
        with contextlib.suppress(asyncio.CancelledError):
            await self.notifier.stop()


def place_of(accident: BaseException) -> str:
    """The kind of an exception and the line of ours it came from, without its message."""
    trace = accident.__traceback__
    place = ""
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno} in {code.co_name}"
        trace = trace.tb_next
    return f"{type(accident).__name__} at {place}"
