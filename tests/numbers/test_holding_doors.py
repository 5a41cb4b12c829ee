"""What stays impossible whoever tries: the application role by grants, a superuser by indexes."""

import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.record import operations as record
from tenure.values.instant import moment_of
from tests.conftest import furnish
from tests.numbers.stocked import AT, KH, act, card, days, msisdn, sell, stock

NUMBER = msisdn(0)
FREE = card(9)

# Each is tried as the application, which may do none of it.
NOT_FOR_THE_APPLICATION = [
    "INSERT INTO numbers.tenure SELECT * FROM numbers.tenure",
    "UPDATE numbers.tenure SET holder_id = 2",
    "UPDATE numbers.tenure SET during = tstzrange(lower(during), now())",
    "DELETE FROM numbers.tenure",
    "TRUNCATE numbers.tenure",
    "INSERT INTO numbers.binding SELECT * FROM numbers.binding",
    "UPDATE numbers.binding SET msisdn = '85599999999'",
    "DELETE FROM numbers.binding",
    "UPDATE numbers.figures SET approvals_min = 2",
    "DELETE FROM numbers.figures",
    "INSERT INTO numbers.figures SELECT * FROM numbers.figures",
    "SELECT numbers.keep_figures('{}')",
    "SELECT numbers.leaf_says(1, 'numbers.activated', now(), '{}', '{}')",
    "SELECT numbers.ask_network('85515000000', 1, now())",
    "UPDATE numbers.line SET msisdn = '85599999999'",
    "UPDATE numbers.line SET imsi = '456069999999999'",
    "UPDATE numbers.line SET purse_id = 7",
    "DELETE FROM numbers.line",
    "UPDATE numbers.sim SET died_at = NULL",
    "UPDATE numbers.sim SET sealed = sealed",
    "DELETE FROM numbers.sim",
    "UPDATE numbers.stock SET last = first",
    "DELETE FROM numbers.stock",
    "UPDATE numbers.provisioning SET leaf_seq = 1",
    "UPDATE numbers.provisioning SET msisdn = '85599999999'",
    "ALTER TABLE numbers.tenure DROP CONSTRAINT tenure_one_holder_at_a_time",
    "SET ROLE tenure_owner",
    "SET session_replication_role = replica",
]


async def test_the_application_may_not(pool: Pool, database: str) -> None:
    await perform(pool, stock)
    await perform(pool, numbers.holding.activate, KH, sell(), act())
    done = []
    with psycopg.connect(database, autocommit=True) as connection:
        for statement in NOT_FOR_THE_APPLICATION:
            try:
                connection.execute(statement.encode())
            except psycopg.errors.InsufficientPrivilege:
                continue
            done.append(statement)
    assert done == []


# What a superuser writes with every trigger switched off, and the index or check that forbids it.
TENURE = """
    INSERT INTO numbers.tenure (
        msisdn, holder_id, during, opened_as, request_id, leaf_seq, purse_id, prepaid, slot
    )
    VALUES (
        %(number)s, 2, tstzrange(%(since)s, %(until)s), %(opened_as)s, %(request)s, 99, %(purse)s,
        true, %(slot)s
    )
"""
BINDING = """
    INSERT INTO numbers.binding (msisdn, iccid, imsi, during, leaf_seq)
    VALUES (%(number)s, %(iccid)s, %(imsi)s, tstzrange(%(since)s, %(until)s), 99)
"""
GIVEN: dict[str, object] = {
    "number": msisdn(99),
    "since": "2027-06-01",
    "until": None,
    "opened_as": "import",
    "request": None,
    "purse": 7,
    "slot": None,
    "iccid": FREE.iccid,
    "imsi": FREE.imsi,
}
"""A row that could be written; each attempt below changes one thing."""
LATER = "2027-06-01 00:00:00.001"
IMPOSSIBLE: list[tuple[str, str, dict[str, object], str]] = [
    ("two holders", TENURE, {"number": NUMBER}, "tenure_one_holder_at_a_time"),
    (
        "two holders for one millisecond",
        TENURE,
        {"number": NUMBER, "until": LATER},
        "tenure_one_holder_at_a_time",
    ),
    ("the purse of another", TENURE, {"purse": 1_000}, "tenure_a_purse_has_one_holder"),
    ("no request", TENURE, {"opened_as": "transfer"}, "tenure_changes_by_request"),
    ("a tenure of no time", TENURE, {"until": "2027-06-01"}, "tenure_lasts"),
    (
        "a way in that nobody knows",
        TENURE,
        {"opened_as": "favour", "request": "00000000-0000-0000-0000-000000000000"},
        "tenure_opened_as_is_known",
    ),
    ("a slot without a limit", TENURE, {"slot": 1}, "tenure_slot_within_the_market"),
    ("a card twice", BINDING, {"iccid": card(0).iccid}, "binding_a_sim_is_used_once"),
    ("an IMSI twice", BINDING, {"imsi": card(0).imsi}, "binding_an_imsi_is_used_once"),
    ("two SIMs of a number", BINDING, {"number": NUMBER}, "binding_one_sim_at_a_time"),
    (
        "a card number with a wrong digit",
        """
        UPDATE numbers.sim
        SET iccid = left(iccid, 18) || (right(iccid, 1)::int + 1) %% 10 WHERE iccid = %(iccid)s
        """,
        {},
        "sim_iccid_has_its_form",
    ),
    ("keys in clear", "UPDATE numbers.sim SET sealed = 'ki'", {}, "sim_keys_are_sealed"),
    (
        "one approval for everything",
        "UPDATE numbers.figures SET approvals_min = 1",
        {},
        "figures_nobody_acts_alone",
    ),
    (
        "a range that shares a number with another",
        "INSERT INTO numbers.stock VALUES ('85515009999', '85515010000', 'gold', now(), 99)",
        {},
        "stock_no_number_twice",
    ),
    (
        "two reservations at an instant",
        """
        INSERT INTO numbers.reservation
        SELECT %(number)s, tstzrange('2027-01-01', '2027-01-02'), name
        FROM unnest(ARRAY['sok', 'srey']) AS name
        """,
        {},
        "reservation_one_at_a_time",
    ),
]


