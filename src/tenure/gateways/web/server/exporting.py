"""What the page asks of whoever writes packages beside it."""

from collections.abc import AsyncIterator, Awaitable
from typing import Protocol

from tenure.promises.privacy import model

Job = model.exports.Job
Scope = model.exports.Scope
Whose = model.exports.Whose


class Exporting(Protocol):
    """Who writes packages, so that the page waits for none."""

    def ask(self, whose: Whose, scope: Scope, language: str) -> Awaitable[str]:
        """Begin a package; its passphrase, or "" when the same is under way or nothing is held."""

    def read(self, job: Job) -> AsyncIterator[bytes]:
        """The package, piece by piece."""
