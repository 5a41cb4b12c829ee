"""What a person types about the end of a number's life, and about what subscribers were told."""

from pathlib import Path

import psycopg

from tests.commands.database import told, typed

LONG_AFTER = ["--at", "2032-01-01T00:00Z"]
SOON = ["--at", "2026-11-22T01:00Z"]
TOLD = """
INSERT INTO notices.notice (msisdn, language, kind, channel, facts, at)
VALUES ('85512345678', 'en', 'lock.set', 'number', '{}', '2026-11-22Z')
"""


STOCK = "INSERT INTO staff.role (login, role, since) VALUES ('demo', 'stock', '2026-01-01Z')"


def test_what_is_due_is_shown_with_the_reason_it_is_kept(database: str, owner: str) -> None:
    where = ["--dsn", database]
    refused = typed(["number", "recycle-due", *LONG_AFTER, *where])
    assert refused.exit_code == 1
    assert "this needs the role stock" in refused.output
    with psycopg.connect(owner) as connection:
        connection.execute(STOCK)

    looked = typed(["number", "recycle-due", *LONG_AFTER, *where])
    as_json = typed(["number", "recycle-due", "--json", "--show", "1", *LONG_AFTER, *where])
    done = typed(["number", "recycle-due", "--do", *LONG_AFTER, *where])

    assert looked.exit_code == as_json.exit_code == done.exit_code == 0, looked.output
    assert "0  due and not kept" in looked.stdout
    assert "nobody holds it" in looked.stdout
    answer = told(as_json)
    assert (answer["done"], answer["due"]) == (False, 0)
    assert list(answer["kept"]) == ["not_held"]  # type: ignore[call-overload]  # an object
    assert len(answer["numbers"]) == 1  # type: ignore[arg-type]  # a list
    assert "0  recycled" in done.stdout


def test_a_case_holds_a_number_and_lets_it_go(database: str) -> None:
    case = ["012345678", "--kind", "complaint", "--case", "12", "--dsn", database]

    assert typed(["number", "release", *case]).exit_code == 1
    assert "held: complaint 12" in typed(["number", "hold", *case]).stdout
    again = typed(["number", "hold", *case])
    assert again.exit_code == 1
    assert "HELD_ALREADY" in again.output
    assert "released: complaint 12" in typed(["number", "release", *case]).stdout


def test_what_was_told_is_listed_and_sent_as_a_file(
    database: str, owner: str, tmp_path: Path
) -> None:
    where = ["--dsn", database]
    assert "nothing was told yet" in typed(["notices", "list", *where]).stdout
    with psycopg.connect(owner) as connection:
        connection.execute(TOLD)
    assert "lock.set  waits" in typed(["notices", "list", "012345678", *where]).stdout

    out = tmp_path / "out"
    sent = typed(["notices", "deliver", "--spool", str(out), *SOON, *where])

    assert sent.exit_code == 0, sent.output
    (file,) = [path for path in out.iterdir() if not path.name.startswith(".")]
    assert file.read_text(encoding="utf-8").startswith("To: 85512345678\n\nSmart Axiata: ")
    listed = typed(["notices", "list", "--json", *where])
    assert '"sent_at":"2026-11-22T01:00:00+00:00"' in listed.stdout
    assert "85512345678" not in listed.stdout
