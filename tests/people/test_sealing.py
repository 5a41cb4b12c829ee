"""PRV-SEC: what is sensitive of anybody is never in clear in a table, and opens for its reader."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import msgspec
import psycopg
import pytest

from tenure.keystore import opening
from tenure.keystore.shelf import Shelf
from tenure.postgres.ownership import NotAcceptedError, perform_as_owner
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.people import operations as people
from tenure.promises.people.model import Item, Known, Refusal, Sealed, Subject
from tenure.promises.people.operations.sealing import PAD_OCTETS, where_of
from tenure.promises.people.personal_data import HOLDINGS, SUBJECT_KEEP
from tenure.promises.privacy.model import KeyRefusal
from tenure.promises.privacy.operations import Keys, register
from tenure.terms.model import Terms
from tenure.terms.subjects import SENSITIVE
from tenure.terms.subjects import Item as Asked
from tenure.values.holding import Category
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tenure.values.sealing import OVERHEAD_OCTETS
from tests.people.settled import AT, FILE, KH, act, given, populated

LY: Final = Subject(901, "candidate", "application", AT)
HEALTH: Final = "uses a wheelchair"
TOLD: Final = given(
    "application",
    name="Ly",
    phone="12345678",
    application_form=FILE,
    disability=HEALTH,
    union="no",
)
CLEAR: Final = {"name", "phone", "application-form"}


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A new key store."""
    with closing(opening.make(tmp_path / "keys", at_ms=0)) as made:
        yield made


@pytest.fixture
def keys(shelf: Shelf) -> Keys:
    """The keys of everybody, none so far."""
    return Keys(shelf)


async def entered(pool: Pool, keys: Keys, who: Subject = LY) -> Known:
    """A candidate who told of their health, and of no union."""
    await populated(pool)
    known = await perform(pool, people.subjects.enter, KH, who, TOLD, act("rith"), keys)
    assert isinstance(known, Known), known
    return known


def values(known: Known) -> dict[str, str]:
    """What of somebody can be read."""
    return {one.item: one.value for one in known.items if isinstance(one.value, str)}


async def test_what_is_sensitive_is_sealed_and_opens_for_its_reader(
    pool: Pool, keys: Keys, owner: str
) -> None:
    known = await entered(pool, keys)
    assert await perform(pool, people.subjects.find, 901) == known
    assert values(known).keys() == CLEAR
    opened = await perform(pool, people.sealing.opened, keys, known)
    assert (values(opened)["disability"], values(opened)["union"]) == (HEALTH, "no")
    assert HEALTH not in repr(known)
    with psycopg.connect(owner) as connection:
        rows = connection.execute("SELECT t::text, item, sealed FROM people.item t").fetchall()
    assert {item for _, item, sealed in rows if sealed is not None} == {"disability", "union"}
    hidden = HEALTH.encode().hex()
    assert not any(HEALTH in row or hidden in row for row, _, _ in rows)
    lengths = {len(sealed) for _, _, sealed in rows if sealed is not None}
    assert lengths == {OVERHEAD_OCTETS + PAD_OCTETS}, "a yes is as long as a no"


async def test_without_keys_nothing_sensitive_is_kept(pool: Pool) -> None:
    await populated(pool)
    answer = await perform(pool, people.subjects.enter, KH, LY, TOLD, act("rith"))
    assert isinstance(answer, Refused)
    assert answer.refusal is Refusal.KEYS_MISSING
    assert await perform(pool, people.subjects.find, 901) is None
    few = given("application", name="Ly", phone="12345678", application_form=FILE)
    known = await perform(pool, people.subjects.enter, KH, LY, few, act("rith"))
    assert isinstance(known, Known)
    more = given("application", disability=HEALTH)
    answer = await perform(pool, people.subjects.add, KH, 901, more, act("rith"))
    assert isinstance(answer, Refused)
    assert answer.refusal is Refusal.KEYS_MISSING


async def test_it_opens_nowhere_else_and_for_nobody_else(pool: Pool, keys: Keys) -> None:
    known = await entered(pool, keys)
    (health,) = (one for one in known.items if one.item == "disability")
    assert isinstance(health.value, Sealed)
    own = where_of(LY, health)
    wrong: list[dict[str, Any]] = [
        {"subject_id": 902},
        {"person_id": 1},
        {"item": "union"},
        {"place": 1},
        {"since": Instant(AT + 1)},
    ]
    for other in wrong:
        where = msgspec.structs.replace(own, **other)
        answer = await perform(pool, people.sealing.open_, keys, where, health.value.envelope)
        assert isinstance(answer, Refused), other
        assert answer.refusal is KeyRefusal.NOT_AUTHENTIC


async def test_what_is_put_right_is_sealed_too(pool: Pool, keys: Keys) -> None:
    await entered(pool, keys)
    when = act("rith", Instant(AT + 1_000))
    better = given("application", disability="")
    answer = await perform(pool, people.subjects.add, KH, 901, better, when, keys, instead=True)
    assert isinstance(answer, Refused), "nothing is no value, sealed or not"
    better = given("application", disability="walks again")
    done = await perform(pool, people.subjects.add, KH, 901, better, when, keys, instead=True)
    assert isinstance(done, Known)
    opened = await perform(pool, people.sealing.opened, keys, done)
    health = [(one.value, one.ended_at) for one in opened.items if one.item == "disability"]
    assert health == [(HEALTH, when.at), ("walks again", None)]


