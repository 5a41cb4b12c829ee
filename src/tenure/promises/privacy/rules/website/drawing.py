"""Who wins: by a seed that was announced as its hash, and a list that was complete before; pure."""

import hashlib
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from tenure.promises.privacy.model.website import SEED_OCTETS, Published

SHOWN_LETTERS: Final = 1
SHOWN_DIGITS: Final = 3


def commitment_of(seed: bytes) -> bytes:
    """What is announced before the first entry: it binds to the seed, and does not tell it."""
    assert len(seed) == SEED_OCTETS
    return hashlib.sha256(seed).digest()


def in_order(seed: bytes, tickets: Sequence[UUID]) -> tuple[UUID, ...]:
    """All tickets, those that win first.

    The place of a ticket comes from SHA-256 of the seed, of the hash of the whole list, and of the
    ticket: nobody can know it before the last entry, and nobody can change it afterwards.
    """
    listed = hashlib.sha256(b"".join(one.bytes for one in sorted(tickets))).digest()
    return tuple(
        sorted(tickets, key=lambda one: hashlib.sha256(seed + listed + one.bytes).digest())
    )


def proclaimed(contest: str, seed: bytes, tickets: Sequence[UUID], winners: int) -> Published:
    """What stands on the website, with nobody's name."""
    ordered = in_order(seed, tickets)
    return Published(
        contest=contest,
        commitment=commitment_of(seed).hex(),
        seed=seed.hex(),
        tickets=tuple(str(one) for one in sorted(tickets)),
        winners=tuple(str(one) for one in ordered[:winners]),
    )


def verified(shown: Published) -> tuple[str, ...]:
    """What is wrong with a published draw; nothing, if anybody would find the same winners."""
    try:
        seed = bytes.fromhex(shown.seed)
        tickets = [UUID(one) for one in shown.tickets]
    except ValueError:
        return ("it cannot be read: the seed is no hexadecimal, or a ticket is no UUID",)
    wrong = []
    if len(seed) != SEED_OCTETS or hashlib.sha256(seed).hexdigest() != shown.commitment:
        wrong.append("the seed is not the one whose hash was announced")
    if len(set(tickets)) != len(tickets):
        wrong.append("a ticket is in the list twice")
    expected = [str(one) for one in in_order(seed, tickets)[: len(shown.winners)]]
    if list(shown.winners) != expected:
        wrong.append("these are not the winners that seed and list lead to")
    return tuple(wrong)


def masked(name: str, phone: str) -> str:
    """Somebody as results show them: initials, and the last digits of the number."""
    initials = " ".join(f"{part[:SHOWN_LETTERS]}…" for part in name.split())
    return f"{initials} …{phone[-SHOWN_DIGITS:]}".strip()
