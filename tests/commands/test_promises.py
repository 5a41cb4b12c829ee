"""Every clause has its keepers, they exist, and what is broken in live data is found and named."""

import ast
from importlib import import_module
from pathlib import Path

import psycopg
import pytest

from tenure.commands.promises import register
from tests.commands.database import told, typed

ROOT = Path(__file__).resolve().parents[2]
KEEPERS = {keeper.clause: keeper for keeper in register.keepers()}
WANTED = ["GTC-LIFE", "GTC-LOST", "GTC-VOICE", "GTC-TEXT", "GTC-DATA", "GTC-ROAM", "GTC-DCB"]
WANTED += ["GTC-TOPUP", "GTC-RESTORE", "GTC-PROMO", "GTC-POSITIVE", "GTC-POSTPAID", "GTC-CHANGE"]
WANTED += ["GTC-LANG", "GTC-TRAFFIC", "GTC-ABUSE", "GTC-ILLEGAL", "GTC-SMTP"]
WANTED += ["INC-STAFF"]


def test_every_clause_has_a_keeper() -> None:
    assert set(WANTED) <= set(KEEPERS)


@pytest.mark.parametrize("clause", sorted(KEEPERS))
def test_the_rules_exist(clause: str) -> None:
    assert KEEPERS[clause].rules
    for rule in KEEPERS[clause].rules:
        module, _, name = rule.rpartition(".")
        assert callable(getattr(import_module(module), name)), rule


@pytest.mark.parametrize("clause", sorted(KEEPERS))
def test_the_tests_exist(clause: str) -> None:
    assert KEEPERS[clause].tests
    for test in KEEPERS[clause].tests:
        path, _, name = test.partition("::")
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        assert name in {node.name for node in tree.body if isinstance(node, functions)}, test


@pytest.mark.parametrize("clause", sorted(KEEPERS))
def test_the_constraints_exist_or_it_is_said_why_not(clause: str, owner: str) -> None:
    keeper = KEEPERS[clause]
    assert bool(keeper.constraints) != bool(keeper.why_no_constraint)
    with psycopg.connect(owner) as connection:
        rows = connection.execute(
            "SELECT n.nspname || '.' || c.conname FROM pg_constraint c"
            " JOIN pg_namespace n ON n.oid = c.connamespace WHERE c.convalidated"
            # A partial unique index keeps as a constraint does, and cannot be written as one.
            " UNION SELECT schemaname || '.' || indexname FROM pg_indexes"
            " WHERE indexdef LIKE 'CREATE UNIQUE INDEX%'"
            # And so does a trigger, where what must not be is in another row or in the one before.
            " UNION SELECT n.nspname || '.' || t.tgname FROM pg_trigger t"
            " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE NOT t.tgisinternal AND t.tgenabled = 'O'"
        ).fetchall()
    assert set(keeper.constraints) <= {name for (name,) in rows}


def test_every_clause_is_asked_of_live_data() -> None:
    asked = {clause for check in register.checks() for clause in check.clauses}
    # What is kept outside, such as GTC-SMTP by a router, leaves nothing in live data to be asked.
    assert {clause for clause in set(KEEPERS) - asked if KEEPERS[clause].constraints} == set()
    assert asked <= set(KEEPERS)
    assert all(check.says.endswith(".") for check in register.checks())
    names = [(check.promise, check.name) for check in register.checks()]
    assert len(set(names)) == len(names)


def used(database: str, tmp_path: Path) -> None:
    """A database in which all kinds of top-ups have happened."""
    where = ["--dsn", database]
    key = ["--key-file", str(tmp_path / "voucher.key")]
    path = tmp_path / "cards.csv"
    asked = ["--amount", "5.00", "--count", "2", "--output", str(path), "--at", "2026-11-22T03:00Z"]
    typed(["vouchers", "issue", *asked, *where, *key])
    pin = path.read_text(encoding="utf-8").splitlines()[1].split(",")[1]
    card = ["topup", "012345678", "--voucher-pin-from-stdin", *where, *key]
    typed([*card, "--at", "2026-11-22T04:00Z"], stdin=pin)
    for number, days in enumerate(("2026-11-23", "2026-12-24", "2027-03-01")):
        payment = ["--amount", "5.00", "--key", f"k{number}", "--at", f"{days}T04:00Z"]
        typed(["topup", "012345678", *payment, *where])
    typed(
        [
            "topup",
            "012345678",
            "--bundle",
            "data-5gb",
            "--key",
            "b",
            "--at",
            "2027-03-01T04:00Z",
            *where,
        ]
    )
    typed(
        ["topup", "012345679", "--amount", "3", "--key", "p", "--at", "2027-03-01T04:00Z", *where]
    )
    typed(["line", "lost", "012345679", *where])


