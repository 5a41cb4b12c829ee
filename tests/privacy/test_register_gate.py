"""The register is whole: whatever is left out or added is found, and named."""

import ast
import re
from collections.abc import Iterator

import msgspec
import psycopg
import pytest

from tenure.promises.privacy.model.register import Live, LiveColumn, LiveIndex, LiveView
from tenure.promises.privacy.operations import register
from tenure.promises.privacy.rules.register import checking
from tenure.promises.privacy.store.register import COLUMNS, INDEXES, VIEWS
from tenure.terms import pack
from tenure.terms.model import Terms
from tenure.values.holding import Category, End, Holding, Subject
from tenure.values.kept import Place
from tools import schema

PACKS = ("smart-kh", "smartfren-id")
SOURCE = schema.ROOT / "src" / "tenure"

# Who writes a file, and what of the register that is; "": nothing in it is about anybody.
WRITERS = {
    "commands/exporting/writing.py": "export of what is held",
    "commands/number/importing.py": "rejected stock",
    "commands/passkey_file.py": "passkeys of commands",
    "commands/person/profiles.py": "letter with a code",
    "commands/privacy/copy_ends.py": "",  # when a copy ends
    "commands/privacy/outgoing.py": "what is disclosed",
    "commands/prove/judging.py": "receipt",
    "commands/secret_file.py": "",  # keys of the operator
    "commands/up/opening.py": "",  # which operator it is, and a key
    "commands/up/phones.py": "",  # a password of the demo
    "commands/vouchers.py": "",  # PINs of cards, which are nobody's yet
    "commands/website.py": "",  # seeds of draws
    "gateways/files/server.py": "rejected usage",
    "gateways/hlr/server/memory.py": "memory of the network gateway",
    "gateways/recipients/server.py": "messages to recipients",
    "gateways/spool/server.py": "spool of texts",
    "gateways/witness/server/files.py": "",  # keys and checkpoints
    "keystore/keepers.py": "keys of subjects",
    "keystore/opening.py": "keys of subjects",
    "keystore/shelf.py": "keys of subjects",
    "postgres/embedded.py": "log of PostgreSQL",
    "promises/privacy/store/copy_files.py": "backups",
    "promises/privacy/store/ledger.py": "ledger of erasures",
}
WRITES = re.compile(r"O_WRONLY|O_RDWR|\.write_(text|bytes)\(|open\(\s*[\"'][wax]b?[\"']")

# What every gateway lets pass, by the names of the register.
PASSES = {
    "clock": (),
    "diameter": ("charging dialogues",),
    "files": ("usage files", "rejected usage"),
    "hlr": ("tasks of the network", "memory of the network gateway"),
    "mail": ("letters by e-mail",),
    "nchf": ("charging dialogues",),
    "photo": ("comparison of a live photo",),
    "recipients": ("messages to recipients",),
    "smpp": ("texts", "dialogues under way"),
    "spool": ("spool of texts",),
    "ussd": ("dialogues of dialled codes", "dialogues under way"),
    "web": ("cookies", "log of page requests", "counters of the live view", "receipt"),
    "witness": ("checkpoints",),
}


def live_of(connection: psycopg.Connection) -> Live:
    """What a database has, over a connection of a test."""
    return Live(
        tuple(LiveColumn(*row) for row in connection.execute(COLUMNS)),
        tuple(LiveView(*row) for row in connection.execute(VIEWS)),
        tuple(LiveIndex(s, i, t, tuple(c)) for s, i, t, c in connection.execute(INDEXES)),
    )


@pytest.fixture
def live(owner: str) -> Live:
    with psycopg.connect(owner) as connection:
        return live_of(connection)


def test_the_register_is_whole(live: Live) -> None:
    whole = register.whole()
    assert len(live.columns) > 500
    assert checking.against_database(whole, live) == ()
    assert checking.against_itself(whole) == ()
    for operator in PACKS:
        assert checking.against_pack(whole, pack.load(operator).terms) == (), operator


def without(found: tuple[object, ...], place: int) -> tuple[object, ...]:
    """All but one."""
    return found[:place] + found[place + 1 :]


