"""Builds a log again from its leaves, and says everything in which what is kept differs.

It uses neither the tiles nor the hashes that are stored: those are what it compares with.
"""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

import msgspec

from tenure.promises.record.model import Row
from tenure.promises.record.rules.leaves import leaf_hash
from tenure.promises.record.rules.merkle import EMPTY_ROOT, HASH_OCTETS, node_hash
from tenure.promises.record.rules.tiles import TILE_HEIGHT, TILE_OCTETS, WIDTH, Place


class Fault(Enum):
    """What can be found to be wrong."""

    LEAF_EDITED = "a leaf is not what was written"
    LEAF_MISSING = "a place of the log has no leaf"
    LEAF_WITHOUT_PLACE = "a leaf is in no log and does not wait for one"
    TILE_DIFFERS = "a tile is not that of the leaves"
    ROOT_DIFFERS = "the leaves do not lead to the root of a checkpoint"
    CHECKPOINT_UNSIGNED = "a checkpoint is not signed by the log and its witnesses"
    SIGNED_OTHER = "the signer has signed another log"
    SIGNED_LONGER = "the signer has signed a longer log"
    WITNESS_OTHER = "a witness has seen another log"
    WITNESS_LONGER = "a witness has seen a longer log"


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong, and where; nobody's data are in it."""

    fault: Fault
    where: str


class Known(msgspec.Struct, frozen=True):
    """A state of the log that somebody vouches for."""

    size: int
    root: bytes
    fault: Fault
    """What it means when the leaves lead to another root."""
    where: str


class Replay:
    """The log so far; rows come in the order of their index."""

    def __init__(self, known: Iterable[Known]) -> None:
        """``known``: every state that the leaves must lead to."""
        self.size = 0
        self._stack: list[tuple[int, bytes]] = []
        self._tiles: dict[int, bytearray] = {}
        self._finished: dict[Place, bytes] = {}
        self._known: dict[int, list[Known]] = {}
        self._differ: set[Fault] = set()
        for one in known:
            self._known.setdefault(one.size, []).append(one)
        self.broken = False
        """So much is missing that the rest cannot be compared."""
        self.compared = 0
        """How many known states were compared."""

    def add(self, row: Row) -> Iterator[Finding]:
        """Take the next row; what is wrong with it, and with the states that end here."""
        if row.index - self.size > WIDTH:
            self.broken = True
            yield Finding(Fault.LEAF_MISSING, f"places {self.size} to {row.index - 1}")
            return
        while self.size < row.index:
            yield Finding(Fault.LEAF_MISSING, f"place {self.size}")
            yield from self._put(bytes(HASH_OCTETS))
        if row.index < self.size:
            yield Finding(Fault.LEAF_MISSING, f"place {row.index} is there twice")
            return
        if row.body is None:
            yield Finding(Fault.LEAF_MISSING, f"place {row.index} (leaf {row.leaf_seq})")
            yield from self._put(bytes(HASH_OCTETS))
            return
        computed = leaf_hash(row.body)
        if computed != row.leaf_hash:
            yield Finding(Fault.LEAF_EDITED, f"leaf {row.leaf_seq} at place {row.index}")
        yield from self._put(computed)

    def tiles(self, stored: Mapping[Place, bytes]) -> Iterator[Finding]:
        """Compare the tiles that were finished since the last time with the stored ones."""
        for place, value in sorted(self._finished.items()):
            yield from _differs(place, value, stored.get(place, b""))
        self._finished.clear()

    def finished(self) -> list[Place]:
        """The tiles to be compared next."""
        return sorted(self._finished)

    def end(self, stored: Mapping[Place, bytes]) -> Iterator[Finding]:
        """What is wrong once there are no more rows; ``stored`` has the last tiles."""
        yield from self.tiles(stored)
        for place, value in self.edge():
            yield from _differs(place, value, stored.get(place, b""))
        for size, states in sorted(self._known.items()):
            if size > self.size:
                for state in states:
                    yield Finding(
                        _LONGER.get(state.fault, state.fault),
                        f"{state.where}: {size:,} leaves, of which {self.size:,} are there",
                    )

    def edge(self) -> list[tuple[Place, bytes]]:
        """The tiles that are not full."""
        return [
            ((level, self.size // WIDTH ** (level + 1)), bytes(value))
            for level, value in self._tiles.items()
            if value
        ]

    def root(self) -> bytes:
        """The root of the leaves so far."""
        if not self._stack:
            return EMPTY_ROOT
        *rest, (_, result) = self._stack
        for _, value in reversed(rest):
            result = node_hash(value, result)
        return result

    def _put(self, value: bytes) -> Iterator[Finding]:
        index = self.size
        self.size += 1
        self._into_tile(0, index, value)
        height = 0
        while self._stack and self._stack[-1][0] == height:
            _, left = self._stack.pop()
            height, value = height + 1, node_hash(left, value)
            if height % TILE_HEIGHT == 0:
                self._into_tile(height // TILE_HEIGHT, index >> height, value)
        self._stack.append((height, value))
        for state in self._known.get(self.size, ()):
            self.compared += 1
            if state.root != self.root() and state.fault not in self._differ:
                # What follows differs as well: the first one tells where.
                self._differ.add(state.fault)
                yield Finding(state.fault, state.where)

    def _into_tile(self, level: int, index: int, value: bytes) -> None:
        tile = self._tiles.setdefault(level, bytearray())
        tile += value
        if len(tile) == TILE_OCTETS:
            self._finished[level, index // WIDTH] = bytes(tile)
            tile.clear()


_LONGER = {
    Fault.SIGNED_OTHER: Fault.SIGNED_LONGER,
    Fault.WITNESS_OTHER: Fault.WITNESS_LONGER,
}


def _differs(place: Place, value: bytes, stored: bytes) -> Iterator[Finding]:
    if value == stored:
        return
    level, number = place
    pairs = range(0, max(len(value), len(stored)), HASH_OCTETS)
    first = next(
        at for at in pairs if value[at : at + HASH_OCTETS] != stored[at : at + HASH_OCTETS]
    )
    index = (number * WIDTH + first // HASH_OCTETS) * WIDTH**level
    yield Finding(Fault.TILE_DIFFERS, f"level {level}, tile {number}, from place {index} on")