@pytest.mark.parametrize(
    ("statement", "changed", "kept_by"),
    [row[1:] for row in IMPOSSIBLE],
    ids=[row[0] for row in IMPOSSIBLE],
)
async def test_a_superuser_without_triggers_cannot(
    pool: Pool, owner: str, statement: str, changed: dict[str, object], kept_by: str
) -> None:
    await perform(pool, stock)
    await perform(pool, numbers.holding.activate, KH, sell(), act())
    with psycopg.connect(owner) as connection:
        connection.execute("SET session_replication_role = replica")
        with pytest.raises(psycopg.errors.IntegrityError) as caught:
            connection.execute(statement.encode(), GIVEN | changed)
    assert caught.value.diag.constraint_name == kept_by


@pytest.mark.parametrize("statement", [TENURE, BINDING])
def test_without_the_one_change_it_could(owner: str, statement: str) -> None:
    with psycopg.connect(owner) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement.encode(), GIVEN)


def test_a_fourth_prepaid_number_is_impossible_even_for_a_superuser(owner: str) -> None:
    furnish(owner, "smartfren-id")

    def asked(index: int, slot: int | None) -> dict[str, object]:
        return GIVEN | {"number": msisdn(index), "purse": index, "slot": slot}

    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for index in (1, 2, 3):
            connection.execute(TENURE, asked(index, index))
        for slot, kept_by in (
            (3, "tenure_no_more_than_the_market_allows"),
            (4, "tenure_slot_within_the_market"),
            (0, "tenure_slot_within_the_market"),
            (None, "tenure_slot_within_the_market"),
        ):
            with pytest.raises(psycopg.errors.IntegrityError) as caught:
                connection.execute(TENURE, asked(4, slot))
            assert caught.value.diag.constraint_name == kept_by


# What the application asks of the door itself, past every rule; and what the door misses.
LIES: list[tuple[str, dict[str, object], str]] = [
    ("a number of somebody else's", {"number": msisdn(1)}, "activate_number_is_free"),
    ("a number that is not ours", {"number": msisdn(10_000)}, "activate_number_is_in_stock"),
    ("a SIM that is not ours", {"card": card(999).iccid}, "activate_sim_is_ours"),
    ("a SIM in use", {"card": card(1).iccid}, "activate_sim_was_never_used"),
    ("nobody", {"holder": 77}, "activate_holder_is_known"),
    ("a leaf of another sale", {"proof": -1}, "activate_leaf_says_so"),
    ("no leaf", {"proof": 10**9}, "activate_leaf_says_so"),
    ("another instant than the leaf's", {"moment": days(-1)}, "activate_leaf_says_so"),
    ("another holder than the leaf's", {"holder": 2}, "activate_leaf_says_so"),
    ("another SIM than the leaf's", {"card": card(3).iccid}, "activate_leaf_says_so"),
    ("another number than the leaf's", {"number": msisdn(4)}, "activate_leaf_says_so"),
]
CALL = (
    "SELECT numbers.activate(%(number)s, %(card)s, %(holder)s, 555, 'prepaid', 'km', false, 'sok', "
    "%(proof)s, %(moment)s)"
)


@pytest.mark.parametrize(
    ("lie", "kept_by"), [row[1:] for row in LIES], ids=[row[0] for row in LIES]
)
async def test_the_door_verifies_what_it_is_told(
    pool: Pool, database: str, lie: dict[str, object], kept_by: str
) -> None:
    await perform(pool, stock)
    await perform(pool, numbers.holding.activate, KH, sell(1), act())
    about = {
        "msisdn": str(msisdn(0)),
        "holder": "1",
        "iccid": str(card(0).iccid),
        "imsi": str(card(0).imsi),
    }
    said = {"opened_as": "first-sale"}
    leaf_seq = await perform(pool, record.append, act(), "numbers.activated", said, about)
    truth: dict[str, object] = {
        "number": msisdn(0),
        "card": card(0).iccid,
        "holder": 1,
        "proof": leaf_seq,
        "moment": AT,
    }
    told = truth | lie
    if told["proof"] == -1:
        told["proof"] = leaf_seq - 1
    told["moment"] = moment_of(told["moment"])  # type: ignore[arg-type]  # an Instant of the table

    with psycopg.connect(database) as connection:
        with pytest.raises(psycopg.Error) as caught:
            connection.execute(CALL, told)
        assert caught.value.diag.constraint_name == kept_by
        connection.rollback()
        moment = {"moment": moment_of(AT)}
        assert connection.execute(CALL, truth | moment).fetchone()
