"""The columns that are declared are exactly the columns there are."""

from collections import Counter
from collections.abc import Iterable
from importlib import import_module

import psycopg
import pytest

from tenure.values.holding import Category, End, Holding, Subject, impersonal
from tools import schema

Column = tuple[str, str, str]
"""Schema, table, column."""

COLUMNS = """
    SELECT n.nspname, c.relname, a.attname
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
      -- What was applied when: about the database itself, and nobody's.
      AND n.nspname <> 'migrations'
"""


def holdings(promise: str) -> tuple[Holding, ...]:
    """What a promise declares that it holds."""
    return tuple(import_module(f"tenure.promises.{promise}.personal_data").HOLDINGS)


def declared() -> list[Column]:
    """Every column that some promise declares, as often as it does."""
    return [
        (promise, holding.table, holding.column)
        for promise in schema.promises()
        if (schema.ROOT / "src" / "tenure" / "promises" / promise).is_dir()
        for holding in holdings(promise)
    ]


def undeclared(connection: psycopg.Connection[tuple[str, str, str]]) -> set[Column]:
    """The columns of a database that nobody declares."""
    return set(connection.execute(COLUMNS)) - set(declared())


def repeated(columns: Iterable[Column]) -> set[Column]:
    """What is declared more than once."""
    return {column for column, times in Counter(columns).items() if times > 1}


def test_what_is_declared_is_what_is_there(owner: str) -> None:
    with psycopg.connect(owner) as connection:
        there = set(connection.execute(COLUMNS))
    assert sorted(there - set(declared())) == [], "say in personal_data.py whose it is and why"
    assert sorted(set(declared()) - there) == [], "it is gone: take it out of personal_data.py"
    assert repeated(declared()) == set()


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE people.person ADD COLUMN favourite_colour text",
        "CREATE TABLE people.neighbour (name text)",
        "CREATE SCHEMA gossip; CREATE TABLE gossip.heard (name text)",
    ],
)
def test_a_column_that_nobody_declared_is_seen(owner: str, change: str) -> None:
    with psycopg.connect(owner) as connection:
        connection.execute(change.encode())
        assert len(undeclared(connection)) == 1


def test_a_holding_that_does_not_fit_together_is_our_own_mistake() -> None:
    impersonal("purse", "a counter", "seq")
    for whose, category, keep, end in (
        (Subject.NOBODY, Category.CONTACT, "", End.STAYS),
        (Subject.NOBODY, Category.NONE, "accounts", End.STAYS),
        (Subject.NOBODY, Category.NONE, "", End.DELETE),
        (Subject.SUBSCRIBER, Category.NONE, "accounts", End.DELETE),
        (Subject.SUBSCRIBER, Category.CONTACT, "", End.DELETE),
        (Subject.SUBSCRIBER, Category.CONTACT, "accounts", End.STAYS),
    ):
        with pytest.raises(AssertionError):
            Holding(
                table="t", column="c", whose=whose, category=category, why="w", keep=keep, end=end
            )
