"""What a key store says: whose key, why it cannot be had, and who keeps the key of an epoch."""

from enum import Enum
from typing import Final, Protocol

import msgspec

EPOCH_KEY_OCTETS: Final = 32
MARK_OCTETS: Final = 32


class WrongKeyStoreError(Exception):
    """The key store cannot be used; the message names the place and the remedy."""


class Lack(Enum):
    """Why there is no key of an id."""

    DESTROYED = "destroyed"
    """It was there, and was destroyed for good: what it sealed is gone."""
    UNKNOWN = "unknown"
    """This store never had it, or is older than what is to be opened."""


class Fence(msgspec.Struct, frozen=True):
    """All keys of a mark that are older than this number have ended, wherever they turn up."""

    mark: bytes
    """Whose and of which class, as only the key store can tell."""
    number: int


class Keeper(Protocol):
    """Who keeps the keys of epochs: a folder of files, or a module of hardware.

    The key of an epoch never leaves a keeper that can prevent it; what it wraps is the one key with
    which the shelf wraps all others of that epoch.  Destroying it makes them noise, in every copy.
    """

    name: str
    """In words, for a person."""

    def epochs(self) -> tuple[int, ...]:
        """The epochs whose key is there, oldest first."""

    def make(self, epoch: int) -> None:
        """Make the key of an epoch that has none."""

    def wrap(self, epoch: int, secret: bytes) -> bytes:
        """The secret, sealed by the key of the epoch."""

    def unwrap(self, epoch: int, wrapped: bytes) -> bytes:
        """What was wrapped; WrongKeyStoreError if this keeper cannot."""

    def destroy(self, epoch: int) -> None:
        """Destroy the key of an epoch; nothing happens if it is gone."""