def test_whatever_is_left_out_is_named(live: Live) -> None:
    whole = register.whole()
    for place, (promise, held) in enumerate(whole.held):
        less = msgspec.structs.replace(whole, held=without(whole.held, place))
        name = f"{promise}.{held.table}.{held.column}"
        assert any(one.startswith(f"{name}:") for one in checking.columns(less, live))
    for place, (promise, row) in enumerate(whole.rows):
        less = msgspec.structs.replace(whole, rows=without(whole.rows, place))
        faults = checking.against_itself(less)
        assert faults == (f"{promise}.{row.table}: say in ROWS how it leads to somebody",)
    formless = {one.name for one in live.columns if not one.formed}
    for place, inside in enumerate(whole.inside):
        less = msgspec.structs.replace(whole, inside=without(whole.inside, place))
        name = f"{inside.table}.{inside.column}"
        # What the database gives a form, or its name alone says, needs no word of ours.
        if name in formless and inside.column not in whole.everywhere:
            assert any(one.startswith(f"{name}:") for one in checking.inside(less, live))


ADDED = [
    ("ALTER TABLE people.person ADD COLUMN colour boolean", "people.person.colour"),
    ("ALTER TABLE people.person ADD COLUMN remark text", "people.person.remark"),
    ("CREATE TABLE people.neighbour (name text)", "people.neighbour.name"),
    ("CREATE SCHEMA gossip; CREATE TABLE gossip.heard (what text)", "gossip.heard.what"),
    ("CREATE VIEW people.seen AS SELECT name FROM people.person", "people.seen"),
    (
        "CREATE MATERIALIZED VIEW people.copied AS SELECT name FROM people.person",
        "people.copied.name",
    ),
    (
        "ALTER TABLE people.person ADD c text; CREATE INDEX sly ON people.person (lower(c))",
        "index sly",
    ),
    ("ALTER TABLE people.person DROP COLUMN born_on CASCADE", "people.person.born_on"),
    ("ALTER TABLE notices.notice ADD COLUMN more jsonb", "notices.notice.more"),
    ("ALTER TABLE money.purse ADD COLUMN packed bytea", "money.purse.packed"),
    (
        "ALTER TABLE numbers.stock RENAME class TO remark",
        "numbers.stock.remark",
    ),
]


def test_whatever_is_added_to_the_database_is_named(owner: str) -> None:
    whole = register.whole()
    with psycopg.connect(owner) as connection:
        for change, named in ADDED:
            with connection.transaction(force_rollback=True):
                connection.execute(change.encode())
                found = checking.against_database(whole, live_of(connection))
            assert any(named in one for one in found), change
        assert checking.against_database(whole, live_of(connection)) == ()


def test_a_column_that_is_declared_must_say_what_is_inside(owner: str) -> None:
    """Whose it is alone is not enough: free text and JSON are said to be that."""
    new = Holding(
        table="person",
        column="remark",
        whose=Subject.SUBSCRIBER,
        category=Category.CONTACT,
        why="w",
        keep="identity",
        end=End.DELETE,
    )
    whole = register.whole()
    more = msgspec.structs.replace(whole, held=(*whole.held, ("people", new)))
    with psycopg.connect(owner) as connection:
        connection.execute("ALTER TABLE people.person ADD COLUMN remark text")
        found = checking.against_database(more, live_of(connection))
    assert [one for one in found if one.startswith("people.person.remark: say in INSIDE")]


