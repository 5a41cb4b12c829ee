"""The laws of the record: every effect has its leaf, every leaf its effect, and none was edited."""

import hashlib
import json
from collections import Counter

from tests.simulator.years.laws.holding import MS, Rows
from tests.simulator.years.life import Life

KINDS = (
    "numbers.activated", "numbers.transferred", "numbers.sim_replaced", "numbers.recycled",
    "numbers.locked", "numbers.unlocked", "numbers.requested", "numbers.consented",
    "numbers.stopped", "numbers.held", "numbers.released", "staff.approved",
    "people.passkey_added",
)  # fmt: skip
LEAVES = """
SELECT l.seq, l.kind, {at}, l.body, l.leaf_hash, o.field, o.salt, o.value
FROM record.leaf l LEFT JOIN record.opening o
  ON o.leaf_seq = l.seq AND o.field IN ('msisdn', 'human', 'person', 'holder', 'to', 'imsi')
WHERE l.kind IN ({kinds}) AND l.seq > {after} ORDER BY l.seq, o.field
"""
WHOSE = {"staff.approved": "human", "people.passkey_added": "person"}
EDITED = "what was said is not unsaid"


class Read:
    """How far the record was read, and what it said."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.after = 0
        self.said: Counter[tuple[str, str, int]] = Counter()


def audit(life: Life, rows: Rows, read: Read) -> None:
    """Read what is new; then compare all that was ever said with all that was ever done."""
    kinds = ", ".join(f"'{kind}'" for kind in KINDS)
    query = LEAVES.format(at=MS.format("l.at"), kinds=kinds, after=read.after)
    for seq, kind, at, body, leaf_hash, field, salt, value in rows(query):
        read.after = max(read.after, seq)
        fine = hashlib.sha256(b"\x00" + body.encode()).digest() == bytes(leaf_hash)
        told = json.loads(body)
        if field is not None:
            committed = hashlib.sha256(bytes(salt) + value.encode()).hexdigest()
            fine = fine and told["commitments"][field] == committed
        life.books.must(EDITED, holds=fine and told["kind"] == kind, seen=f"{kind} {field}")
        if field == WHOSE.get(kind, "msisdn"):
            read.said[kind, value, at] += 1
    surplus, missing = read.said - life.books.leaves, life.books.leaves - read.said
    some = [(kind, number[-4:], at) for kind, number, at in list(surplus or missing)[:2]]
    life.books.must(
        "every effect has its leaf, and every leaf its effect",
        holds=not _of(surplus) and not _of(missing),
        seen=f"{surplus.total()} too many, {missing.total()} missing: {some}",
    )  # fmt: skip


def _of(counted: Counter[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    """The staff and the keys of the beginning entered before anybody counted."""
    return [one for one in counted if one[0] in KINDS]
