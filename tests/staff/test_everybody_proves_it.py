"""Every command that names who does it has them prove it first."""

import ast
from pathlib import Path

import pytest

COMMANDS = Path(__file__).resolve().parents[2] / "src" / "tenure" / "commands"
FILES = sorted(path for path in COMMANDS.rglob("*.py") if "By" in path.read_text(encoding="utf-8"))
PROVES = {"run_as", "prove", "prover"}
"""``prover`` has the witness sign what they saw, and the holder what they agree to."""


def unproven(text: str) -> list[str]:
    """The commands of a file with the option --by that nobody has to prove anything for."""
    functions = [
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    proving = {node.name for node in functions if _named(node) & PROVES}
    return [
        node.name
        for node in functions
        if _is_done_by_somebody(node) and not _named(node) & (PROVES | proving)
    ]


def _named(function: ast.AST) -> set[str]:
    """Everything that a function mentions."""
    found = {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
    return found | {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}


def _is_done_by_somebody(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    every = [*function.args.args, *function.args.kwonlyargs]
    return any(
        one.arg == "by" and ast.unparse(one.annotation or one).endswith("By") for one in every
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(COMMANDS)))
def test_who_is_named_has_to_prove_it(path: Path) -> None:
    assert unproven(path.read_text(encoding="utf-8")) == [], "use connect.run_as"


def test_a_command_that_believes_anybody_is_seen() -> None:
    text = "def {name}(by: connect.By = 'demo') -> None:\n    connect.{run}(by)\n"
    assert unproven(text.format(name="bar", run="run")) == ["bar"]
    assert unproven(text.format(name="bar", run="run_as")) == []
    through = (
        "def bar(by: By) -> None:\n    _change(by)\ndef _change(by):\n    connect.run_as(by)\n"
    )
    assert unproven(through) == []