async def test_the_key_that_ended_leaves_noise(pool: Pool, keys: Keys, shelf: Shelf) -> None:
    known = await entered(pool, keys)
    (health,) = (one for one in known.items if one.item == "disability")
    where = where_of(LY, health)
    await perform(pool, keys.destroy, where.whose, SUBJECT_KEEP, act("<clock>"))
    opened = await perform(pool, people.sealing.opened, keys, known)
    assert values(opened).keys() == CLEAR, "from the commit on"
    await perform(pool, keys.settle, AT)
    assert shelf.counted() == (0, 1)
    assert values(await perform(pool, people.sealing.opened, keys, known)).keys() == CLEAR
    again = given("application", disability="told again")
    when = act("rith", Instant(AT + 1_000))
    told = await perform(pool, people.subjects.add, KH, 901, again, when, keys, instead=True)
    assert isinstance(told, Known), "who comes again has a new key"
    opened = await perform(pool, people.sealing.opened, keys, told)
    assert values(opened)["disability"] == "told again"


async def test_it_opens_while_keys_are_wrapped_anew(
    pool: Pool, keys: Keys, shelf: Shelf, tmp_path: Path
) -> None:
    known = await entered(pool, keys)
    wanted = values(await perform(pool, people.sealing.opened, keys, known))
    with closing(opening.opened(tmp_path / "keys")) as other:
        other.begin_epoch(at_ms=1)
        assert values(await perform(pool, people.sealing.opened, keys, known)) == wanted
        assert list(other.rewrap(at_ms=2)) == [1], "both values are under one key"
        assert other.retire(before_ms=2) == (1,)
    # Who had the store open all the time, and who opens it now.
    assert values(await perform(pool, people.sealing.opened, keys, known)) == wanted
    with closing(opening.opened(tmp_path / "keys")) as later:
        assert values(await perform(pool, people.sealing.opened, Keys(later), known)) == wanted
    assert shelf.epochs()[0][0] == 2


BEHIND: Final = [
    ("UPDATE people.item SET value = 'well', sealed = NULL WHERE sensitive", "sensitive_is_sealed"),
    ("UPDATE people.item SET value = 'well' WHERE sensitive", "is_clear_or_sealed"),
    ("UPDATE people.item SET sealed = NULL WHERE sensitive", "is_clear_or_sealed"),
    ("UPDATE people.item SET sealed = 'well' WHERE sensitive", "sealed_is_an_envelope"),
    (
        "UPDATE people.item SET sensitive = false, value = 'no', sealed = NULL WHERE sensitive",
        "as_it_is_declared",
    ),
    ("UPDATE people.item SET item = 'pay' WHERE item = 'name'", "as_it_is_declared"),
    ("UPDATE people.item SET person_id = 1", "registered_has_a_profile"),
    ("UPDATE people.item SET person_id = 1, registered = true", "of_a_subject"),
    ("UPDATE people.declared SET sensitive = true WHERE item = 'name'", "sensitive_is_sealed"),
]


@pytest.mark.parametrize(("statement", "named"), BEHIND)
async def test_a_superuser_cannot_put_it_in_clear(
    pool: Pool, keys: Keys, owner: str, statement: str, named: str
) -> None:
    await entered(pool, keys)
    with psycopg.connect(owner) as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(statement.encode())
    assert caught.value.diag.constraint_name == f"item_{named}"


def sensitive_from_now(item: str, category: str) -> Terms:
    """The pack, in which an item is of another category."""

    def with_it(one: Asked) -> Asked:
        return msgspec.structs.replace(one, category=category) if one.name == item else one

    kinds = tuple(
        msgspec.structs.replace(
            kind,
            wanted=tuple(
                msgspec.structs.replace(one, item=with_it(one.item)) for one in kind.wanted
            ),
        )
        for kind in KH.people.kinds
    )
    return msgspec.structs.replace(KH, people=msgspec.structs.replace(KH.people, kinds=kinds))


async def test_a_pack_that_calls_more_sensitive_waits_for_what_stands_in_clear(
    pool: Pool, keys: Keys, owner: str
) -> None:
    await entered(pool, keys)
    stricter = sensitive_from_now("phone", "sensitive")
    with pytest.raises(NotAcceptedError, match="item_sensitive_is_sealed"):
        await perform_as_owner(owner, people.publishing.keep, stricter, act("<tenure>"))
    milder = sensitive_from_now("disability", "contact")
    assert await perform_as_owner(owner, people.publishing.keep, milder, act("<tenure>"))
    known = await perform(pool, people.subjects.find, 901)
    assert known is not None
    opened = await perform(pool, people.sealing.opened, keys, known)
    assert values(opened)["disability"] == HEALTH, "what was sealed stays sealed, and opens"


def test_no_column_of_a_live_table_is_sensitive_but_sealed_items() -> None:
    """Who adds such a column has to seal it, and to say here how."""
    kinds = {Category.SENSITIVE, Category.BIOMETRIC}
    assert {one.value for one in kinds} == SENSITIVE
    assert [one for _, one in register.holdings() if one.category in kinds] == []
    declared = {
        f"{promise}.{one.table}.{one.column}"
        for promise, one in register.holdings()
        if one.category is Category.DECLARED
    }
    assert declared == {"people.item.value", "people.item.sealed"}
    (keep,) = {one.keep for one in HOLDINGS if one.table == "item" and one.keep}
    assert keep == SUBJECT_KEEP


def test_an_envelope_is_never_shown() -> None:
    item = Item("disability", 0, Sealed(b"x" * 60), "application", represented=False, since=AT)
    assert repr(item) == "Item(disability)"
    assert repr(item.value) == "Sealed(…)"
