"""The tree: every vector, two other implementations, and 100,000 cases against a third."""

import base64
import json
import os
import random  # noqa: TID251 -- with a seed that is stated
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree  # type: ignore[import-untyped] # it says no types
from scitt_cose import merkle as scitt  # type: ignore[import-untyped] # it says no types

from tenure.promises.record import rules
from tools import verify_receipt as third

VECTORS = Path(os.environ.get("TENURE_SPECS", "no-specs")) / "vectors" / "merkle" / "testdata"
CASES = 100_000
EVERY_VECTOR = 518

entries = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


def octets(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def accepted(kind: str, case: dict[str, Any]) -> bool:
    """What our rules say to a vector."""
    proof = [octets(each) for each in case.get("proof") or []]
    match kind:
        case "inclusion":
            leaf, root = octets(case["leafHash"]), octets(case["root"])
            return rules.includes(leaf, case["leafIdx"], case["treeSize"], proof, root)
        case "consistency":
            old, new = octets(case["root1"]), octets(case["root2"])
            return rules.consistent(case["size1"], old, case["size2"], new, proof)
        case "subtreeinclusion":
            span = (case["start"], case["end"])
            leaf, root = octets(case["leafHash"]), octets(case["root"])
            return rules.in_subtree(leaf, case["leafIdx"], span, proof, root)
        case "subtreeconsistency":
            span = (case["start"], case["end"])
            old, new = octets(case["root1"]), octets(case["root2"])
            return rules.subtree_consistent(span, old, case["size"], new, proof)
        case _:
            raise AssertionError(f"vectors of a kind that is not known: {kind}")


@pytest.mark.skipif(not VECTORS.is_dir(), reason="no vectors: TENURE_SPECS names their folder")
def test_every_vector() -> None:
    files = sorted(VECTORS.rglob("*.json"))
    assert len(files) >= EVERY_VECTOR
    wrong = []
    for path in files:
        case = json.loads(path.read_text())
        if accepted(path.relative_to(VECTORS).parts[0], case) == case["wantErr"]:
            wrong.append(str(path.relative_to(VECTORS)))
    assert wrong == []


class Tree:
    """A tree in memory."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.hashes = [third.leaf_hash(each) for each in leaves]
        self.size = len(leaves)

    def at(self, height: int, index: int) -> bytes:
        if height == 0:
            return self.hashes[index]
        left, right = self.at(height - 1, 2 * index), self.at(height - 1, 2 * index + 1)
        return rules.node_hash(left, right)

    def root(self, size: int) -> bytes:
        return rules.root(size, self.at)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        return [rules.hashed(span, self.at) for span in rules.inclusion_spans(index, size)]

    def consistency(self, smaller: int, larger: int) -> list[bytes]:
        return [rules.hashed(span, self.at) for span in rules.consistency_spans(smaller, larger)]


@given(entries, st.data())
def test_two_others_make_the_same_roots_and_proofs(leaves: list[bytes], data: Any) -> None:
    tree, size = Tree(leaves), len(leaves)
    index = data.draw(st.integers(0, size - 1))
    smaller = data.draw(st.integers(1, size))
    hexes = [each.hex() for each in leaves]
    other = InmemoryTree(algorithm="sha256")
    for each in leaves:
        other.append_entry(each)

    assert tree.root(size).hex() == scitt.merkle_root(hexes)
    assert tree.root(smaller) == other.get_root(smaller)
    path = tree.inclusion(index, size)
    assert [each.hex() for each in path] == scitt.inclusion_proof(hexes, index)
    proof = tree.consistency(smaller, size)
    assert [each.hex() for each in proof] == scitt.consistency_proof(hexes, smaller, size)
    assert rules.includes(tree.hashes[index], index, size, path, tree.root(size))
    assert rules.consistent(smaller, tree.root(smaller), size, tree.root(size), proof)


@given(entries, st.data())
def test_a_subtree_is_proved_and_nothing_else(leaves: list[bytes], data: Any) -> None:
    tree, size = Tree(leaves), len(leaves)
    start = data.draw(st.integers(0, size - 1))
    width = data.draw(st.integers(1, size - start))
    end = start + width
    if start % (1 << (width - 1).bit_length()):
        assert not rules.subtree_consistent((start, end), b"", size, tree.root(size), [])
        return
    subtree = Tree(leaves[start:end]).root(width)
    proof = [rules.hashed(span, tree.at) for span in rules.subtree_spans(start, end, size)]
    assert rules.subtree_consistent((start, end), subtree, size, tree.root(size), proof)
    flipped = bytes([subtree[0] ^ 1]) + subtree[1:]
    assert not rules.subtree_consistent((start, end), flipped, size, tree.root(size), proof)


def bent(chance: random.Random, proof: list[bytes], size: int) -> tuple[list[bytes], int]:
    """A proof and a size as somebody might forge them; one time in four they stay as they are."""
    proof = list(proof)
    match chance.randrange(8):
        case 0 | 1:
            pass
        case 2 if proof:
            at = chance.randrange(len(proof))
            proof[at] = chance.randbytes(32)
        case 3 if proof:
            del proof[chance.randrange(len(proof))]
        case 4:
            proof.insert(chance.randrange(len(proof) + 1), chance.randbytes(32))
        case 5 if len(proof) > 1:
            proof.reverse()
        case 6:
            proof.append(chance.randbytes(chance.choice([0, 31, 33])))
        case _:
            size = max(1, size + chance.randint(-3, 3))
    return proof, size


def test_a_third_verifier_agrees_in_a_hundred_thousand_cases() -> None:
    chance = random.Random(20261122)  # noqa: S311 -- cases, not keys
    tree = Tree([chance.randbytes(4) for _ in range(64)])
    roots = [tree.root(size) for size in range(65)]
    believed = 0
    for number in range(CASES):
        size = chance.randint(1, 64)
        if number % 2:
            index = chance.randrange(size)
            path, claimed = bent(chance, tree.inclusion(index, size), size)
            where = index if chance.random() < 0.9 else chance.randrange(64)
            ours = rules.includes(tree.hashes[index], where, claimed, path, roots[size])
            theirs = third.includes(tree.hashes[index], where, claimed, path, roots[size])
        else:
            smaller = chance.randint(1, size)
            proof, claimed = bent(chance, tree.consistency(smaller, size), size)
            old, new = roots[smaller], roots[size]
            ours = rules.consistent(smaller, old, claimed, new, proof)
            theirs = third.consistent(smaller, old, claimed, new, proof)
        assert ours == theirs, (number, size, claimed)
        believed += ours
    # Neither of them believes everything, or nothing.
    assert CASES // 10 < believed < CASES // 2


@settings(max_examples=30)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=6), st.data())
def test_tiles_hold_the_tree_however_it_grows(steps: list[int], data: Any) -> None:
    hashes = [third.leaf_hash(str(n).encode()) for n in range(sum(steps))]
    tiles: dict[tuple[int, int], bytes] = {}
    size = 0
    for step in steps:
        held = {place: tiles[place] for place in rules.edge(size)}
        tiles |= rules.grown(size, held, hashes[size : size + step])
        size += step

    # C2SP tlog-tiles: so many tiles of so many hashes, and no others.
    expected: dict[tuple[int, int], int] = {}
    level = 0
    while count := size >> (8 * level):
        expected |= {(level, n): min(256, count - 256 * n) for n in range((count + 255) // 256)}
        level += 1
    assert {place: len(value) // 32 for place, value in tiles.items()} == expected
    read = rules.Reader(tiles)
    tree = Tree([])
    tree.hashes = hashes
    assert rules.root(size, read) == tree.root(size)
    index = data.draw(st.integers(0, size - 1))
    spans = rules.inclusion_spans(index, size)
    few = rules.Reader({place: tiles[place] for place in rules.needed(spans)})
    assert [rules.hashed(span, few) for span in spans] == tree.inclusion(index, size)


def test_a_tile_that_is_too_short_is_never_built_upon() -> None:
    hashes = [third.leaf_hash(bytes([n])) for n in range(10)]
    tiles = rules.grown(0, {}, hashes)
    cut = {place: value[:-32] for place, value in tiles.items()}

    with pytest.raises(rules.DamagedTreeError):
        rules.grown(10, cut, hashes)
    with pytest.raises(rules.DamagedTreeError):
        rules.root(10, rules.Reader(cut))
