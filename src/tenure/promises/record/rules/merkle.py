"""The tree of RFC 6962: which subtrees a root or a proof needs, and whether a proof proves.

A tree is read through one function: the hash of the perfect subtree at a height and an index,
over the leaves [index << height, index + 1 << height).  Where hashes are kept is not known here.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Final

HASH_OCTETS: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

Node = tuple[int, int]
"""Height and index of a perfect subtree."""
HashOf = Callable[[int, int], bytes]
"""The hash of the perfect subtree at a height and an index."""
Span = tuple[int, int]
"""Leaves from the first up to, not including, the second."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node (section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def nodes(span: Span) -> Iterator[Node]:
    """The perfect subtrees that cover a span, largest first.

    A span begins where a subtree of its size may begin, as every span of a proof does.
    """
    start, end = span
    while start < end:
        height = (end - start).bit_length() - 1
        assert start % (1 << height) == 0, "no subtree begins here"
        yield height, start >> height
        start += 1 << height


def hashed(span: Span, hash_of: HashOf) -> bytes:
    """The hash of a span of leaves; of none, that of the empty tree."""
    parts = [hash_of(height, index) for height, index in nodes(span)]
    if not parts:
        return EMPTY_ROOT
    result = parts.pop()
    while parts:
        result = node_hash(parts.pop(), result)
    return result


def root(size: int, hash_of: HashOf) -> bytes:
    """The root of the tree of this size."""
    return hashed((0, size), hash_of)


def inclusion_spans(index: int, size: int) -> list[Span]:
    """What the inclusion proof of a leaf consists of (section 2.1.1), from the leaf up."""
    assert 0 <= index < size
    return _path(index, (0, size))


def _path(index: int, span: Span) -> list[Span]:
    start, end = span
    found: list[Span] = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_spans(smaller: int, larger: int) -> list[Span]:
    """What the proof that one tree begins as another consists of (section 2.1.2)."""
    assert 0 <= smaller <= larger
    if smaller in {0, larger}:
        return []
    return subtree_spans(0, smaller, larger)


def subtree_spans(start: int, end: int, size: int) -> list[Span]:
    """What the proof consists of that a tree of this size contains the subtree [start, end).

    As in draft-ietf-plants-merkle-tree-certs, section 4.4; a tree that begins as another one is
    the case of ``start`` 0.
    """
    assert is_subtree(start, end)
    assert end <= size
    first, last, known = 0, size, True
    found: list[Span] = []
    while (first, last) != (start, end):
        middle = first + _split(last - first)
        if end <= middle:
            found.append((middle, last))
            last = middle
        elif start >= middle:
            found.append((first, middle))
            first = middle
        else:
            # The subtree reaches over the middle: its left part is in the tree as it is.
            found.append((first, middle))
            start, first, known = middle, middle, False
    if not known:
        found.append((first, last))
    return found[::-1]


def is_subtree(start: int, end: int) -> bool:
    """Whether some tree has a node over exactly these leaves."""
    return 0 <= start < end and start % (1 << (end - start - 1).bit_length()) == 0


def _split(size: int) -> int:
    """The largest power of two below a size."""
    return 1 << ((size - 1).bit_length() - 1)


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """Whether the proof shows that the tree with this root has this leaf hash at this index."""
    return in_subtree(leaf, index, (0, size), proof, root_hash)


def in_subtree(
    leaf: bytes, index: int, span: Span, proof: Sequence[bytes], subtree_hash: bytes
) -> bool:
    """Whether the proof shows that the subtree with this hash has this leaf at this index."""
    start, end = span
    if not is_subtree(start, end) or not start <= index < end:
        return False
    if not _are_hashes((leaf, *proof)):
        return False
    here, last, result = index - start, end - start - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            result = node_hash(sibling, result)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and result == subtree_hash


def consistent(
    smaller: int, smaller_root: bytes, larger: int, larger_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the proof shows that the larger tree begins as the smaller one.

    Of an empty tree nothing can be shown, so the answer is no; who knows only an empty tree has
    nothing to lose and does not ask.
    """
    if not 0 <= smaller <= larger:
        return False
    if smaller == 0:
        return False
    if smaller == larger:
        return not proof and smaller_root == larger_root
    return subtree_consistent((0, smaller), smaller_root, larger, larger_root, proof)


def subtree_consistent(
    span: Span, subtree_hash: bytes, size: int, root_hash: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the proof shows that the tree with this root contains this subtree."""
    start, end = span
    if start == end:
        # Every tree has room for nothing.
        return 0 <= start <= size and not proof and subtree_hash == EMPTY_ROOT
    if not is_subtree(start, end) or end > size or not _are_hashes(proof):
        return False
    first, last, top = _highest(start, end - 1, size - 1)
    if first == last:
        return _leads((first, last, top), subtree_hash, proof) == (subtree_hash, root_hash)
    if not proof:
        return False
    return _leads((first, last, top), proof[0], proof[1:]) == (subtree_hash, root_hash)


def _highest(first: int, last: int, top: int) -> tuple[int, int, int]:
    """Climb as far as the subtree, or the last perfect part of it, is one node."""
    while first != last and (last == top or last & 1):
        first, last, top = first >> 1, last >> 1, top >> 1
    return first, last, top


def _leads(
    at: tuple[int, int, int], begun: bytes, proof: Sequence[bytes]
) -> tuple[bytes, bytes] | None:
    """The hashes of subtree and tree that a proof leads to; None if it is too short or long."""
    first, last, top = at
    old = new = begun
    for sibling in proof:
        if top == 0:
            return None
        if last & 1 or last == top:
            old = node_hash(sibling, old) if first < last else old
            new = node_hash(sibling, new)
            while not last & 1 and last:
                first, last, top = first >> 1, last >> 1, top >> 1
        else:
            new = node_hash(new, sibling)
        first, last, top = first >> 1, last >> 1, top >> 1
    return (old, new) if top == 0 else None


def _are_hashes(values: Sequence[bytes]) -> bool:
    return all(len(value) == HASH_OCTETS for value in values)
