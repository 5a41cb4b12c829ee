"""A sealed value ends with its key: after the commit, for good, and in whichever copy."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tenure.commands import ending
from tenure.keystore import opening
from tenure.keystore.shelf import Shelf
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.privacy.model import KeyRefusal, KeysSettled
from tenure.promises.privacy.operations import Keys
from tenure.promises.record.model import Act
from tenure.values.instant import parse_instant
from tenure.values.refused import Refused
from tenure.values.sealing import Whose, place_of

AT = parse_instant("2026-11-22T08:00:00+07:00")
ACT = Act("<clock>", AT, b"s" * 32)
DARA = Whose("person", 7)
MONY = Whose("person", 8)
PLACE = place_of("website.form", "answer", 1)
VALUE = "ដារ៉ា writes".encode()


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A new key store."""
    with closing(opening.make(tmp_path / "keys", at_ms=0)) as made:
        yield made


@pytest.fixture
def keys(shelf: Shelf) -> Keys:
    """The keys of everybody, none so far."""
    return Keys(shelf)


def refusal(answer: bytes | Refused[KeyRefusal]) -> KeyRefusal:
    assert isinstance(answer, Refused)
    return answer.refusal


@pytest.mark.parametrize(
    ("whose", "class_", "place", "why"),
    [
        (MONY, "service", PLACE, KeyRefusal.NOT_AUTHENTIC),
        (DARA, "identity", PLACE, KeyRefusal.NOT_AUTHENTIC),
        (DARA, "service", place_of("website.form", "answer", 2), KeyRefusal.NOT_AUTHENTIC),
    ],
)
async def test_a_value_opens_for_whom_and_where_it_was_sealed(
    pool: Pool, keys: Keys, whose: Whose, class_: str, place: bytes, why: KeyRefusal
) -> None:
    sealed = await perform(pool, keys.seal, DARA, "service", PLACE, VALUE)
    assert VALUE not in sealed
    assert await perform(pool, keys.open, DARA, "service", PLACE, sealed) == VALUE
    assert refusal(await perform(pool, keys.open, whose, class_, place, sealed)) is why


async def test_another_store_and_no_envelope_have_names(
    pool: Pool, keys: Keys, tmp_path: Path
) -> None:
    sealed = await perform(pool, keys.seal, DARA, "service", PLACE, VALUE)
    with closing(opening.make(tmp_path / "other", at_ms=0)) as other:
        answer = await perform(pool, Keys(other).open, DARA, "service", PLACE, sealed)
        assert refusal(answer) is KeyRefusal.KEY_UNKNOWN
    answer = await perform(pool, keys.open, DARA, "service", PLACE, b"plain")
    assert refusal(answer) is KeyRefusal.NOT_SEALED


async def test_a_key_ends_with_the_commit_and_is_destroyed_after_it(
    pool: Pool, keys: Keys, shelf: Shelf, owner: str
) -> None:
    sealed = await perform(pool, keys.seal, DARA, "service", PLACE, VALUE)
    kept = await perform(pool, keys.seal, DARA, "identity", PLACE, VALUE)
    leaf = await perform(pool, keys.destroy, DARA, "service", ACT)
    answer = await perform(pool, keys.open, DARA, "service", PLACE, sealed)
    assert refusal(answer) is KeyRefusal.KEY_DESTROYED, "at once, though it is there"
    assert shelf.counted() == (2, 0)
    again = await perform(pool, keys.seal, DARA, "service", PLACE, VALUE)
    assert await perform(pool, keys.settle, AT) == KeysSettled(raised=1, keys=1)
    assert await perform(pool, keys.settle, AT) == KeysSettled()
    assert shelf.counted() == (2, 1)
    assert await perform(pool, keys.open, DARA, "service", PLACE, again) == VALUE
    assert await perform(pool, keys.open, DARA, "identity", PLACE, kept) == VALUE
    answer = await perform(pool, keys.open, DARA, "service", PLACE, sealed)
    assert refusal(answer) is KeyRefusal.KEY_DESTROYED
    with psycopg.connect(owner) as connection:
        kind, body = connection.execute(
            "SELECT kind, body FROM record.leaf WHERE seq = %s", [leaf]
        ).fetchone() or ("", "")
    assert kind == "privacy.key_ended"
    assert "person" not in body


