"""One home location register, reached over CTRL and VTY; a lost connection is made again."""

import asyncio
import contextlib
import logging
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final

import msgspec

from tenure.gateways.hlr.session import control, terminal
from tenure.gateways.hlr.session.control import Control, Told
from tenure.gateways.hlr.session.terminal import Vty
from tenure.gateways.hlr.translate.steps import (
    STEPS_MAX,
    Meaning,
    Step,
    Way,
    by_imsi,
    by_msisdn,
    command_of,
    meaning_of,
    next_step,
)
from tenure.gateways.hlr.translate.subscriber import (
    Believed,
    Looked,
    Row,
    Unclear,
    Wanted,
    believed_of,
    rows_of,
)
from tenure.values.msisdn import Msisdn

log = logging.getLogger(__name__)

READ_OCTETS: Final = 1 << 16
ANSWER_SECONDS_MAX: Final = 10.0
"""An answer of a register on its own machine takes a millisecond."""
LIST_SECONDS_MAX: Final = 120.0
LIST_ALL: Final = "show subscribers all"


class NotReachedError(Exception):
    """The register cannot be asked now; what was under way may or may not have been done."""


class NotBelievedError(Exception):
    """The register answers, but not as it should; a person must look.  Names no subscriber."""


class Endpoint(msgspec.Struct, frozen=True):
    """Where a register is."""

    host: str
    control_port: int = 4259
    terminal_port: int = 4258

    def __str__(self) -> str:
        """As it is written in the option."""
        return f"{self.host}:{self.control_port}:{self.terminal_port}"


class Register:
    """A register that can be looked into and changed; one change at a time."""

    def __init__(self, endpoint: Endpoint, answer_seconds: float = ANSWER_SECONDS_MAX) -> None:
        self.endpoint = endpoint
        self._ctrl = _ControlLine(endpoint, answer_seconds)
        self._vty = _TerminalLine(endpoint, answer_seconds)
        self._changing = asyncio.Lock()

    async def close(self) -> None:
        """Take leave; the next question connects again."""
        await self._ctrl.close()
        await self._vty.close()

    async def bring(self, wanted: Wanted) -> list[Step]:
        """Have the register believe what is wanted; the steps that it took, none if it did.

        Whoever is interrupted calls again: every step begins with a look.  NotReachedError,
        NotBelievedError.
        """
        taken: list[Step] = []
        async with self._changing:
            while (step := next_step(wanted, await self.look(wanted))) is not None:
                if len(taken) == STEPS_MAX:
                    raise NotBelievedError("the register agrees to every step and keeps none")
                await self._take(step)
                taken.append(step)
        return taken

    async def look(self, wanted: Wanted) -> Looked:
        """What the register believes about all that a wanted state touches."""
        sims = ((wanted.imsi,) if wanted.imsi is not None else ()) + wanted.gone
        variables = [by_msisdn(wanted.msisdn), *(by_imsi(sim) for sim in sims)]
        at, *found = await self._believed(variables)
        sim = found.pop(0) if wanted.imsi is not None else None
        return Looked(sim, at, tuple(one for one in found if one is not None))

    async def believed(self, msisdns: Sequence[Msisdn]) -> list[Believed | None]:
        """What it believes about the SIMs that have these numbers."""
        return await self._believed([by_msisdn(msisdn) for msisdn in msisdns])

    async def everybody(self) -> list[Row]:
        """All subscribers of the register, for reconciliation."""
        rows = rows_of(await self._vty.say(LIST_ALL, LIST_SECONDS_MAX))
        if isinstance(rows, Unclear):
            raise NotBelievedError(rows.reason)
        return rows

    async def _believed(self, variables: Sequence[str]) -> list[Believed | None]:
        told = await self._ctrl.ask([(f"{variable}.info-all", None) for variable in variables])
        return [_read(one) for one in told]

    async def _take(self, step: Step) -> None:
        command = command_of(step)
        if command.way is Way.TERMINAL:
            # Silence is its way to agree; the next look shows whether it was done.
            await self._vty.say(command.variable)
            return
        told = (await self._ctrl.ask([(command.variable, command.value)]))[0]
        if told.value is None and meaning_of(told.why) is Meaning.IMPOSSIBLE:
            raise NotBelievedError(f"{type(step).__name__} is refused: {told.why[:80]}")


def _read(told: Told) -> Believed | None:
    if told.value is None:
        if meaning_of(told.why) is Meaning.NOBODY:
            return None
        raise NotBelievedError(f"a look is refused: {told.why[:80]}")
    believed = believed_of(told.value)
    if isinstance(believed, Unclear):
        raise NotBelievedError(believed.reason)
    return believed


