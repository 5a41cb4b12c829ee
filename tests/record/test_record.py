"""What we did can be proved: canonical leaves, commitments, and a table that only grows."""

import hashlib
import json

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.record import operations as record
from tenure.promises.record import rules
from tenure.promises.record.model import Act, NewLeaf, Plain
from tenure.values.instant import Instant

AT = Instant(1_800_000_000_000)
ACT = Act("sok", AT, bytes(range(32)), "asked by Dara")

# RFC 8785: section 3.2.2.2 (strings), 3.2.3 (the order of properties), and our own shapes.
CANONICAL: list[tuple[Plain, str]] = [
    (None, "null"),
    (True, "true"),
    (False, "false"),
    (0, "0"),
    (-12, "-12"),
    (2**53 - 1, "9007199254740991"),
    ("", '""'),
    ('"\\/\b\f\n\r\t\x0f\x7f', '"\\"\\\\/\\b\\f\\n\\r\\t\\u000f\x7f"'),
    ("€ ក 😂", '"€ ក 😂"'),
    ([], "[]"),
    ({}, "{}"),
    ([1, [2, {"b": 1, "a": None}]], '[1,[2,{"a":null,"b":1}]]'),
    (
        {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f602": 5, "\u0080": 6, "\u00f6": 7},
        '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\U0001f602":5,"\ufb33":3}',
    ),
]


@pytest.mark.parametrize(("value", "text"), CANONICAL, ids=lambda part: ascii(part)[:30])
def test_one_value_has_one_text(value: Plain, text: str) -> None:
    assert rules.canonical(value) == text


texts = st.text(st.characters(exclude_categories=["Cs"]))
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=10,
)


@given(plain)
def test_the_text_says_what_the_value_says(value: Plain) -> None:
    assert json.loads(rules.canonical(value)) == value


@given(st.dictionaries(texts, st.integers(0, 9)))
def test_the_order_of_writing_does_not_matter(value: dict[str, int]) -> None:
    assert rules.canonical(dict(reversed(value.items()))) == rules.canonical(value)


def test_a_number_that_readers_could_misread_is_our_mistake() -> None:
    with pytest.raises(AssertionError, match="strings"):
        rules.canonical(2**53)


def test_a_leaf_hash_is_that_of_rfc_6962() -> None:
    assert rules.leaf_hash("") == bytes.fromhex(
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )


def test_a_leaf_holds_commitments_and_nobody() -> None:
    leaf = rules.leaf(ACT, "numbers.barred", {"outgoing": True}, {"msisdn": "85512345678"})

    assert not any(word in leaf.body for word in ("85512345678", "sok", "Dara"))
    body = json.loads(leaf.body)
    assert body["said"] == {"outgoing": True}
    assert {one.field: one.value for one in leaf.openings} == {
        "msisdn": "85512345678",
        "by": "sok",
        "reason": "asked by Dara",
    }
    for one in leaf.openings:
        opened = hashlib.sha256(one.salt + one.value.encode()).hexdigest()
        assert body["commitments"][one.field] == opened


def test_forgetting_one_opening_helps_to_guess_no_other() -> None:
    first = rules.leaf(ACT, "numbers.barred", {}, {"msisdn": "85512345678"})
    second = rules.leaf(ACT, "numbers.barred", {}, {"msisdn": "85512345679"})
    third = rules.leaf(ACT, "numbers.suspended", {}, {"msisdn": "85512345678"})

    salts = [leaf.openings[0].salt for leaf in (first, second, third)]
    assert len(set(salts)) == 3
    assert ACT.salt not in salts


def test_an_act_has_no_readable_repr() -> None:
    assert "sok" not in repr(ACT)
    assert "Dara" not in repr(ACT)
    assert "85512345678" not in repr(rules.leaf(ACT, "a.b", {}, {"msisdn": "85512345678"}))


async def test_leaves_are_added_in_the_transaction_of_what_they_tell(
    pool: Pool, owner: str
) -> None:
    first = await perform(pool, record.append, ACT, "test.done", {"n": 1}, {"msisdn": "855123"})
    second = await perform(pool, record.append, ACT, "test.done", {"n": 2}, {})

    assert second > first
    with psycopg.connect(owner) as connection:
        rows = connection.execute("SELECT body, leaf_hash FROM record.leaf ORDER BY seq").fetchall()
        fields = connection.execute(
            "SELECT field, value FROM record.opening WHERE leaf_seq = %s ORDER BY field", [first]
        ).fetchall()
    assert [json.loads(body)["said"]["n"] for body, _ in rows] == [1, 2]
    assert all(rules.leaf_hash(body) == bytes(hashed) for body, hashed in rows)
    assert fields == [("by", "sok"), ("msisdn", "855123"), ("reason", "asked by Dara")]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record.leaf SET body = '{}'",
        "DELETE FROM record.leaf",
        "TRUNCATE record.leaf CASCADE",
        "UPDATE record.opening SET value = ''",
        "TRUNCATE record.opening",
        "ALTER TABLE record.leaf DISABLE TRIGGER ALL",
        "DROP TABLE record.leaf CASCADE",
    ],
)
async def test_the_application_can_only_add(pool: Pool, database: str, statement: str) -> None:
    await perform(pool, record.append, ACT, "test.done", {}, {})

    with (
        psycopg.connect(database) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


async def test_an_edited_leaf_is_refused_to_anybody(pool: Pool, owner: str) -> None:
    await perform(pool, record.append, ACT, "test.done", {"n": 1}, {})

    with psycopg.connect(owner) as connection:
        connection.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg.errors.CheckViolation) as caught:
            connection.execute("""UPDATE record.leaf SET body = replace(body, '"n":1', '"n":2')""")

    assert caught.value.diag.constraint_name == "leaf_hash_is_of_its_body"


async def test_many_leaves_are_added_in_their_order(pool: Pool, owner: str) -> None:
    leaves = [NewLeaf("test.done", {"n": n}, {"msisdn": f"855{n}"}) for n in range(500)]

    seqs = await perform(pool, record.append_all, ACT, leaves)

    assert seqs == sorted(seqs)
    assert await perform(pool, record.append_all, ACT, []) == []
    with psycopg.connect(owner) as connection:
        rows = connection.execute(
            "SELECT seq, body, value FROM record.leaf"
            " JOIN record.opening ON leaf_seq = seq AND field = 'msisdn' ORDER BY seq"
        ).fetchall()
        waiting = connection.execute("SELECT leaf_seq FROM record.unsequenced").fetchall()
    assert [seq for seq, _, _ in rows] == seqs
    assert [json.loads(body)["said"]["n"] for _, body, _ in rows] == list(range(500))
    assert [value for _, _, value in rows] == [f"855{n}" for n in range(500)]
    assert sorted(seq for (seq,) in waiting) == seqs
