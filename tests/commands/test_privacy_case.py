"""What is typed about a case: taken in, proven, extended, refused by two, answered."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tenure.commands import passkey_file
from tenure.postgres.pool import Pool
from tenure.promises.staff.model import Role
from tests.commands.database import on, typed
from tests.numbers.asked import holder_key, populated
from tests.privacy.rights_asked import OFFICER
from tests.staff.given import enrolled, key_of

AT = "2027-02-20T08:00:00+07:00"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """Passkey files of ours and of person 1."""
    for login in (OFFICER, "sok", "vanna"):
        passkey_file.create(tmp_path / "keys" / login, key_of(login))
    passkey_file.create(tmp_path / "person", holder_key(1))
    return tmp_path


async def _settled(pool: Pool) -> None:
    await populated(pool, "demo")
    await enrolled(pool, OFFICER, Role.PRIVACY, asker="demo")


def test_a_case_from_the_counter_to_its_answer(
    database: str, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TENURE_PASSKEY", str(keys / "keys"))
    on(database, _settled)

    def case(*words: str, by: str = OFFICER) -> Any:
        return typed(["privacy", "case", *words, "--at", AT, "--by", by, "--dsn", database])

    made = case("open", "restrict", "1", "--channel", "shop", "--json", by="sok")
    assert made.exit_code == 0, made.output
    told = msgspec.json.decode(made.stdout)
    case_id, row = told["case"]["case_id"], told["row"]
    assert (row["state"], row["paused"], row["proven"]) == ("proving", True, False)

    for words, says in (
        (("extend", case_id, "--hours", "1", "--reason", "many"), "NOT_EXTENDABLE"),
        (("prove", case_id, "--own-passkey", str(keys / "keys" / "sok")), "NOT_PROVEN"),
        (("answer", case_id, "--letter", "7"), "NOT_NOW"),
        (("refuse", case_id, "--reason", "no sense"), "tenure staff approve"),
        # Typed again before anybody approved, it says the same, with the same hash.
        (("refuse", case_id, "--reason", "no sense"), "tenure staff approve"),
        (("prove", case_id), "with --document, --photo and --document-photo"),
        (("prove", case_id, "--document", "passport:N1"), "give --photo and --document-photo"),
        (("open", "copy", "1", "--channel", "app", "--received", "yesterday"), "--received: "),
        (("open", "withdraw", "1", "--channel", "app", "--wanted", "ofers"), "WORD_UNKNOWN"),
        (("show", case_id), "of person 1, by shop"),
    ):
        found = case(*words)
        assert says in found.output, (words, found.output)
    assert "ROLE_MISSING" in case("show", case_id, by="vanna").output
    # Who holds no number of ours gets a letter, and the officer is told so.
    made = case("open", "withdraw", "2", "--channel", "letter", by="sok")
    assert "  to tell   " in made.output, made.output
    assert "tenure privacy case answer" in made.output
    letter = made.output.split()[1]
    sent = case("answer", letter, "--letter", "of 20 February")
    assert "  told      " in sent.output, sent.output

    done = case("prove", case_id, "--own-passkey", str(keys / "person"), by="sok")
    assert done.exit_code == 0, done.output
    assert "answered  in time" in done.output
    assert "restriction: done (leaf " in done.output
    again = case("answer", case_id, "--taken-back")
    assert "CASE_CLOSED" in again.output
    listed = typed(["privacy", "case", "list", "--dsn", database])
    assert listed.stdout == "no case is open\n"
    # A law of another country wants a report each quarter; none has left.
    owed = typed(["privacy", "case", "list", "--dsn", database, "--operator", "smartfren-id"])
    assert owed.stdout.startswith("ALERT report "), owed.stdout
    assert "tenure privacy disclose --report " in owed.stdout
