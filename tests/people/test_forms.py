"""What can be said of somebody, in which form: the rule reads it, the table keeps it."""

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.promises.people.rules.forms import EXAMPLES, read
from tenure.terms.subjects import FORMS, Item
from tests.people.settled import FILE


def item(form: str) -> Item:
    """An item of a form."""
    choices = ("female", "male") if form == "choice" else ()
    return Item("thing", {}, form, "contact", choices)


READ = [
    # form, as typed, as kept; None is refused
    ("text", "  a word  ", "a word"),
    ("text", " ", None),
    ("text", "a\x00b", None),
    ("text", "x" * 2001, None),
    ("date", "1990-01-31", "1990-01-31"),
    ("date", "1990-02-29", None),
    ("date", "31/01/1990", None),
    ("date", "19900131", None),
    ("instant", "2026-11-22T08:00:00+07:00", "2026-11-22T01:00:00+00:00"),
    ("instant", "2026-11-22T08:00:00", None),
    ("instant", "today", None),
    ("whole", "-7", "-7"),
    ("whole", "1.5", None),
    ("email", "Dara@EXAMPLE.com", "Dara@example.com"),
    ("email", "dara@", None),
    ("phone", "+855 12-345 678", "85512345678"),
    ("phone", "012 345 678", None),
    ("country", "KH", "KH"),
    ("country", "kh", None),
    ("choice", "female", "female"),
    ("choice", "no", None),
    ("yes-no", "yes", "yes"),
    ("yes-no", "true", None),
    ("document", "passport:N1", "passport:N1"),
    ("document", "N1", None),
    ("file", FILE, FILE),
    ("file", "cv.pdf", None),
    ("file", "../cv.pdf " + "0" * 64, None),
    ("passage", "2026-11-22T08:00:00+07:00 gate-2", "2026-11-22T01:00:00+00:00 gate-2"),
    ("passage", "gate-2", None),
    ("passage", "2026-11-22T08:00:00+07:00 Gate 2", None),
]


@pytest.mark.parametrize(("form", "typed", "kept"), READ)
def test_how_each_form_is_read(form: str, typed: str, kept: str | None) -> None:
    assert read(item(form), typed) == kept


def test_every_form_has_a_row_and_an_example() -> None:
    assert {form for form, _, kept in READ if kept} == set(FORMS) == set(EXAMPLES)


@given(st.sampled_from(FORMS), st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused_and_read_again_the_same(
    form: str, typed: str
) -> None:
    kept = read(item(form), typed)
    if kept is not None and form != "phone":
        assert read(item(form), kept) == kept


def test_what_the_rule_takes_the_table_takes(owner: str) -> None:
    """The same table of examples, asked of the constraint alone."""
    with psycopg.connect(owner, autocommit=True) as connection:
        (check,) = connection.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conname = 'item_value_has_its_form'"
        ).fetchall()
        wanted = str(check[0])
        connection.execute(
            f"CREATE TEMPORARY TABLE probe (form text, value text, {wanted})".encode()
        )
        for form, _, kept in READ:
            if kept is not None:
                connection.execute("INSERT INTO probe VALUES (%s, %s)", [form, kept])
        for form, typed, kept in READ:
            if kept is None and form not in {"text", "choice", "date"}:
                with pytest.raises(psycopg.errors.CheckViolation):
                    connection.execute("INSERT INTO probe VALUES (%s, %s)", [form, typed])
