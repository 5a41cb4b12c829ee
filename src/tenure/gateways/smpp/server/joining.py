"""Parts of texts wait for each other, and so do the answers to them, for a while."""

import asyncio
from collections.abc import Callable
from typing import Final, Generic, TypeVar

import msgspec

from tenure.gateways.smpp.translate.reading import Assemblies, Spoken
from tenure.gateways.smpp.wire.bodies import Message
from tenure.values.instant import Instant

Answer = TypeVar("Answer")

HOLD_SECONDS: Final = 5.0
"""A part waits so long for the others before it is answered alone: who sends one at a time goes on,
and who sends them together repeats all of them if we die."""


class _Held(msgspec.Struct, Generic[Answer]):
    """Parts that came, and are not answered yet."""

    answers: list[Answer]
    timer: asyncio.TimerHandle


class Joining(Generic[Answer]):
    """The texts of which not all parts have come, and whom to answer."""

    def __init__(self, now: Callable[[], Instant], release: Callable[[Answer], None]) -> None:
        """``release`` is called with an answer that waited long enough."""
        self._assemblies = Assemblies()
        self._held: dict[tuple[str, str, int], _Held[Answer]] = {}
        self._now, self._release = now, release

    def add(
        self, message: Message, part: Spoken, answer: Answer
    ) -> tuple[str, list[Answer]] | None:
        """A message has come: the whole text and all that wait for its fate, or None."""
        text = self._assemblies.add(message, part, self._now())
        if part.place is None or part.place.total == 1:
            assert text is not None
            return text, [answer]
        key = (message.source.text, message.destination.text, part.place.reference)
        held = self._held.get(key)
        if text is not None:
            if held is None:
                return text, [answer]
            held.timer.cancel()
            del self._held[key]
            return text, [*held.answers, answer]
        if held is None:
            timer = asyncio.get_running_loop().call_later(HOLD_SECONDS, self._let_go, key)
            self._held[key] = _Held([answer], timer)
        else:
            held.answers.append(answer)
        return None

    def _let_go(self, key: tuple[str, str, int]) -> None:
        for answer in self._held.pop(key).answers:
            self._release(answer)

    def close(self) -> list[Answer]:
        """Nobody is there to be answered any more: those that waited."""
        waited = [answer for held in self._held.values() for answer in held.answers]
        for held in self._held.values():
            held.timer.cancel()
        self._held.clear()
        return waited
