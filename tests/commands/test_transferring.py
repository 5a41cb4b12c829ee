"""A number changes hands, gets a new SIM and is locked, as people type it; each step by others."""

import json
from pathlib import Path

import pytest

from tenure.commands import passkey_file
from tenure.commands.up.requests import effecting
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.values.instant import Instant, iso
from tests.commands.database import on, typed
from tests.numbers.asked import LATER, NEW, OLD, STAFF, holder_key, later, populated
from tests.numbers.stocked import KH, card, msisdn
from tests.staff.given import key_of

NUMBER = f"+{msisdn(0)}"


class Shop:
    """A counter with a database, passkey files and a way to type."""

    def __init__(self, dsn: str, folder: Path) -> None:
        self.dsn, self.folder = dsn, folder

    def key(self, person_id: int) -> str:
        path = self.folder / f"person-{person_id}"
        if not path.exists():
            passkey_file.create(path, holder_key(person_id))
        return str(path)

    def types(self, *words: str, at: Instant = LATER) -> str:
        result = typed([*words, "--dsn", self.dsn, "--at", iso(at)])
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, *words: str, at: Instant = LATER) -> str:
        result = typed([*words, "--dsn", self.dsn, "--at", iso(at)])
        assert result.exit_code == 1, result.output
        return result.output

    def asked(self, *words: str) -> str:
        return str(json.loads(self.types(*words, "--json"))["request"])


@pytest.fixture
def shop(database: str, passkeys: Path, tmp_path: Path) -> Shop:
    for login in STAFF:
        passkey_file.create(passkeys / login, key_of(login))
    on(database, lambda pool: populated(pool, asker="demo"))
    return Shop(database, tmp_path)


TRANSFER = ("number", "transfer")


def test_a_transfer_says_at_each_step_what_is_missing(shop: Shop) -> None:
    made = shop.asked(*TRANSFER, "ask", NUMBER, "--to", str(NEW), "--by", "sok")
    told = shop.types(*TRANSFER, "show", NUMBER)
    assert "waits for consent of the holder and of the new holder; 2 approvals" in told
    assert f"next      tenure number transfer consent {made}" in told
    assert "OUT_OF_ORDER" in shop.refused(*TRANSFER, "approve", made, "--by", "lina")

    agree = (*TRANSFER, "consent", made)
    assert "NOT_A_PARTY" in shop.refused(*agree, "--party", "to", "--own-passkey", shop.key(OLD))
    shop.types(*agree, "--party", "from", "--own-passkey", shop.key(OLD))
    told = shop.types(*agree, "--party", "to", "--own-passkey", shop.key(NEW))
    assert "waits for 2 approvals" in told

    assert "NOT_INDEPENDENT" in shop.refused(*TRANSFER, "approve", made, "--by", "sok")
    told = shop.types(*TRANSFER, "approve", made, "--by", "lina")
    assert "waits for one more approval" in told
    told = shop.types(*TRANSFER, "approve", made, "--by", "vanna")
    assert "waits for 24 h of cooling-off" in told
    assert f"not before {iso(later(days=1))}" in told

    assert "COOLING_OFF" in shop.refused(*TRANSFER, "effect", made, at=later(days=0.5))
    assert "effected" in shop.types(*TRANSFER, "effect", made, at=later(days=1))
    assert "ENDED" in shop.refused(*TRANSFER, "effect", made, at=later(days=1))


def test_the_holder_stops_it_with_one_reply(shop: Shop) -> None:
    made = shop.asked(*TRANSFER, "ask", NUMBER, "--to", str(NEW), "--by", "sok")
    assert "NOT_A_PARTY" in shop.refused(
        *TRANSFER, "stop", made, "--from-number", "+855 12 345 679"
    )

    assert "stopped" in shop.types(*TRANSFER, "stop", made, "--from-number", NUMBER)

    again = shop.asked(*TRANSFER, "ask", NUMBER, "--to", str(NEW), "--by", "sok")
    assert "NOT_A_PARTY" in shop.refused(*TRANSFER, "stop", again, "--own-passkey", shop.key(3))
    assert "stopped" in shop.types(*TRANSFER, "stop", again, "--own-passkey", shop.key(OLD))
    third = shop.asked(*TRANSFER, "ask", NUMBER, "--to", str(NEW), "--by", "sok")
    assert "stopped" in shop.types(*TRANSFER, "stop", third, "--by", "lina")


def test_a_lock_holds_until_the_holder_has_lifted_it(shop: Shop) -> None:
    own = ("--own-passkey", shop.key(OLD))
    assert "NOT_A_PARTY" in shop.refused("number", "lock", NUMBER, "--own-passkey", shop.key(NEW))
    assert "locked" in shop.types("number", "lock", NUMBER, *own)
    assert "LOCKED" in shop.refused("number", "lock", NUMBER, *own)
    ask = (*TRANSFER, "ask", NUMBER, "--to", str(NEW), "--by", "sok")
    assert "LOCKED" in shop.refused(*ask)

    told = shop.types("number", "unlock", NUMBER, *own)
    assert f"not before {iso(later(days=3))}" in told
    assert "LOCKED" in shop.refused(*ask, at=later(days=3, seconds=-1))

    # The clock closes what is due, once; to look again does no harm.
    on(shop.dsn, lambda pool: effecting(pool, KH)(later(days=3)))
    on(shop.dsn, lambda pool: effecting(pool, KH)(later(days=3)))
    assert "consent of the holder" in shop.types(*ask, at=later(days=3))


def test_a_new_sim_costs_the_fee_and_the_old_one_is_dead(shop: Shop) -> None:
    new = ("--iccid", str(card(9).iccid))
    told = shop.types(
        "number", "replace-sim", NUMBER, *new, "--own-passkey", shop.key(OLD), "--by", "sok"
    )
    made = told.split()[1].rstrip(",")
    assert "waits for one more approval" in told
    shop.types(*TRANSFER, "approve", made, "--by", "lina")
    swap = later(seconds=0.123)

    on(shop.dsn, lambda pool: effecting(pool, KH)(swap))

    swapped_at = on(
        shop.dsn, lambda pool: perform(pool, numbers.requests.sim_swapped_at, msisdn(0))
    )
    assert swapped_at == swap
    line = json.loads(shop.types("line", "show", NUMBER, "--json"))
    assert line["funds_micros"] == 4_000_000
    assert line["entries"][0]["kind"] == "fee"
    old = ("--iccid", str(card(0).iccid))
    assert "SIM_NOT_FREE" in shop.refused(
        "number", "replace-sim", NUMBER, *old, "--own-passkey", shop.key(OLD), "--by", "sok"
    )


@pytest.mark.parametrize("step", ["consent", "approve", "stop", "effect"])
def test_what_is_no_name_of_a_request_is_said_so(step: str) -> None:
    result = typed(["number", "transfer", step, "4711", *(["--party", "to"] * (step == "consent"))])
    assert result.exit_code == 2
    assert "no name of a request" in result.output
