"""What an aggregator has told of a dialogue so far: each form carries everything typed before."""

from typing import Final

import msgspec

KEPT_MAX: Final = 24
"""So many answers are repeated to whoever asks again."""


class Told(msgspec.Struct, frozen=True):
    """What was answered to one text."""

    text: str
    answer: str

    def __repr__(self) -> str:
        return "Told()"


class Typed(msgspec.Struct, frozen=True):
    """A dialogue: the texts that came, the newest last, each with its answer."""

    told: tuple[Told, ...] = ()

    def repeated(self, text: str) -> str | None:
        """The answer that this text has got already; None for a new one."""
        return next((one.answer for one in self.told if one.text == text), None)

    def new_in(self, text: str) -> str | None:
        """What is new since the last text; None when this one does not go on from there."""
        if not self.told:
            return None
        last = self.told[-1].text
        before = f"{last}*" if last else ""
        return text.removeprefix(before) if text.startswith(before) and text else None

    def with_answer(self, text: str, answer: str) -> "Typed":
        """The same, with one more."""
        return Typed((*self.told, Told(text, answer))[-KEPT_MAX:])


def with_inputs(service_code: str, text: str) -> str:
    """A code with inputs as they are dialled in one go: ``*888#`` and ``1*2`` are ``*888*1*2#``."""
    return f"{service_code.removesuffix('#')}*{text}#" if text else service_code
