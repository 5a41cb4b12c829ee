"""Everything held about somebody, and nothing of anybody else's: by person and their own time."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import psycopg
import pytest

from tenure.commands.exporting import desk as exporting
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy.model.exports import (
    BY_THEMSELVES,
    Kind,
    Refusal,
    Scope,
    Whose,
)
from tenure.promises.privacy.operations import exports, register
from tenure.promises.privacy.rules.exports import document, telling, words
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Purpose
from tenure.terms.model import Terms
from tenure.terms.rights import Right
from tenure.terms.rights import Scope as Reach
from tenure.values.holding import Category, End, Export, Holding, Subject
from tenure.values.refused import Refused
from tests.numbers.asked import NEW, OLD, later
from tests.numbers.stocked import ID, KH, act, msisdn
from tests.privacy.exporting import (
    CASE,
    COPIES,
    PARTY,
    Time,
    desk_over,
    exported,
    opened,
    person,
    section,
    settled,
    transferred,
    used,
)
from tests.privacy.rights_asked import asked as asked_of
from tests.privacy.rights_asked import case_id, received

LOOKED = "0d9e0c52-6f0a-4c55-9f4d-6a52c5b4d1aa"
UNPROVEN = str(case_id(9))
COPY = str(case_id(OLD + COPIES))
OTHERS = 2_000
"""A purse of nobody whom we ask about."""


async def test_what_is_held_is_told_in_a_published_form(
    pool: Pool, owner: str, tmp_path: Path
) -> None:
    await settled(pool)
    used(owner, 1_000, 3)
    used(owner, OTHERS, 3)
    desk = desk_over(pool, tmp_path / "exports", Time(later(days=1)))
    job, passphrase = await exported(desk, person(OLD))
    told = opened(job, passphrase, tmp_path / "out")
    jsonschema.Draft202012Validator(document.schema()).validate(told)
    assert told["records"] == sum(len(one["records"]) for one in told["sections"])
    (own,) = section(told, "people.person")
    assert own["name"] == "Person 1"
    entries = section(told, "money.entry")
    assert [one["seq"] for one in entries] == [1, 101, 102, 103]
    assert entries[1]["funds_micros"] == {"micros": -37500, "currency": "USD"}
    assert entries[1]["at"] == "2026-03-01T00:01:00.000Z"
    assert entries[1]["kind"] == "usage"
    # Whom they called has rights of their own.
    assert entries[1]["party"] == "…" + PARTY[-3:]
    assert PARTY not in json.dumps(told)


async def test_a_copy_is_what_was_submitted_and_everything_else_is_for_who_asks_for_all(
    pool: Pool, tmp_path: Path
) -> None:
    await settled(pool)
    desk = desk_over(pool, tmp_path / "exports", Time(later(days=1)))
    job, passphrase = await exported(desk, person(OLD), Scope.COPY)
    told = opened(job, passphrase, tmp_path / "out")
    jsonschema.Draft202012Validator(document.schema()).validate(told)
    assert [one["id"] for one in told["sections"]] == [
        "people.person",
        "people.subject",
        "people.item",
    ]
    (own,) = section(told, "people.person")
    assert set(own) == {
        "name", "language", "born_on", "document_kind", "document_number", "since",
    }  # fmt: skip


async def test_a_number_changes_hands_and_each_sees_their_own_time(
    pool: Pool, owner: str, tmp_path: Path
) -> None:
    """The five assertions for a number that had two holders, as far as an export tells them."""
    await transferred(pool)
    used(owner, 1_000, 2)
    used(owner, 50_001, 3)
    desk = desk_over(pool, tmp_path / "exports", Time(later(days=3)))
    of_old = opened(*await exported(desk, person(OLD)), tmp_path / "old")
    of_new = opened(*await exported(desk, person(NEW)), tmp_path / "new")

    # The next holder sees no row of the former, nor the other way round.
    assert {one["reference"] for one in section(of_new, "money.entry")} >= {"session 1"}
    assert len([1 for one in section(of_old, "money.entry") if "session" in one["reference"]]) == 2
    assert len([1 for one in section(of_new, "money.entry") if "session" in one["reference"]]) == 3
    for told, name, other in ((of_old, "Person 1", "Person 2"), (of_new, "Person 2", "Person 1")):
        text = json.dumps(told, ensure_ascii=False)
        assert name in text
        assert other not in text
        assert [one["msisdn"] for one in section(told, "numbers.tenure")] == [msisdn(0)]
        (request,) = section(told, "numbers.request")
        assert "…" in {request["from_holder"], request["to_holder"]}
        assert request["body"] == "…"
    # The SIM went along with the number: each sees it for their own time.
    (before,) = section(of_old, "numbers.binding")
    (after,) = section(of_new, "numbers.binding")
    assert before["during"]["until"] == after["during"]["from"] == "2027-02-16T08:00:00.000Z"
    assert after["during"]["until"] is None
    # The former holder still finds their own time, and nothing of the line as it is now.
    (own,) = section(of_old, "numbers.tenure")
    assert own["during"]["until"] == "2027-02-16T08:00:00.000Z"
    assert section(of_old, "numbers.line") == []
    assert len(section(of_new, "numbers.line")) == 1


async def test_who_looked_is_told_without_their_name(pool: Pool, tmp_path: Path) -> None:
    await settled(pool)
    opening = Act("sok", later(seconds=1), bytes(range(1, 33)), "they called")
    found = await perform(pool, staff.open_case, LOOKED, Purpose.CARE, msisdn(0), opening)
    assert not isinstance(found, Refused), found
    looked = act("sok", later(seconds=2))
    seen = await perform(pool, staff.look, "sok", Purpose.CARE, LOOKED, msisdn(0), looked)
    assert not isinstance(seen, Refused), seen
    desk = desk_over(pool, tmp_path / "exports", Time(later(days=1)))
    told = opened(*await exported(desk, person(OLD)), tmp_path / "out")
    (look,) = section(told, "trail.looks")
    assert look["purpose"] == "care"
    assert look["by"] == "one of ours"
    assert look["leaf"] > 0
    assert '"sok"' not in json.dumps(told)
    other = opened(*await exported(desk, person(NEW)), tmp_path / "other")
    assert section(other, "trail.looks") == []


@pytest.mark.parametrize(("terms", "reaches"), [(KH, False), (ID, True)])
async def test_a_copy_in_indonesia_has_the_trail_and_who_got_it(
    pool: Pool, terms: Terms, *, reaches: bool
) -> None:
    """Law 27/2022 article 32: access to the data and to the trail of their processing."""
    plan = await perform(pool, exports.sections, terms, person(OLD), Scope.COPY)
    names = {one.name for one in plan}
    for one in ("trail.looks", "privacy.disclosed", "record.opening"):
        assert (one in names) is reaches, one


async def test_secrets_are_told_to_nobody(pool: Pool, owner: str, tmp_path: Path) -> None:
    await transferred(pool)
    desk = desk_over(pool, tmp_path / "exports", Time(later(days=3)))
    text = json.dumps(opened(*await exported(desk, person(OLD)), tmp_path / "out"))
    with psycopg.connect(owner) as connection:
        kept = connection.execute(
            "SELECT encode(credential_id, 'hex') FROM people.passkey UNION ALL"
            " SELECT encode(public_key, 'hex') FROM people.passkey UNION ALL"
            " SELECT encode(sealed, 'hex') FROM numbers.sim UNION ALL"
            " SELECT encode(signature, 'hex') FROM numbers.consent"
        ).fetchall()
    assert len(kept) > 10
    assert [secret for (secret,) in kept if secret[:32] in text] == []


@pytest.mark.parametrize(
    ("by", "case", "language", "whom", "refusal"),
    [
        ("rith", None, "km", OLD, Refusal.CASE_MISSING),
        ("rith", COPY, "km", NEW, Refusal.CASE_UNKNOWN),
        ("rith", UNPROVEN, "km", OLD, Refusal.UNPROVEN),
        ("rith", CASE, "km", OLD, Refusal.NOT_ASKED),
        ("rith", COPY, "xx", OLD, Refusal.LANGUAGE_UNKNOWN),
        (BY_THEMSELVES, None, "km", 999, Refusal.UNKNOWN),
        (BY_THEMSELVES, None, "km", OLD, None),
    ],
)
async def test_there_is_no_export_without_a_reason(  # noqa: PLR0913, PLR0917 -- a row of the table
    pool: Pool,
    tmp_path: Path,
    by: str,
    case: str | None,
    language: str,
    whom: int,
    refusal: Refusal | None,
) -> None:
    await settled(pool)
    await received(pool, asked_of(9, right=Right.KNOW))
    desk = desk_over(pool, tmp_path / "exports", Time(later(days=1)))
    asked = await exporting.ask(desk, person(whom), Scope.COPY, language, by, case)
    assert (asked.refusal if isinstance(asked, Refused) else None) == refusal


@pytest.mark.parametrize(
    ("case", "scope", "keeper"),
    [
        (None, "know", "export_by_ours_has_a_case"),
        (COPY, "know", "export_is_what_was_asked"),
        (CASE, "copy", "export_is_what_was_asked"),
        (UNPROVEN, "know", "export_is_what_was_asked"),
        (CASE, "know", None),
    ],
)
async def test_the_database_wants_a_case_that_asks_for_it(
    pool: Pool, owner: str, case: str | None, scope: str, keeper: str | None
) -> None:
    await settled(pool)
    await received(pool, asked_of(9, right=Right.RESTRICT))
    found = None
    with psycopg.connect(owner) as connection:
        try:
            connection.execute(
                "INSERT INTO privacy.export (export_id, person_id, scope, language, asked_by,"
                " asked_at, salt, nonce, sealed_key, file, pins, position, case_id) VALUES ("
                "gen_random_uuid(), 1, %s, 'km', 'rith', now(), %s, %s, %s, 'x', '[]', '{}', %s)",
                [scope, bytes(16), bytes(12), bytes(48), case],
            )
        except psycopg.errors.CheckViolation as no:
            found = no.diag.constraint_name
    assert found == keeper


@pytest.mark.parametrize(
    ("right", "typed", "owed"),
    [
        (Right.COPY, None, Scope.COPY),
        (Right.KNOW, None, Scope.KNOW),
        (Right.DISCLOSED, Scope.KNOW, Scope.KNOW),
        (Right.COPY, Scope.KNOW, Refusal.NOT_ASKED),
        (Right.KNOW, Scope.COPY, Refusal.NOT_ASKED),
        *((one, None, Refusal.NOT_ASKED) for one in sorted(set(Right) - set(telling.PACKAGE_OF))),
    ],
)
def test_a_package_has_what_the_case_asks_neither_less_nor_more(
    right: Right, typed: Scope | None, owed: Scope | Refusal
) -> None:
    found = telling.asked(right, typed)
    assert (found.refusal if isinstance(found, Refused) else found) == owed


def test_every_kind_of_identity_has_somebody_to_ask() -> None:
    for kind in Kind:
        assert Whose(kind, 7).whom == 7
        assert any(telling.is_about(row, kind) for _, row in register.rows())


def held(export: Export | None, whose: Subject = Subject.SUBSCRIBER) -> Holding:
    personal = whose is not Subject.NOBODY
    return Holding(
        table="t",
        column="c",
        whose=whose,
        category=Category.CONTACT if personal else Category.NONE,
        why="a test",
        keep="contact" if personal else "",
        end=End.DELETE if personal else End.STAYS,
        export=export,
    )


@pytest.mark.parametrize(
    ("holding", "kind", "reach", "shown"),
    [
        (held(None), Kind.PERSON, Reach.EVERYTHING, Export.KNOW),
        (held(None), Kind.PERSON, Reach.REGISTRATION, None),
        (held(Export.REGISTRATION), Kind.PERSON, Reach.REGISTRATION, Export.REGISTRATION),
        (held(Export.NEVER), Kind.PERSON, Reach.EVERYTHING, None),
        (held(None, Subject.NOBODY), Kind.PERSON, Reach.EVERYTHING, None),
        (held(None, Subject.STAFF), Kind.PERSON, Reach.EVERYTHING, Export.MASKED),
        (held(None, Subject.STAFF), Kind.HUMAN, Reach.EVERYTHING, Export.KNOW),
        (held(None), Kind.HUMAN, Reach.EVERYTHING, Export.MASKED),
        (held(None, Subject.OTHER_PARTY), Kind.PERSON, Reach.EVERYTHING, Export.MASKED),
        (held(Export.MASKED), Kind.PERSON, Reach.EVERYTHING, Export.MASKED),
    ],
)
def test_how_much_of_a_column_is_told(
    holding: Holding, kind: Kind, reach: Reach, shown: Export | None
) -> None:
    told = telling.column(holding, "text", kind, reach)
    assert (None if told is None else told.shown) == shown


def test_what_looks_like_a_secret_is_told_to_nobody() -> None:
    """A new column with such a name has to be looked at."""
    signs = ("pin_hash", "token", "secret", "signature", "credential", "sealed", "salt", "keyed")
    named: list[Any] = [
        f"{promise}.{one.table}.{one.column}"
        for promise, one in register.holdings()
        if any(sign in one.column for sign in signs)
        and one.shown is not Export.NEVER
        and one.whose is not Subject.STAFF
    ]
    assert named == []


async def test_every_table_that_is_told_has_a_title_in_every_language(pool: Pool) -> None:
    for kind in Kind:
        plan = await perform(pool, exports.sections, KH, Whose(kind, 1), Scope.KNOW)
        for one in plan if kind is Kind.PERSON else ():
            assert one.name in words.WORDS, f"give {one.name} a title in words.txt"
    assert all(all(said.values()) for said in words.WORDS.values())
