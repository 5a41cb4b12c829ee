"""The log's own signer: its keys and what it signed last are in files, outside the database.

Whoever owns the database can make it say anything; this refuses to sign what does not follow from
what it signed before.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tenure.gateways.witness.server import files
from tenure.gateways.witness.translate import nothing, signable
from tenure.promises.record import rules
from tenure.promises.record.model import Checkpoint, Refusal
from tenure.promises.record.rules import Key, Kind, Secret
from tenure.values.refused import Refused

KEYS: Final = "keys"
SIGNED: Final = "signed"
RETIRED: Final = "retired"


def vkeys_below(under: Path) -> list[str]:
    """The keys of every log whose signer is in a folder below this one."""
    folders = sorted(path.parent for path in under.glob(f"*/{KEYS}"))
    return [vkey for folder in folders for vkey in Signer(folder).vkeys()]


class Signer:
    """Signs the states of one log; one folder holds its keys and what it signed last."""

    def __init__(self, folder: Path) -> None:
        """Read the folder; UnusableFolderError says what is wrong with it."""
        self.folder = folder
        names = {secret.name for secret in self._secrets()}
        if len(names) != 1:
            raise files.UnusableFolderError(f"{folder / KEYS}: the keys are not of one log")
        (self.origin,) = names

    @classmethod
    def made(cls, under: Path, operator: str) -> "Signer":
        """A signer of a new log, in a folder of its own below this one.

        The name of a log ends in a piece of its first key's hash, so that no two logs share a name.
        """
        secret = files.drawn("draft", Kind.NOTE)
        ending = hashlib.sha256(secret.key.public).hexdigest()[:8]
        named = Secret(f"{operator}.tenure/{ending}", Kind.NOTE, secret.seed)
        folder = files.folder(under / ending)
        files.write(folder / KEYS, named.text + "\n")
        return cls(folder)

    @classmethod
    def of(cls, under: Path, origin: str) -> "Signer":
        """The signer of this log; UnusableFolderError if its folder is not here."""
        folder = under / origin.rpartition("/")[2]
        if not (folder / KEYS).exists():
            raise files.UnusableFolderError(
                f"{folder}: the keys of the log are not here; restore them from your copy, or"
                " start a successor with: tenure record succeed"
            )
        return cls(folder)

    def verifiers(self) -> list[Key]:
        """What others verify with, the oldest first."""
        return [secret.key for secret in self._secrets()]

    def last(self) -> Checkpoint:
        """What was signed last; an empty log before that."""
        try:
            text = (self.folder / SIGNED).read_text(encoding="utf-8")
            return rules.checkpoint_of(text)
        except FileNotFoundError:
            return nothing(self.origin)
        except (OSError, UnicodeDecodeError, rules.MalformedError) as error:
            raise files.UnusableFolderError(
                f"{self.folder / SIGNED}: {error}; restore the file, never remove it"
            ) from error

    def sign(self, checkpoint: Checkpoint, proof: Sequence[bytes]) -> str | Refused[Refusal]:
        """The signed note of a state that follows from the last one; it is remembered first."""
        with files.alone(self.folder):
            last = self.last()
            refused = signable(last, checkpoint, proof)
            if refused is not None:
                return refused
            text = rules.checkpoint_text(checkpoint)
            if checkpoint != last:
                files.write(self.folder / SIGNED, text)
            return rules.assembled(text, [rules.signed(one, text) for one in self._secrets()])

    def rotate(self) -> Key:
        """From now on a new key signs as well; the new one."""
        with files.alone(self.folder):
            fresh = files.drawn(self.origin, Kind.NOTE)
            self._write([*self._secrets(), fresh])
            return fresh.key

    def retire(self) -> list[Key]:
        """From now on only the newest key signs; those that do no more."""
        with files.alone(self.folder):
            *old, newest = self._secrets()
            lines = [*self._retired(), *(secret.key.vkey for secret in old)]
            files.write(self.folder / RETIRED, "".join(f"{line}\n" for line in lines))
            self._write([newest])
            return [secret.key for secret in old]

    def vkeys(self) -> list[str]:
        """Every key that it ever signed with: what was signed then stays signed."""
        return [*self._retired(), *(key.vkey for key in self.verifiers())]

    def _retired(self) -> list[str]:
        path = self.folder / RETIRED
        return path.read_text(encoding="utf-8").split() if path.exists() else []

    def _write(self, secrets: Sequence[Secret]) -> None:
        files.write(self.folder / KEYS, "".join(f"{one.text}\n" for one in secrets))

    def _secrets(self) -> list[Secret]:
        path = self.folder / KEYS
        try:
            lines = path.read_text(encoding="utf-8").split()
            return [rules.secret_of(line) for line in lines]
        except (OSError, UnicodeDecodeError, rules.MalformedError) as error:
            raise files.UnusableFolderError(f"{path}: {error}; restore the file") from error
