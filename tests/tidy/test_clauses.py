"""Every clause that is named anywhere is one that an operator has published."""

import tomllib
from pathlib import Path

import pytest

from tenure.terms.clauses import register
from tests.tidy.judge import CLAUSE

ROOT = Path(__file__).resolve().parents[2]
PLACES = [
    path.relative_to(ROOT)
    for folder, pattern in (
        ("src", "*.py"),
        ("src", "*.sql"),
        ("operators", "*.toml"),
        ("operators", "*.csv"),
        ("docs", "*.md"),
        ("tests", "*.py"),
    )
    for path in sorted((ROOT / folder).rglob(pattern))
]
FAMILIES = {"PRV-DATA": ("C", "P", "V", "E")}
"""A name that stands for its sisters."""


def unknown(text: str) -> set[str]:
    """The clauses that a text names and nobody published."""
    known = {*register(), *FAMILIES}
    return {clause for clause in CLAUSE.findall(text) if clause not in known}


def test_no_text_names_a_clause_that_nobody_published() -> None:
    found = {
        str(path): names
        for path in PLACES
        if path.name != Path(__file__).name
        and (names := unknown((ROOT / path).read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "operator", sorted((ROOT / "operators").glob("*/")), ids=lambda path: path.name
)
def test_every_pack_names_clauses(operator: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(operator.rglob("*.toml"))]
    assert all(tomllib.loads(text) is not None for text in texts)
    assert {clause for text in texts for clause in CLAUSE.findall(text)} <= set(register())
    assert any(CLAUSE.search(text) for text in texts)


def test_an_invented_clause_is_seen() -> None:
    assert unknown("as GTC-TOPUP says, and GTC-INVENTED too (PRV-DATA-C)") == {"GTC-INVENTED"}
