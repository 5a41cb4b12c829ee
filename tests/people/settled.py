"""People, staff and numbers that a test of people can begin with, and what is done to them."""

import hashlib
from datetime import date
from typing import Final

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.people import operations as people
from tenure.promises.people.model import (
    Changes,
    Document,
    Evidence,
    Given,
    Person,
    Photo,
    Presence,
    Subject,
)
from tenure.promises.staff.model import Role
from tenure.terms import pack
from tenure.values.instant import Instant, parse_instant
from tests.numbers.asked import holder_key, populated
from tests.numbers.stocked import AT, KH, act
from tests.staff.given import enrolled
from tests.staff.given import key_of as staff_key

__all__ = ["AT", "ID", "KH", "act", "populated"]

ID: Final = pack.load("smartfren-id").terms
ASK_AT: Final = Instant(AT + 60_000)
FILE: Final = "paper.pdf " + hashlib.sha256(b"a paper").hexdigest()


def evidence(  # noqa: PLR0913 -- what a witness could get wrong
    person_id: int,
    changes: Changes,
    at: Instant,
    *,
    document: Document | None = None,
    ppm: int = 990_000,
    witness: str = "sok",
    own: int | None = None,
) -> Evidence:
    """What a correction rests on: who was seen by whom, and who signed it."""
    hashed = people.corrections.correction_hash(person_id, changes, at)
    seen = Presence(document or Document("passport", f"N{person_id}"), Photo(ppm, "ref"))
    signed = None if own is None else holder_key(own).assertion(hashed)
    return Evidence(seen, staff_key(witness).assertion(hashed), signed)


def given(occasion: str = "visit", *, represented: bool = False, **items: object) -> Given:
    """What somebody says: ``visit_reason="a meeting"``; a tuple is several."""
    typed = {
        name.replace("_", "-"): value if isinstance(value, tuple) else (str(value),)
        for name, value in items.items()
    }
    return Given(typed, occasion, represented)


def visitor(subject_id: int = 900, at: Instant = AT) -> Subject:
    """Somebody at our door."""
    return Subject(subject_id, "visitor", "visit", at)


ARRIVES: Final = given(
    name="Chan Rith", visit_reason="a meeting", arrived_at="2027-01-15T15:00:00+07:00"
)


async def told(pool: Pool, msisdn: str) -> list[str]:
    """What was told of a number, oldest first, by its kinds."""
    async with pool.connection() as connection:
        cursor = await connection.execute(
            "SELECT kind FROM notices.notice WHERE msisdn = %s ORDER BY notice_id", [msisdn]
        )
        return [str(row[0]) for row in await cursor.fetchall()]


async def leaves(pool: Pool, kind: str) -> int:
    """How many leaves of a kind are in the record."""
    async with pool.connection() as connection:
        cursor = await connection.execute(
            "SELECT count(*) FROM record.leaf WHERE kind = %s", [kind]
        )
        row = await cursor.fetchone()
        assert row is not None
        return int(row[0])


async def reviewers(pool: Pool) -> None:
    """Two more who may approve: a supervisor and another."""
    for login in ("nary", "thida"):
        await enrolled(pool, login, Role.SUPERVISOR)


async def minor_with_number(pool: Pool, born_on: date, person_id: int = 8) -> Person:
    """A child with a guardian (7) and a number."""
    from tests.numbers.stocked import msisdn, sell  # noqa: PLC0415 -- names of a shelf

    child = Person(person_id, "Child", "km", AT, born_on, Document("passport", f"N{person_id}"))
    paper = hashlib.sha256(b"a birth certificate").hexdigest()
    await perform(pool, people.enter_all, [child], act())
    named = await perform(pool, people.name_guardian, KH, person_id, 7, paper, act())
    assert not hasattr(named, "refusal"), named
    sold = sell(3, holder_id=person_id)
    done = await perform(pool, numbers.holding.activate, KH, sold, act())
    assert not hasattr(done, "refusal"), done
    assert str(msisdn(3))
    return child


def at(text: str) -> Instant:
    """An instant as it is written."""
    return parse_instant(text)
