"""Every promise has its page, pages say what the code says, and links lead somewhere."""

import re
import tomllib
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
PROMISES: Final = sorted(
    path.parent for path in (ROOT / "src" / "tenure" / "promises").glob("*/__init__.py")
)
PAGES: Final = sorted(
    path.relative_to(ROOT)
    for pattern in ("*.md", "docs/**/*.md", "bench/*.md", "migrations/**/*.md", "changelog.d/*.md")
    for path in ROOT.glob(pattern)
)
DECISIONS: Final = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
SECTIONS: Final = ("**Context.**", "**Decision.**", "**Cost.**", "**Governs.**")
HOMES: Final = (ROOT, ROOT / "src" / "tenure")
"""Where the names of files begin."""
FENCED: Final = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
SOURCE: Final = re.compile(r"`([\w./{},*-]+)`")


def opening(promise: Path) -> str:
    """The sentence of a promise."""
    text = (promise / "__init__.py").read_text(encoding="utf-8")
    return text.partition('"""')[2].partition("\n")[0].removesuffix('"""')


def prose(path: Path) -> str:
    """A page without its examples."""
    return FENCED.sub("", path.read_text(encoding="utf-8"))


def broken_links(path: Path, text: str) -> list[str]:
    """The relative links of a page that lead nowhere."""
    found = [link.partition("#")[0] for link in LINK.findall(text) if "://" not in link]
    return [link for link in found if link and not (path.parent / link).exists()]


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.name)
def test_a_promise_has_a_page_that_opens_with_its_sentence(promise: Path) -> None:
    page = ROOT / "docs" / "promises" / f"{promise.name}.md"
    assert page.is_file(), f"write {page.relative_to(ROOT)}"
    lines = page.read_text(encoding="utf-8").splitlines()
    assert lines[:3] == [f"# {promise.name}", "", opening(promise)]


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.name)
def test_a_page_names_every_keeper(promise: Path) -> None:
    declared = promise / "kept_by.toml"
    tables = tomllib.loads(declared.read_text(encoding="utf-8")) if declared.exists() else {}
    page = prose(ROOT / "docs" / "promises" / f"{promise.name}.md")
    names = {clause for clause in tables if clause not in page}
    for table in tables.values():
        shown = [rule.removeprefix("tenure.").removeprefix("promises.") for rule in table["rules"]]
        names |= {name for name in (*shown, *table["constraints"]) if f"`{name}`" not in page}
    assert names == set(), "the page does not name them"


def test_no_page_is_about_a_promise_that_is_not_there() -> None:
    pages = {page.stem for page in (ROOT / "docs" / "promises").glob("*.md")} - {"README"}
    assert pages == {promise.name for promise in PROMISES}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_leads_to_a_file(page: Path) -> None:
    assert broken_links(ROOT / page, prose(ROOT / page)) == []


def test_a_link_to_nowhere_is_seen() -> None:
    text = "[a](README.md) [b](docs/nothing.md#x) [c](https://example.net/) [d](#here)"
    assert broken_links(ROOT / "README.md", text) == ["docs/nothing.md"]


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_parts_and_governs_what_is_there(decision: Path) -> None:
    text = decision.read_text(encoding="utf-8")
    assert text.startswith(f"# {decision.name[:4]} ")
    assert [part for part in SECTIONS if part not in text] == []
    governed = SOURCE.findall(text.partition(SECTIONS[-1])[2])
    assert governed, "name the files"
    assert [name for name in governed if not _there(name)] == []


def test_the_architecture_names_files_that_are_there() -> None:
    names = SOURCE.findall(prose(ROOT / "ARCHITECTURE.md"))
    assert [name for name in names if "/" in name and not _there(name)] == []


def _there(name: str) -> bool:
    """Whether a file that is named exists; ``a/{b,c}.py`` names two, ``*`` any."""
    braces = re.search(r"\{([^}]*)\}", name)
    names = [name.replace(braces[0], one) for one in braces[1].split(",")] if braces else [name]
    return all(any(any(home.glob(one)) for home in HOMES) for one in names)


def test_every_decision_has_a_number_of_its_own_and_stands_in_the_index() -> None:
    index = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    numbers = [decision.name[:4] for decision in DECISIONS]
    assert len(numbers) == len(set(numbers))
    assert [one.name for one in DECISIONS if f"]({one.name})" not in index] == []