class _Line(ABC):
    """A TCP connection that is made when it is needed, and dropped when it goes wrong."""

    def __init__(self, host: str, port: int, seconds: float) -> None:
        self._host, self._port, self._seconds = host, port, seconds
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._turn = asyncio.Lock()

    async def close(self) -> None:
        """Drop the connection."""
        if self._streams is None:
            return
        _, writer = self._streams
        self._streams = None
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is not None and self._streams[0].at_eof():
            await self.close()
        if self._streams is None:
            try:
                async with asyncio.timeout(self._seconds):
                    self._streams = await asyncio.open_connection(self._host, self._port)
            except OSError as error:
                where = f"{self._host} port {self._port}"
                raise NotReachedError(f"nobody answers at {where}: {error}") from error
            await self._greet()
        return self._streams

    @abstractmethod
    async def _greet(self) -> None:
        """A new connection; nothing was said on it."""

    async def _heard(self) -> bytes:
        """What comes next; b"" at the end of the connection."""
        assert self._streams is not None
        return await self._streams[0].read(READ_OCTETS)


class _ControlLine(_Line):
    """The CTRL connection."""

    def __init__(self, endpoint: Endpoint, seconds: float) -> None:
        super().__init__(endpoint.host, endpoint.control_port, seconds)
        self._session = Control()

    async def ask(self, questions: Sequence[tuple[str, str | None]]) -> list[Told]:
        """Get (value None) or set variables at once; the answers in the order of the questions."""
        answers: list[Told] = []
        async with self._turn:
            for start in range(0, len(questions), control.OUTSTANDING_MAX):
                some = questions[start : start + control.OUTSTANDING_MAX]
                answers += await self._safely(some)
        return answers

    async def _greet(self) -> None:
        self._session = Control()

    async def _safely(self, questions: Sequence[tuple[str, str | None]]) -> list[Told]:
        """As ``_asked``; whatever goes wrong ends the connection, as late answers would mislead."""
        try:
            return await self._asked(questions)
        except TimeoutError as error:
            raise NotReachedError(self._session.silent().why) from error
        except OSError as error:
            raise NotReachedError(self._session.left().why) from error
        finally:
            if self._session.state is control.State.CLOSED or self._session.waits:
                await self.close()

    async def _asked(self, questions: Sequence[tuple[str, str | None]]) -> list[Told]:
        _, writer = await self._connected()
        session = self._session
        numbers: list[int] = []
        for variable, value in questions:
            number, octets = (
                session.get(variable) if value is None else session.set(variable, value)
            )
            numbers.append(number)
            writer.write(octets)
        told: dict[int, Told] = {}
        async with asyncio.timeout(self._seconds):
            await writer.drain()
            while len(told) < len(numbers):
                self._hear(await self._heard(), told)
        return [told[number] for number in numbers]

    def _hear(self, data: bytes, told: dict[int, Told]) -> None:
        if not data:
            raise NotReachedError(self._session.left().why)
        for outcome in self._session.received(data):
            match outcome:
                case Told(number=number):
                    told[number] = outcome
                case control.Noticed(words=words):
                    log.info("the register at %s says %s", self._host, words)
                case control.Ended(why=why):
                    raise NotReachedError(why)


class _TerminalLine(_Line):
    """The VTY connection."""

    def __init__(self, endpoint: Endpoint, seconds: float) -> None:
        super().__init__(endpoint.host, endpoint.terminal_port, seconds)
        self._session = Vty()

    async def say(self, command: str, seconds: float | None = None) -> str:
        """Give a command; what is said to it."""
        async with self._turn:
            try:
                _, writer = await self._connected()
                writer.write(self._session.command(command))
                async with asyncio.timeout(self._seconds if seconds is None else seconds):
                    said = await self._until(terminal.Said)
                assert isinstance(said, terminal.Said)
            except TimeoutError as error:
                raise NotReachedError(self._session.silent().why) from error
            except OSError as error:
                raise NotReachedError(self._session.left().why) from error
            finally:
                if self._session.state is not terminal.State.READY:
                    await self.close()
        return said.words

    async def _greet(self) -> None:
        self._session = Vty()
        async with asyncio.timeout(self._seconds):
            await self._until(terminal.Ready)

    async def _until(self, kind: type[terminal.Ready | terminal.Said]) -> terminal.Outcome:
        assert self._streams is not None
        while True:
            data = await self._heard()
            outcome = self._session.received(data) if data else self._session.left()
            match outcome:
                case terminal.Send(octets=octets):
                    self._streams[1].write(octets)
                case terminal.Ended(why=why):
                    raise NotReachedError(why)
                case None:
                    pass
                case _:
                    assert isinstance(outcome, kind)
                    return outcome
