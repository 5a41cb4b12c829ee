"""The commands ``tenure person``: what they say, what they refuse, and that a look is kept."""

import json
import re
from email import message_from_bytes, policy
from pathlib import Path

import psycopg
import pytest

from tenure.commands import passkey_file
from tests.commands.database import typed
from tests.gateways.mail import certificates
from tests.gateways.mail.postoffice import LOGIN, PASSWORD, PostOffice
from tests.staff.given import key_of


@pytest.fixture
def shop(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Demo, who may act, and the options by which a command reaches the database."""
    monkeypatch.chdir(tmp_path)
    key = tmp_path / "demo.key"
    passkey_file.create(key, key_of("demo"))
    return ["--dsn", database, "--passkey", str(key)]


def ran(*words: str) -> dict[str, object]:
    """What a command answers to a program."""
    found = typed(["person", *words, "--json"])
    assert found.exit_code == 0, found.stderr + found.stdout
    answer: dict[str, object] = json.loads(found.stdout)
    return answer


def said_no(*words: str) -> str:
    """By which name a command refuses."""
    found = typed(["person", *words, "--json"])
    assert found.exit_code == 1, found.stdout
    answer = json.loads(found.stdout)
    assert answer["detail"]
    return str(answer["refused"])


def person(owner: str, number: int = 4711) -> None:
    """Somebody is registered."""
    with psycopg.connect(owner) as connection:
        connection.execute(
            "INSERT INTO people.person VALUES (%s, 'Sok Dara', 'km', '1990-01-31', 'passport',"
            " %s, '2026-11-01Z')",
            [number, f"N{number}"],
        )


def test_a_visit_from_the_door_to_the_door(shop: list[str], owner: str) -> None:
    came = ran("visit", "--name", "Chan Rith", "--why", "a meeting", *shop)
    number = str(came["subject"])
    out = ["--occasion", "visit", "--item", "left-at=2026-11-22T17:00:00+07:00"]
    assert ran("tell", number, *out, *shop) == {"subject": came["subject"]}
    assert said_no("tell", number, *out, *shop) == "ITEM_KNOWN"
    assert ran("tell", number, "--instead", *out, *shop) == {"subject": came["subject"]}
    assert said_no("tell", "1", *out, *shop) == "UNKNOWN_SUBJECT"
    with psycopg.connect(owner) as connection:
        rows = connection.execute("SELECT item FROM people.item WHERE ended_at IS NULL").fetchall()
    assert {name for (name,) in rows} == {"name", "visit-reason", "arrived-at", "left-at"}


def test_a_look_at_a_profile_needs_a_case_about_this_person(shop: list[str], owner: str) -> None:
    person(owner)
    person(owner, 4712)
    assert said_no("show", "4711", "--purpose", "care", *shop) == "CASE_MISSING"
    about = ["--kind", "care", "--reason", "asked for a correction"]
    case = str(ran("case", "4711", *about, *shop)["case"])
    assert said_no("show", "4712", "--case", case, *shop) == "CASE_OF_ANOTHER_NUMBER"

    seen = ran("show", "4711", "--case", case, *shop)

    assert seen["name"] == "Sok Dara"
    assert seen["document"] == "passport:N4711"
    assert seen["guardians"] == []
    with psycopg.connect(owner) as connection:
        rows = connection.execute("SELECT shown, purpose FROM staff.look").fetchall()
    assert rows == [("person", "care")]


def test_an_address_is_confirmed_by_what_the_letter_says(
    shop: list[str], owner: str, tmp_path: Path
) -> None:
    person(owner)
    where = [*shop, "--data", str(tmp_path)]
    asked = ["contact", "4711", "--email", "dara@example.com", "--letter", "code.txt"]
    assert ran(*asked, *where)["channel"] == "email"
    letter = tmp_path / "code.txt"
    assert letter.stat().st_mode & 0o077 == 0
    address, _, code = letter.read_text(encoding="utf-8").strip().partition("\n\n")
    assert address == "dara@example.com"
    again = typed(["person", *asked, *where])
    assert again.exit_code == 1
    assert "is there already" in again.stderr

    wrong = "0000 0000" if code != "0000 0000" else "0000 0001"
    assert said_no("confirm", "4711", wrong, *where) == "CODE_WRONG"
    assert ran("confirm", "4711", code, *where)["channel"] == "email"
    assert said_no("confirm", "4711", code, *where) == "CODE_UNKNOWN"


def test_a_code_is_mailed_to_the_address_of_who_shall_say_it(
    shop: list[str], owner: str, tmp_path: Path
) -> None:
    person(owner)
    files = certificates.make(tmp_path)
    office = PostOffice(files, "SIZE 1000000")
    (tmp_path / "password").write_text(f"{PASSWORD}\n", encoding="ascii")
    (tmp_path / "password").chmod(0o600)
    (tmp_path / "mail.toml").write_text(
        f'host = "127.0.0.1"\nport = {office.port}\nsender = "notices@tenure.example"\n'
        f'login = "{LOGIN}"\npassword_file = "password"\nauthorities = "{files.authority}"\n',
        encoding="utf-8",
    )
    asked = ["contact", "4711", "--email", "dara@example.com", "--mail", "mail.toml"]
    where = [*shop, "--data", str(tmp_path)]
    try:
        assert ran(*asked, *where)["channel"] == "email"
    finally:
        office.close()
    [received] = office.received
    letter = message_from_bytes(received.octets, policy=policy.default)
    code = re.search(r"[0-9]{4} [0-9]{4}", letter.get_content())
    assert code is not None
    assert ran("confirm", "4711", code[0], *where)["channel"] == "email"

    refused = typed(["person", *asked, *where])
    assert refused.exit_code == 1
    assert "the server of mail takes nothing" in refused.stderr
    assert "dara@" not in refused.stderr


def test_a_merge_waits_for_two_others(shop: list[str], owner: str) -> None:
    person(owner)
    person(owner, 4712)
    into = ["--into", "4711", "--reason", "one face"]
    assert said_no("merge", "4711", *into, *shop) == "SAME_PERSON"
    request = str(ran("merge", "4712", *into, *shop)["request"])
    assert said_no("approve-merge", request, *shop) == "OWN_REQUEST"
    waiting = typed(["person", "merges", *shop[:2]])
    assert request in waiting.stdout
    assert typed(["person", "approve-merge", "5f2c", *shop]).exit_code == 2


def test_a_language_is_one_of_the_packs(shop: list[str], owner: str) -> None:
    person(owner)
    assert ran("language", "4711", "en", *shop) == {"person": 4711, "language": "en"}
    assert said_no("language", "4711", "fr", *shop) == "UNKNOWN_LANGUAGE"
    assert said_no("language", "99", "en", *shop) == "UNKNOWN_PERSON"


def test_what_is_typed_wrongly_is_asked_for_again(shop: list[str]) -> None:
    for words in (
        ["correct", "4711", "--name", "X"],
        ["contact", "4711", "--letter", "x"],
        ["contact", "4711", "--email", "dara@example.com"],
        ["contact", "4711", "--postal", "12 Street 9", "--mail", "x"],
        ["visit", "--name", "X", "--why", "y", "--item", "host"],
        ["guardian", "4711", "--guardian", "4712"],
        ["enter", "--name", "X", "--document", "N1", "--born", "1990-01-31"],
    ):
        assert typed(["person", *words, *shop]).exit_code == 2, words


def test_kinds_are_told_in_words_and_to_programs() -> None:
    told = ran("kinds", "visitor", "--language", "km")
    items = {one["item"]: one for one in told["items"]}  # type: ignore[attr-defined]  # of JSON
    assert items["name"]["obligatory"] is True
    assert items["name"]["consequence"] == "បើគ្មានព័ត៌មាននេះ យើងមិនអាចឱ្យអ្នកចូលបានទេ។"
    assert items["phone"]["obligatory"] is False
    assert "customer" in ran("kinds")