def test_what_is_kept_is_said_to_be_kept(database: str, tmp_path: Path) -> None:
    used(database, tmp_path)

    quick = typed(["promises", "--dsn", database])
    whole = typed(["promises", "--audit", "--dsn", database])
    as_json = typed(["promises", "--audit", "--json", "--dsn", database])

    assert quick.exit_code == whole.exit_code == as_json.exit_code == 0, whole.output
    assert "every promise is kept" in whole.stdout
    for clause in WANTED:
        assert f"{clause}  " in whole.stdout
    clauses = told(as_json)["clauses"]
    assert isinstance(clauses, list)
    figures = {one["clause"]: (one["kept"], one["broken"]) for one in clauses}
    assert figures["GTC-RESTORE"] == (3, 0)
    assert figures["GTC-TOPUP"][0] > 30
    assert not any(broken for _, broken in figures.values())


def test_without_a_database_the_keepers_are_shown(tmp_path: Path) -> None:
    shown = typed(["promises", "--data", str(tmp_path / "none")])
    audited = typed(["promises", "--audit", "--data", str(tmp_path / "none")])

    assert shown.exit_code == 0
    assert "no database was looked at" in shown.stdout
    assert audited.exit_code == 1
    assert not (tmp_path / "none").exists(), "looking makes nothing"


