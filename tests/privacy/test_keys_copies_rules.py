"""Which columns are sealed together, with whose key, and what an ended key leaves of a row."""

import pytest

from tenure.promises.privacy.model.copies import Group, Plan
from tenure.promises.privacy.rules.copies import NOBODY, Left, left, owners, plan
from tenure.values.holding import Category, End, Holding, Lead, Row, Subject, Way, impersonal
from tenure.values.sealing import Whose

KIND_OF = {Way.PERSON: "person", Way.HUMAN: "human", Way.PURSE: "person", Way.NUMBER: "person"}


def told(column: str, end: End, whose: Subject = Subject.SUBSCRIBER, keep: str = "a") -> Holding:
    return Holding(
        table="t",
        column=column,
        whose=whose,
        category=Category.EVIDENCE,
        why="a case",
        keep=keep,
        end=end,
    )


HELD = (
    *impersonal("t", "which it is", "id"),
    told("asked_by", End.DELETE),
    told("asked_of", End.DELETE),
    told("words", End.DELETE),
    told("witness", End.DELETE, Subject.STAFF),
    told("photo", End.EMPTY, keep="b"),
    told("sum_micros", End.UNTIE),
    told("used_at", End.ANONYMISE),
    told("about", End.ANONYMISE),
)
TYPES = {
    "id": "int8",
    "asked_by": "int8",
    "asked_of": "int8",
    "words": "text",
    "witness": "int8",
    "photo": "bytea",
    "sum_micros": "int8",
    "used_at": "timestamptz",
    "about": "text",
}
ROW = Row(
    "t",
    ("id",),
    (Lead(Way.PERSON, "asked_by"), Lead(Way.PERSON, "asked_of"), Lead(Way.HUMAN, "witness")),
    "t.at",
)


def test_each_column_goes_with_whom_it_is_about() -> None:
    found = plan("s", "t", TYPES, HELD, ROW, KIND_OF)
    assert found.plain == ("id", "sum_micros", "used_at")
    assert found.stays, "sums stay, whoever's key ended"
    assert found.groups == (
        Group("a", (0, 1, 2), ("asked_by", "words"), ends=True),
        Group("a", (1, 0, 2), ("asked_of",), ends=True),
        Group("a", (2, 0, 1), ("witness",), ends=True),
        Group("b", (0, 1, 2), ("photo",), ends=False),
        Group("a", (0, 1, 2), ("about",), ends=False),
    )
    assert sorted(found.columns) == sorted(TYPES)


@pytest.mark.parametrize(
    ("ids", "first", "asked_of", "witness"),
    [
        ((7, 8, 9), Whose("person", 7), Whose("person", 8), Whose("human", 9)),
        ((None, 8, 9), Whose("person", 8), Whose("person", 8), Whose("human", 9)),
        ((7, None, None), Whose("person", 7), Whose("person", 7), Whose("person", 7)),
        ((None, None, None), NOBODY, NOBODY, NOBODY),
    ],
)
def test_whose_key_seals_what(
    ids: tuple[int | None, ...], first: Whose, asked_of: Whose, witness: Whose
) -> None:
    found = plan("s", "t", TYPES, HELD, ROW, KIND_OF)
    own, whose = owners(found, ids)
    assert own == first
    assert whose == [first, asked_of, witness, first, first]


GROUPS = (
    Group("a", (0,), ("one",), ends=True),
    Group("b", (0,), ("two",), ends=False),
    Group("a", (1,), ("three",), ends=True),
)


@pytest.mark.parametrize(
    ("ended", "own", "stays", "what"),
    [
        ((), 0b011, False, Left.ALL),
        ((0,), 0b011, False, Left.NOTHING),
        ((0,), 0b011, True, Left.SOME),
        ((1,), 0b011, False, Left.SOME),
        ((2,), 0b011, False, Left.SOME),
        ((2,), 0b111, False, Left.NOTHING),
        ((0, 1, 2), 0b011, True, Left.SOME),
    ],
)
def test_what_is_left_of_a_row(
    ended: tuple[int, ...], own: int, *, stays: bool, what: Left
) -> None:
    found = Plan("s", "t", (), (), ("id",), GROUPS, stays)
    assert left(found, ended, own) is what


def test_a_tie_that_ends_with_its_row_keeps_no_row() -> None:
    held = (told("number", End.UNTIE), told("since", End.DELETE))
    row = Row("t", ("number",), (Lead(Way.NUMBER, "number"),), "t.since")
    found = plan("s", "t", {"number": "text", "since": "timestamptz"}, held, row, KIND_OF)
    assert found.plain == ("number",)
    assert not found.stays