def poorer(terms: Terms) -> Iterator[tuple[str, Terms]]:
    """Packs that say one thing less, each with a name that must be in what is told."""
    privacy = terms.privacy
    for key in privacy.processing.reasons:
        rest = {name: one for name, one in privacy.processing.reasons.items() if name != key}
        yield key, processing_of(terms, reasons=rest)
    for key in privacy.processing.bases:
        bases = {name: one for name, one in privacy.processing.bases.items() if name != key}
        if any(one.basis == key for one in privacy.processing.reasons.values()):
            yield "has no legal basis", processing_of(terms, bases=bases)
    used = {one.keep for _, one in register.holdings()} | {
        one.keep for one in register.whole().kept
    }
    for key in privacy.processing.activities:
        rest_ = {name: one for name, one in privacy.processing.activities.items() if name != key}
        if key in used:
            yield f"kept as {key}", processing_of(terms, activities=rest_)
    for key, keeping in privacy.retention.keeps.items():
        keeps = {name: one for name, one in privacy.retention.keeps.items() if name != key}
        if key in used:
            yield f"the period {key}", retention_of(terms, keeps)
        over = msgspec.structs.replace(keeping.period, maximum_days=-1)
        wrong = msgspec.structs.replace(keeping, period=over)
        yield f"the period {key}", retention_of(terms, keeps | {key: wrong})


def processing_of(terms: Terms, **change: object) -> Terms:
    """The terms with another processing.toml."""
    changed = msgspec.structs.replace(terms.privacy.processing, **change)
    privacy = msgspec.structs.replace(terms.privacy, processing=changed)
    return msgspec.structs.replace(terms, privacy=privacy)


def retention_of(terms: Terms, keeps: object) -> Terms:
    """The terms with other periods."""
    changed = msgspec.structs.replace(terms.privacy.retention, keeps=keeps)
    privacy = msgspec.structs.replace(terms.privacy, retention=changed)
    return msgspec.structs.replace(terms, privacy=privacy)


def test_whatever_a_pack_does_not_say_is_named() -> None:
    terms = pack.load("smart-kh").terms
    tried = 0
    for named, less in poorer(terms):
        found = checking.against_pack(register.whole(), less)
        assert any(named in one for one in found), named
        tried += 1
    assert tried > 40


def test_what_is_sensitive_needs_a_stronger_basis() -> None:
    terms = pack.load("smart-kh").terms
    weak = {
        name: msgspec.structs.replace(one, sensitive="")
        for name, one in terms.privacy.processing.reasons.items()
    }
    found = checking.against_pack(register.whole(), processing_of(terms, reasons=weak))
    assert "sensitive items of candidate: no purpose has a stronger basis" in found
    assert any(one.startswith("comparison of a live photo: is biometric") for one in found)


def test_somebody_of_whom_an_activity_does_not_know_is_named() -> None:
    terms = pack.load("smart-kh").terms
    usage = terms.privacy.processing.activities["usage"]
    fewer = msgspec.structs.replace(usage, kinds=("customer",), recipients=("a-friend",))
    activities = {**terms.privacy.processing.activities, "usage": fewer}
    found = checking.against_pack(register.whole(), processing_of(terms, activities=activities))
    assert "money.entry.party: the activity usage is for nobody who is a other party" in found
    assert "the activity usage: a-friend is no class of recipients.toml" in found


def test_whoever_writes_a_file_says_which() -> None:
    names = {one.name for one in register.whole().kept}
    found = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if WRITES.search(path.read_text(encoding="utf-8"))
    }
    assert sorted(found - set(WRITERS)) == [], "say in outside.py what it writes, and here"
    assert sorted(set(WRITERS) - found) == [], "it writes no file any more"
    assert {one for one in WRITERS.values() if one} <= names


def test_every_gateway_says_what_passes() -> None:
    kept = register.whole().kept
    names = {one.name for one in kept}
    folders = {
        path.name for path in (SOURCE / "gateways").iterdir() if (path / "__init__.py").is_file()
    }
    assert set(PASSES) == folders
    assert {one for passing in PASSES.values() for one in passing} <= names
    named = {one for passing in PASSES.values() for one in passing} | set(WRITERS.values())
    beyond = {one.name for one in kept if one.place in {Place.MESSAGE, Place.COOKIE, Place.FILE}}
    assert beyond <= named


def test_no_request_of_a_page_is_logged() -> None:
    """The register says so: no code of the pages writes who asked for what."""
    for path in (SOURCE / "gateways" / "web").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                continue
            if isinstance(call.func.value, ast.Name) and call.func.value.id == "log":
                said = ast.unparse(call)
                assert not re.search(r"client|headers|cookie|url|path\b|query", said), said
