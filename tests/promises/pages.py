"""The pages as the tests read them: their examples, each with the place where it stands."""

import re
from collections.abc import Container
from pathlib import Path
from typing import Final

import msgspec

ROOT: Final = Path(__file__).resolve().parents[2]
FENCE: Final = re.compile(r"```(?P<kind>\w*)\s*")
STORY, CONSOLE, SHELL = "tenure", "console", "shell"
"""A shell is typed into beside a running Tenure; the other two need a database only."""


class Line(msgspec.Struct, frozen=True):
    """One line of an example."""

    number: int
    text: str


class Block(msgspec.Struct, frozen=True):
    """One example: a story, or commands with what they answer."""

    path: Path
    kind: str
    lines: tuple[Line, ...]

    def place(self, line: Line) -> str:
        """Where a line stands, in a form that editors open."""
        path = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path.name
        return f"{path}:{line.number}"


class Example(msgspec.Struct, frozen=True):
    """A story and the commands after it, which see what it left; or commands alone."""

    blocks: tuple[Block, ...]

    @property
    def name(self) -> str:
        """Where it begins."""
        first = self.blocks[0]
        return f"{first.path.stem}:{first.lines[0].number}"


def blocks(path: Path, kinds: Container[str] = (STORY, CONSOLE)) -> list[Block]:
    """The examples of a page, in order; a fence that is never closed is our own mistake."""
    found: list[Block] = []
    kind: str | None = None
    lines: list[Line] = []
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        fence = FENCE.fullmatch(text)
        if fence is None:
            if kind is not None:
                lines.append(Line(number, text))
        elif kind is None:
            kind, lines = fence["kind"], []
        else:
            if kind in kinds and lines:
                found.append(Block(path, kind, tuple(lines)))
            kind = None
    assert kind is None, f"{path}: a fence is not closed"
    return found


def examples(path: Path) -> list[Example]:
    """What runs together: every story begins with an empty database, commands go on with it."""
    found: list[list[Block]] = []
    for block in blocks(path):
        if block.kind == STORY or not found:
            found.append([])
        found[-1].append(block)
    return [Example(tuple(together)) for together in found]


def folded(block: Block) -> list[Line]:
    """The lines of a story without empty ones and remarks; an indented line goes on with the one
    before."""
    found: list[Line] = []
    for line in block.lines:
        if not line.text.strip() or line.text.startswith("#"):
            continue
        if line.text.startswith(" ") and found:
            found[-1] = Line(found[-1].number, f"{found[-1].text} {line.text.strip()}")
        else:
            found.append(Line(line.number, line.text.strip()))
    return found