async def test_what_was_not_committed_ends_nothing(pool: Pool, keys: Keys, shelf: Shelf) -> None:
    sealed = await perform(pool, keys.seal, DARA, "service", PLACE, VALUE)

    async def given_up(tx: Transaction) -> None:
        await keys.destroy(tx, DARA, "service", ACT)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await perform(pool, given_up)
    assert await perform(pool, keys.settle, AT) == KeysSettled()
    assert await perform(pool, keys.open, DARA, "service", PLACE, sealed) == VALUE
    assert shelf.counted() == (1, 0)


async def test_the_clock_destroys_what_somebody_died_before(pool: Pool, tmp_path: Path) -> None:
    folder = tmp_path / "keys" / "people"
    with closing(opening.make(folder, at_ms=0)) as shelf:
        await perform(pool, Keys(shelf).seal, DARA, "service", PLACE, VALUE)
        shelf.copy(tmp_path / "old")
        await perform(pool, Keys(shelf).destroy, DARA, "service", ACT)
        clock = ending.ending(pool, tmp_path)
        await clock(AT)
        assert shelf.counted() == (0, 1)
        await perform(pool, Keys(shelf).seal, MONY, "service", PLACE, VALUE)
        await perform(pool, Keys(shelf).destroy, MONY, "service", ACT)
        await clock(AT)
        assert shelf.counted() == (0, 2)
    (tmp_path / "old").replace(folder / opening.KEYS)
    await ending.ending(pool, tmp_path)(AT)
    with closing(opening.opened(folder)) as old:
        assert old.counted() == (0, 1), "who starts with an old copy ends in it what had ended"


async def test_an_old_copy_of_either_side_ends_what_the_other_knows(
    pool: Pool, keys: Keys, shelf: Shelf, owner: str, tmp_path: Path
) -> None:
    sealed = await perform(pool, keys.seal, DARA, "service", PLACE, VALUE)
    shelf.copy(tmp_path / "copy")
    await perform(pool, keys.destroy, DARA, "service", ACT)
    await perform(pool, keys.settle, AT)
    (tmp_path / "copy").replace(tmp_path / "keys" / opening.KEYS)
    with closing(opening.opened(tmp_path / "keys")) as old:
        assert old.counted() == (1, 0), "the copy has the key again"
        assert await perform(pool, Keys(old).agree, ACT) == KeysSettled(raised=1, keys=1)
        assert old.counted() == (0, 1)
        with psycopg.connect(owner) as connection:
            connection.execute("ALTER TABLE privacy.fence DISABLE TRIGGER USER")
            connection.execute("DELETE FROM privacy.fence")
        assert await perform(pool, Keys(old).agree, ACT) == KeysSettled(noted=1)
        assert await perform(pool, Keys(old).agree, ACT) == KeysSettled()
        answer = await perform(pool, Keys(old).open, DARA, "service", PLACE, sealed)
        assert refusal(answer) is KeyRefusal.KEY_DESTROYED


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("DELETE FROM privacy.fence", "fence_stays"),
        ("UPDATE privacy.fence SET raised_at = NULL, keys = NULL", "fence_stays"),
        ("UPDATE privacy.fence SET mark = sha256('other')", "fence_stays"),
        ("SELECT 'plain text'::bytea::privacy.sealed", "sealed_is_an_envelope"),
    ],
)
async def test_the_database_keeps_what_has_ended(
    pool: Pool, keys: Keys, owner: str, statement: str, constraint: str
) -> None:
    await perform(pool, keys.destroy, DARA, "service", ACT)
    await perform(pool, keys.settle, AT)
    with psycopg.connect(owner) as connection, pytest.raises(psycopg.errors.CheckViolation) as no:
        connection.execute(statement)
    assert no.value.diag.constraint_name == constraint
