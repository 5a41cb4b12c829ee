"""Where the hashes of a tree are kept: tiles of up to 256 hashes (C2SP tlog-tiles)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tenure.promises.record.rules.merkle import HASH_OCTETS, Node, Span, node_hash, nodes

WIDTH: Final = 256
TILE_HEIGHT: Final = 8
TILE_OCTETS: Final = WIDTH * HASH_OCTETS

Place = tuple[int, int]
"""Level and number of a tile."""
Tiles = Mapping[Place, bytes]


class DamagedTreeError(Exception):
    """A tile is missing, or shorter than the tree needs it to be."""


def edge(size: int) -> list[Place]:
    """The tiles that the next leaves change: the last of each level, as far as it is not full."""
    found = []
    level = 0
    while size >> (TILE_HEIGHT * level):
        count = size >> (TILE_HEIGHT * level)
        if count % WIDTH:
            found.append((level, count // WIDTH))
        level += 1
    return found


def grown(size: int, tiles: Tiles, leaf_hashes: Sequence[bytes]) -> dict[Place, bytes]:
    """The tiles that are new or longer after the leaves; ``tiles`` has the edge at ``size``."""
    changed: dict[Place, bytearray] = {}
    level, count, new = 0, size, list(leaf_hashes)
    while new:
        above: list[bytes] = []
        for value in new:
            place = (level, count // WIDTH)
            tile = changed.get(place)
            if tile is None:
                tile = changed[place] = bytearray(_known(tiles, place, count % WIDTH))
            tile += value
            count += 1
            if count % WIDTH == 0:
                above.append(_top(tile))
        level, count, new = level + 1, count // WIDTH - len(above), above
    return {place: bytes(tile) for place, tile in changed.items()}


def _known(tiles: Tiles, place: Place, width: int) -> bytes:
    if width == 0:
        return b""
    held = tiles.get(place, b"")
    if len(held) < width * HASH_OCTETS:
        raise DamagedTreeError
    return held[: width * HASH_OCTETS]


def _top(tile: bytes | bytearray) -> bytes:
    """The hash over a full tile."""
    hashes = split(tile)
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [node_hash(left, right) for left, right in pairs]
    return hashes[0]


def split(tile: bytes | bytearray) -> list[bytes]:
    """The hashes in a tile."""
    return [bytes(tile[at : at + HASH_OCTETS]) for at in range(0, len(tile), HASH_OCTETS)]


def needed(spans: Iterable[Span]) -> set[Place]:
    """The tiles from which the hashes of these spans can be computed."""
    return {_of(node)[0] for span in spans for node in nodes(span)}


def _of(node: Node) -> tuple[Place, int]:
    """The tile that a perfect subtree lies in, and the first hash of it there."""
    height, index = node
    level, above = divmod(height, TILE_HEIGHT)
    first = index << above
    return (level, first // WIDTH), first % WIDTH


class Reader:
    """The hashes of perfect subtrees, computed from tiles; each is computed once."""

    def __init__(self, tiles: Tiles) -> None:
        """``tiles`` has every one that ``needed`` names for what is asked."""
        self._tiles = tiles
        self._known: dict[Node, bytes] = {}

    def __call__(self, height: int, index: int) -> bytes:
        """The hash of the subtree; DamagedTreeError when its tile does not have it."""
        node = (height, index)
        found = self._known.get(node)
        if found is None:
            found = self._known[node] = self._read(height, index)
        return found

    def _read(self, height: int, index: int) -> bytes:
        if height % TILE_HEIGHT:
            return node_hash(self(height - 1, 2 * index), self(height - 1, 2 * index + 1))
        place, first = _of((height, index))
        value = self._tiles.get(place, b"")[first * HASH_OCTETS : (first + 1) * HASH_OCTETS]
        if len(value) < HASH_OCTETS:
            raise DamagedTreeError
        return value
