"""What is wrong with a pack: every problem at its file and line, with its clause and a remedy."""

import msgspec


class Problem(msgspec.Struct, frozen=True, order=True):
    """One thing to put right before this pack can be used."""

    file: str
    """Relative to the folder of the pack."""
    line: int
    """From 1; 0 when the file as a whole is meant."""
    what: str
    remedy: str
    clause: str = ""

    def __str__(self) -> str:
        """``file:line: what [clause]; remedy``, as editors understand it."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        clause = f" [{self.clause}]" if self.clause else ""
        return f"{place}: {self.what}{clause}; {self.remedy}"


class UnreadableError(ValueError):
    """A value in a file that cannot be understood, and what to write instead."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


class UnusablePackError(Exception):
    """A pack that must not be used; nothing starts half-configured."""

    def __init__(self, pack: str, problems: tuple[Problem, ...]) -> None:
        count = f"{len(problems)} problem" + ("" if len(problems) == 1 else "s")
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"the pack {pack} has {count}:\n{lines}")
        self.problems = problems
