"""What live tables keep sealed is told to whom it is about, and is noise once they are erased."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import psycopg
import pytest

from tenure.commands.ending import proceed
from tenure.commands.exporting import desk as exporting
from tenure.commands.exporting.desk import Desk
from tenure.keystore import opening
from tenure.keystore.shelf import Shelf
from tenure.postgres.ownership import perform_as_owner
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.people import operations as people
from tenure.promises.people.model import Known, Sealed, Subject
from tenure.promises.people.operations.sealing import where_of
from tenure.promises.people.personal_data import HOLDINGS, ROWS
from tenure.promises.privacy.model import KeyRefusal
from tenure.promises.privacy.model.exports import BY_THEMSELVES, Job, Kind, Refusal, Scope, Whose
from tenure.promises.privacy.operations import Keys, retention
from tenure.promises.privacy.operations.retention import Ledger
from tenure.promises.privacy.rules.copies import owners, plan
from tenure.promises.privacy.store.reach import KIND_OF
from tenure.values import sealing
from tenure.values.refused import Refused
from tests.numbers.stocked import KH, act
from tests.people.settled import AT, given, populated
from tests.people.test_sealing import HEALTH, LY, TOLD, sensitive_from_now
from tests.privacy.ended import GONE, after, entry_id, left
from tests.privacy.exporting import SECRET, Time, opened, section

CUSTOMER: Final = Subject(904, "customer", "shop", AT, person_id=1)
STRICT: Final = sensitive_from_now("nationality", "sensitive")


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A new key store, beside nothing else."""
    with closing(opening.make(tmp_path / "keys", at_ms=0)) as made:
        yield made


async def package(pool: Pool, folder: Path, whose: Whose, keys: Path | None) -> object:
    """What somebody gets who asks for all that is held about them; or why not."""
    desk = Desk(pool, KH, SECRET, folder, Time(after(3)).now, keys)
    begun = await exporting.ask(desk, whose, Scope.KNOW, "km", BY_THEMSELVES, None)
    assert not isinstance(begun, Refused), begun
    done = await exporting.run(desk, begun.job, BY_THEMSELVES)
    if isinstance(done, Refused):
        return done.refusal
    assert isinstance(done, Job)
    told = opened(done, begun.passphrase, folder / "out")
    return {one["item"]: one["value"] for one in section(told, "people.item")}


async def test_whoever_asks_what_is_held_reads_what_is_sealed(
    pool: Pool, shelf: Shelf, tmp_path: Path
) -> None:
    await populated(pool)
    keys = Keys(shelf)
    known = await perform(pool, people.subjects.enter, KH, LY, TOLD, act("rith"), keys)
    assert isinstance(known, Known), known
    opening.make(tmp_path / "other", at_ms=0).close()
    whose = Whose(Kind.SUBJECT, 901)
    for folder in (None, tmp_path / "other"):
        assert await package(pool, tmp_path / "no", whose, folder) is Refusal.NOT_READABLE
    # Refused is not given up: with the right keys the same package goes on.
    desk = Desk(pool, KH, SECRET, tmp_path / "no", Time(after(3)).now, tmp_path / "keys")
    assert await exporting.work(desk) == 1
    told = await package(pool, tmp_path / "yes", whose, tmp_path / "keys")
    assert isinstance(told, dict)
    assert (told["disability"], told["union"], told["name"]) == (HEALTH, "no", "Ly")


async def test_whoever_has_a_profile_reads_their_items_and_takes_the_key_along(
    pool: Pool, owner: str, shelf: Shelf, tmp_path: Path
) -> None:
    await left(pool, owner)
    await perform_as_owner(owner, people.publishing.keep, STRICT, act("<tenure>"))
    keys, said = Keys(shelf), given("shop", nationality="KH", gender="not-said")
    known = await perform(pool, people.subjects.enter, STRICT, CUSTOMER, said, act("sok"), keys)
    assert isinstance(known, Known), known
    told = await package(pool, tmp_path / "p", Whose(Kind.PERSON, 1), tmp_path / "keys")
    assert told == {"nationality": "KH", "gender": "not-said"}
    (sealed,) = (one for one in known.items if isinstance(one.value, Sealed))
    assert isinstance(sealed.value, Sealed)
    where = where_of(CUSTOMER, sealed)
    read = people.sealing.open_
    assert await perform(pool, read, keys, where, sealed.value.envelope) == "KH"

    entry = await perform(pool, retention.erase, GONE, entry_id(1), act("<holder>", after(4000)))
    assert not isinstance(entry, Refused)
    await proceed(pool, Ledger(tmp_path / "ledger"), entry, after(4000), shelf)

    with psycopg.connect(owner) as connection:
        assert connection.execute("SELECT count(*) FROM people.item").fetchone() == (0,)
    # Whoever kept the row, in a physical copy or a log of the database, has noise.
    answer = await perform(pool, read, keys, where, sealed.value.envelope)
    assert isinstance(answer, Refused)
    assert answer.refusal is KeyRefusal.KEY_DESTROYED
    assert shelf.counted() == (0, 1)


@pytest.mark.parametrize("table", ["subject", "item"])
def test_a_copy_seals_a_profile_with_the_key_of_its_person(table: str) -> None:
    held = [one for one in HOLDINGS if one.table == table]
    (row,) = (one for one in ROWS if one.table == table)
    types = {one.column: "text" for one in held}
    found = plan("people", table, types, held, row, KIND_OF)
    for person, wanted in ((1, sealing.Whose("person", 1)), (None, sealing.Whose("subject", 904))):
        # A third party is named by person 7, and is nobody of theirs.
        ids = [
            {"person_id": person, "subject_id": 904}.get(lead.column, 7 if person is None else None)
            for lead in found.leads
        ]
        first, whose = owners(found, ids)
        assert first == wanted
        own = {"subject_id": sealing.Whose("subject", 904), "named_by": sealing.Whose("person", 7)}
        for group, one in zip(found.groups, whose, strict=True):
            if not own.keys() & set(group.columns):
                assert one == wanted, group.columns
