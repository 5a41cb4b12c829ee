"""The commands about text messages: a file is told or refused, and no password is shown."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tenure.commands.smpp import app
from tenure.gateways.smpp.server import passwords
from tests.gateways.smpp.test_settings import GOOD, written

RUN = CliRunner()


def test_a_file_is_told_in_words(tmp_path: Path) -> None:
    found = RUN.invoke(app, ["check", str(written(tmp_path, GOOD))])
    assert found.exit_code == 0
    assert "main: transceiver at 127.0.0.1:2775, window 50" in found.stdout
    assert "provider news: marketing for 'offers', from 192.0.2.0/24" in found.stdout
    assert "secret" not in found.output
    assert "scrypt" not in found.output


def test_a_file_is_told_to_a_program(tmp_path: Path) -> None:
    found = RUN.invoke(app, ["check", "--json", str(written(tmp_path, GOOD))])
    assert json.loads(found.stdout)["smsc"][0]["name"] == "main"


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace('kind = "marketing"', 'kind = "hunter2"'))
    found = RUN.invoke(app, ["check", str(path)])
    assert found.exit_code == 1
    assert "smpp.toml" in found.output
    assert "hunter2" not in found.output


def test_a_password_is_hashed(tmp_path: Path) -> None:
    found = RUN.invoke(app, ["password"], input="hunter2\n")
    kept = passwords.kept_of(found.stdout.strip())
    assert kept is not None
    assert passwords.fits("hunter2", kept)
    again = RUN.invoke(app, ["password", "--json"], input="hunter2\n")
    other = json.loads(again.stdout)["password_hash"]
    assert other != found.stdout.strip()
    text = GOOD.replace(GOOD.split('password_hash = "')[1].split('"')[0], other)
    assert RUN.invoke(app, ["check", str(written(tmp_path, text))]).exit_code == 0


@pytest.mark.parametrize("said", ["", "\n", "ninechars\n", "pässword\n"])
def test_a_password_that_smpp_has_no_room_for(said: str) -> None:
    found = RUN.invoke(app, ["password"], input=said)
    assert found.exit_code == 1
    assert "1 to 8 ASCII characters" in found.output
