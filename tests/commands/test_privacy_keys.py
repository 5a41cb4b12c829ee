"""Copies and keys as an operator types them: back up, erase, put back, wrap anew."""

import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psycopg
import pytest
from typer.testing import CliRunner, Result

from tenure.main import build
from tenure.postgres.embedded import SUPERUSER, Cluster

NEXT = "keys_put_back"


@pytest.fixture
def another(cluster: Cluster) -> Iterator[str]:
    """An empty database, in which not even a schema is."""
    with psycopg.connect(cluster.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {NEXT}".encode())
        yield cluster.dsn_of(SUPERUSER, NEXT)
        connection.execute(f"DROP DATABASE {NEXT} WITH (FORCE)".encode())


def typed(*words: str) -> Result:
    """What a command answers."""
    return CliRunner().invoke(build(["privacy"], {}), ["privacy", *words])


def said(*words: str) -> dict[str, object]:
    """What a command answers a program."""
    answer = typed(*words, "--json")
    assert answer.exit_code == 0, answer.output
    return dict(msgspec.json.decode(answer.stdout))


def test_a_copy_is_made_and_put_back(owner: str, another: str, tmp_path: Path) -> None:
    keys, copy = str(tmp_path / "keys"), str(tmp_path / "copy")
    made = said("backup", "--dsn", owner, "--keys", keys, "--out", copy, "--keep-days", "90")
    assert made["ended"] == 0
    assert said("keys", "show", "--keys", keys)["copies"] == [
        {"copy": made["copy"], "until": made["until"]}
    ]
    entry, at = "6c1f0d4e-8a54-4b5c-9f61-0f8f5b1f0a11", 1_780_000_000_000
    line = {"entry": entry, "kind": "person", "whom": 4711, "at": at}
    (tmp_path / "keys" / "ledger").write_bytes(msgspec.json.encode(line) + b"\n")
    back = said("restore", "--dsn", another, "--keys", keys, "--from", copy)
    assert back["rows"] == made["rows"]
    with psycopg.connect(owner) as one, psycopg.connect(another) as other:
        asked = "SELECT msisdn, holder_id, during FROM numbers.tenure ORDER BY 1"
        assert other.execute(asked).fetchall() == one.execute(asked).fetchall()
        told = other.execute(
            "SELECT kind FROM record.leaf WHERE kind LIKE 'privacy.%' ORDER BY seq"
        ).fetchall()
        lines = other.execute("SELECT entry_id::text, why FROM privacy.erasure").fetchall()
    assert told[0] == ("privacy.put_back",)
    assert lines == [(entry, "replay")], "what ended since is ended again before anybody comes"
    with psycopg.connect(owner) as one:
        assert one.execute("SELECT 1 FROM record.leaf WHERE kind = 'privacy.copied'").fetchone()

    again = typed("restore", "--dsn", another, "--keys", keys, "--from", copy)
    assert again.exit_code == 1
    assert "TARGET_NOT_EMPTY" in again.output
    again = typed("backup", "--dsn", owner, "--keys", keys, "--out", copy)
    assert (again.exit_code, "name another" in again.output) == (1, True)


def test_keys_are_looked_at_wrapped_anew_and_copied(owner: str, tmp_path: Path) -> None:
    keys, copy = tmp_path / "keys", tmp_path / "copy"
    said("keys", "make", "--keys", str(keys))
    said("backup", "--dsn", owner, "--keys", str(keys), "--out", str(copy))
    shown = said("keys", "show", "--keys", str(keys))
    assert shown["keys"] != 0
    turned = said("keys", "rotate", "--keys", str(keys), "--old-days", "0")
    assert (turned["epoch"], turned["wrapped"], turned["destroyed"]) == (2, shown["keys"], [1])
    said("keys", "copy", "--keys", str(keys), "--out", str(tmp_path / "safe"))
    assert stat.S_IMODE((tmp_path / "safe").stat().st_mode) == 0o600
    settled = said("keys", "settle", "--keys", str(keys), "--dsn", owner)
    assert settled == {"raised": 0, "noted": 0, "keys": 0}
    manifest = msgspec.json.decode((copy / "manifest.json").read_bytes())
    assert said("keys", "end-copy", manifest["copy_id"], "--keys", str(keys)) == {"keys": 1}
    ended = typed("restore", "--dsn", owner, "--keys", str(keys), "--from", str(copy))
    assert "COPY_ENDED" in ended.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("keys", "show", "--keys", "nowhere"), "tenure privacy keys make"),
        (("keys", "show", "--dsn", "x"), "with --keys"),
        (("keys", "make", "--keys", "x", "--pkcs11", "y"), "--token and --pin-file"),
        (("keys", "end-copy", "nothing", "--keys", "nowhere"), "14 hexadecimal digits"),
        (("restore", "--from", "x", "--keys", "nowhere"), "no key store"),
    ],
)
def test_what_is_missing_is_said_with_the_remedy(words: tuple[str, ...], told: str) -> None:
    answer = typed(*words)
    assert answer.exit_code in {1, 2}
    assert told in " ".join(answer.output.split())


def test_the_drill_says_in_words_what_happened() -> None:
    answer = typed("drill")
    assert answer.exit_code == 0, answer.output
    assert answer.output.count("ok ") == 8
    assert "rows in which the name stands now: 0" in answer.output