# Behind the rules' back, and with constraints dropped where they would help.
BROKEN = r"""
money: balances => UPDATE money.purse SET funds_micros = funds_micros + 1
money: balances => DELETE FROM money.entry WHERE kind = 7
money: balances => UPDATE money.purse SET owed_micros = owed_micros - 1 WHERE purse_id = 2
money: never below zero => ALTER TABLE money.purse DROP CONSTRAINT purse_never_below_zero;
    UPDATE money.purse SET funds_micros = -1 WHERE purse_id = 1
money: entry legs => ALTER TABLE money.entry DROP CONSTRAINT entry_balances;
    UPDATE money.entry SET contra_micros = contra_micros + 1 WHERE kind = 5
money: balance after => UPDATE money.entry SET funds_after_micros = 1 WHERE kind = 5
money: entry order => UPDATE money.entry SET at = at - interval '1 year' WHERE kind = 7
money: grants => UPDATE money.purse SET grants = '\x91970104010001a000' WHERE purse_id = 1
topups: cards and entries => UPDATE topups.voucher SET used_seq = used_seq + 50
topups: cards and entries => UPDATE topups.voucher SET amount_micros = 1
topups: cards and entries =>
    UPDATE topups.voucher SET used_at = NULL, used_seq = NULL, used_purse_id = NULL
topups: card states => ALTER TABLE topups.voucher DROP CONSTRAINT voucher_used_before_its_end;
    UPDATE topups.voucher SET expires_at = used_at WHERE used_at IS NOT NULL
topups: one effect => UPDATE money.entry SET reference = 'same' WHERE kind = 4
topups: active periods => UPDATE money.entry
    SET explanation = replace(explanation, '"active_days":30', '"active_days":31')
topups: validity => UPDATE money.purse SET funds_end = funds_end + interval '1 day'
topups: restored or lapsed => DELETE FROM money.entry WHERE kind = 6 AND account = 13
topups: funds after their end => UPDATE money.entry SET at = at + interval '1 year' WHERE kind = 7
topups: promotional money given =>
    UPDATE money.entry SET at = at - interval '1 day' WHERE kind = 5
topups: payments => UPDATE money.entry SET funds_micros = 1, contra_micros = contra_micros - 1
    WHERE purse_id = 2 AND kind = 4
topups: recorded answers => DELETE FROM money.entry WHERE kind = 7
numbers: purses of lines => DELETE FROM money.purse WHERE purse_id = 2
numbers: recycling => INSERT INTO numbers.recycled
    SELECT 99, '85512345678', 1, at, 1, 1, 1, 1, at, at + interval '1 day', seq
    FROM record.leaf LIMIT 1
numbers: reminders => INSERT INTO notices.notice
    (notice_id, msisdn, person_id, language, kind, channel, facts, at) OVERRIDING SYSTEM VALUE
    VALUES (77, '85512345679', NULL, 'en', 'lock.set', 'number', '{}', '2026-11-22Z');
    INSERT INTO numbers.reminder VALUES (99, '2026-11-22Z', 1, '85512345678', '2026-11-22Z', 77)
notices: notices reach their own =>
    INSERT INTO notices.notice
    (notice_id, msisdn, person_id, language, kind, channel, facts, at) OVERRIDING SYSTEM VALUE
    VALUES (77, '85512345678', 1, 'en', 'lock.set', 'number', '{}', '2026-11-22Z');
    INSERT INTO notices.delivery (delivery_id, medium, via, sent_to, receipts, handing_at)
    VALUES (77001, 'sms', 'x', '85512345678', false, '2026-11-22Z')
notices: nothing told is forgotten =>
    INSERT INTO notices.notice (msisdn, person_id, language, kind, channel, facts, at)
    VALUES ('85512345678', 1, 'en', 'lock.set', 'number', '{}', '2026-11-22Z');
    DELETE FROM notices.due
notices: what was sent is proven =>
    INSERT INTO notices.notice
    (notice_id, msisdn, language, kind, channel, facts, at, sent_at) OVERRIDING SYSTEM VALUE
    VALUES (77, '855', 'en', 'lock.set', 'network', '{}', '2026-11-22Z', '2026-11-23Z');
    INSERT INTO notices.delivery (delivery_id, medium, via, sent_to, receipts, handing_at)
    VALUES (77001, 'sms', 'x', '855', false, '2026-11-22Z')
notices: offers had consent => ALTER TABLE notices.delivery DISABLE TRIGGER USER;
    INSERT INTO notices.notice
    (notice_id, msisdn, person_id, language, kind, channel, facts, at) OVERRIDING SYSTEM VALUE
    VALUES (77, '85512345678', NULL, 'en', 'marketing.offer', 'number', '{}', '2026-11-22Z');
    INSERT INTO notices.delivery (delivery_id, medium, via, sent_to, receipts, handing_at)
    VALUES (77001, 'sms', 'x', '85512345678', false, '2026-11-22Z')
notices: a notice is sent once =>
    INSERT INTO notices.notice
    (notice_id, msisdn, language, kind, channel, facts, at, sent_at) OVERRIDING SYSTEM VALUE
    VALUES (77, '855', 'en', 'usage.all', 'network', '{}', '2026-11-22Z', '2026-11-22Z');
    INSERT INTO notices.delivery
    (delivery_id, medium, via, sent_to, receipts, handing_at, handed_at)
    VALUES (77001, 'sms', 'x', '855', false, '2026-11-22Z', '2026-11-22Z'),
    (77002, 'sms', 'x', '855', false, '2026-11-22Z', '2026-11-22Z')
charging: what went down was told =>
    INSERT INTO charging.told VALUES (1, 'usage.low', 1, '2026-11-22Z')
record: leaves => ALTER TABLE record.leaf DROP CONSTRAINT leaf_hash_is_of_its_body;
    UPDATE record.leaf SET body = body || ' '
record: loss reports => SET session_replication_role = replica;
    DELETE FROM record.leaf WHERE kind = 'numbers.lost'
"""


def harms() -> list[tuple[str, str]]:
    """Which check finds what harm; a line that is indented belongs to the one before."""
    lines = BROKEN.strip().replace("\n    ", " ").splitlines()
    return [(check, harm) for check, _, harm in (line.partition(" => ") for line in lines)]


@pytest.mark.parametrize(("check", "harm"), harms())
def test_what_is_broken_is_found(
    database: str, owner: str, tmp_path: Path, check: str, harm: str
) -> None:
    used(database, tmp_path)
    with psycopg.connect(owner, autocommit=True) as connection:
        for statement in harm.split(";"):
            connection.execute(statement)

    found = typed(["promises", "--audit", "--dsn", database])

    assert found.exit_code == 1
    assert check in found.stdout.splitlines()[-1]
    assert "12345678" not in found.stdout
