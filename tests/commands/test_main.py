"""The entry point: settings, the help, and that only what was asked for is imported."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tenure import settings
from tenure.main import COMMANDS, build

ASKED_FOR = "import sys; from tenure.main import build; build({}, {{}}); print(*sys.modules)"


def run(
    *arguments: str, folder: Path | None = None, **environment: str
) -> "subprocess.CompletedProcess[str]":
    """A Python of its own; the sources are found by PYTHONPATH."""
    source = str(Path(__file__).parents[2] / "src")
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={"PYTHONPATH": source, "PATH": "/usr/bin:/bin", **environment},
    )


def test_the_help_names_every_command_with_its_sentence() -> None:
    answer = CliRunner().invoke(build([], {}), ["--help"])
    assert answer.exit_code == 0
    for name, sentence in COMMANDS.items():
        assert f"  {name} " in answer.output
        assert sentence[:20] in answer.output


def test_no_command_is_asked_wrongly() -> None:
    assert CliRunner().invoke(build(["nope"], {}), ["nope"]).exit_code == 2


@pytest.mark.parametrize("asked", [[], ["--help"], ["rate"]])
def test_what_was_not_asked_for_is_not_imported(asked: list[str]) -> None:
    loaded = run("-c", ASKED_FOR.format(asked)).stdout.split()
    assert "tenure.main" in loaded
    assert not {"psycopg", "litestar", "granian", "uvloop"} & set(loaded)


def test_optimised_python_is_refused() -> None:
    ended = run("-O", "-m", "tenure.main", "--help")
    assert ended.returncode == 1
    assert "PYTHONOPTIMIZE" in ended.stderr


def test_a_setting_is_the_default_of_an_option(tmp_path: Path) -> None:
    (tmp_path / "tenure.toml").write_text('operator = "from-the-file"\n')
    from_file = run("-m", "tenure.main", "up", folder=tmp_path)
    assert "the pack from-the-file has" in from_file.stderr
    typed = run("-m", "tenure.main", "up", "--operator", "typed", folder=tmp_path)
    assert "the pack typed has" in typed.stderr
    surrounding = run("-m", "tenure.main", "up", folder=tmp_path, TENURE_OPERATOR="around")
    assert "the pack around has" in surrounding.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('operater = "x"', "no setting is called 'operater'; there are operator, data"),
        ("data = 5", 'data must be text in quotes, such as data = "…"'),
        ('peers = "pgw"', "peers must be a list of text"),
        ("data = ", "not TOML"),
    ],
)
def test_wrong_settings_are_told_with_the_remedy(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "tenure.toml").write_text(text)
    with pytest.raises(settings.WrongSettings, match=r"tenure\.toml") as wrong:
        settings.read({}, tmp_path)
    assert said in str(wrong.value)


def test_a_settings_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(settings.WrongSettings, match="unset TENURE_SETTINGS"):
        settings.read({"TENURE_SETTINGS": str(tmp_path / "no.toml")}, tmp_path)
    assert settings.read({}, tmp_path) == {}


def test_peers_are_a_list_wherever_they_come_from(tmp_path: Path) -> None:
    (tmp_path / "tenure.toml").write_text('peers = ["a.example", "b.example"]\n')
    assert settings.read({}, tmp_path)["peers"] == ["a.example", "b.example"]
    around = {"TENURE_PEERS": "c.example,d.example"}
    assert settings.read(around, tmp_path)["peers"] == ["c.example", "d.example"]
