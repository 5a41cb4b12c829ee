"""Other people's programs while a test runs: started, heard line by line, and killed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

SECONDS_MAX = 30


class Program:
    """A program, and every line that it wrote."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.lines: list[str] = []
        self._more = asyncio.Event()

    async def listen(self) -> None:
        """Note what it says, until its end."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self.lines.append(line.decode(errors="replace").rstrip())
            self._more.set()
        self._more.set()

    async def said(self, holds: Callable[[str], bool], after: int = 0) -> str:
        """The first line from ``after`` on of which something holds; waits for it."""
        async with asyncio.timeout(SECONDS_MAX):
            while True:
                self._more.clear()
                for line in self.lines[after:]:
                    if holds(line):
                        return line
                assert self._process.returncode is None, "\n".join(self.lines)
                await self._more.wait()

    async def ended(self) -> None:
        """Wait for its end; it must be a good one."""
        async with asyncio.timeout(SECONDS_MAX):
            assert await self._process.wait() == 0, "\n".join(self.lines)

    def tell(self, line: str) -> None:
        """Write a line to it."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())


@asynccontextmanager
async def running(
    *command: str, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Program]:
    """A program until the end of the block."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    program = Program(process)
    listening = asyncio.create_task(program.listen())
    try:
        yield program
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await listening
