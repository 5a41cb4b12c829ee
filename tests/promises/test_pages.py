"""The pages of docs/promises and the README tell only what is so: every example in them runs."""

import re
import shutil
from pathlib import Path

import psycopg
import pytest

from tests.promises import console
from tests.promises.pages import CONSOLE, ROOT, STORY, Block, Example, Line, blocks, examples
from tests.promises.sentences import SENTENCES
from tests.promises.story import tell
from tests.promises.world import World

PAGES = [*sorted((ROOT / "docs" / "promises").glob("*.md")), ROOT / "README.md"]
EXAMPLES = [example for page in PAGES for example in examples(page)]

STORY_OF_ONE_CALL = """\
# A page

```tenure
at 2026-11-20 12:00
+85512345678 has USD 1.00 until 2026-12-20 12:00
calls 012999888 for 1 min 35 s
is charged USD {charged}
{more}
```
"""


def run(example: Example, folder: Path, database: str, owner: str) -> None:
    """Tell its story, then type its commands."""
    for block in example.blocks:
        if block.kind == STORY:
            tell(block, database, owner)
        else:
            console.run(block, folder, database)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_is_so(
    example: Example, tmp_path: Path, database: str, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "operators", tmp_path / "operators")
    monkeypatch.chdir(tmp_path)
    run(example, tmp_path, database, owner)


def test_every_page_has_examples() -> None:
    assert [page.name for page in PAGES if not blocks(page)] == []


def told(tmp_path: Path, text: str, database: str, owner: str) -> str:
    """What is said of a page with this text; "" when all of it is so."""
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    try:
        for example in examples(page):
            run(example, tmp_path, database, owner)
    except AssertionError as wrong:
        return str(wrong).splitlines()[0]
    return ""


@pytest.mark.parametrize(
    ("charged", "more", "complaint"),
    [
        ("0.14", "then has USD 0.86", ""),
        ("0.13", "", "page.md:7: 'is charged USD 0.13': it is USD 0.14"),
        ("0.14", "then has USD 0.87", "page.md:8: 'then has USD 0.87': it is USD 0.86"),
        ("0.14", "is refused: barred", "page.md:8: 'is refused: barred': it was not refused"),
        ("0.14", "is happy", "page.md:8: 'is happy': no such sentence; "),
        (
            "0.14",
            "the number is both blocked",
            "page.md:8: 'the number is both blocked': it is active",
        ),
    ],
)
def test_a_wrong_story_is_found_and_its_place_named(
    tmp_path: Path, database: str, owner: str, charged: str, more: str, complaint: str
) -> None:
    text = STORY_OF_ONE_CALL.format(charged=charged, more=more)
    found = told(tmp_path, text, database, owner)
    assert found.startswith(complaint) if complaint else found == ""


def test_a_broken_book_is_found_at_the_end_of_a_story(
    tmp_path: Path, database: str, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cheat(world: World, _: re.Match[str]) -> None:
        with psycopg.connect(world.owner_dsn, autocommit=True) as connection:
            connection.execute("UPDATE money.purse SET funds_micros = funds_micros + 1")

    monkeypatch.setitem(SENTENCES, re.compile("somebody cheats"), cheat)
    text = STORY_OF_ONE_CALL.format(charged="0.14", more="somebody cheats")
    found = told(tmp_path, text, database, owner)
    assert found == "page.md:8: the audit finds ['money: balances']"


@pytest.mark.parametrize(
    ("expected", "found", "complaint"),
    [
        (["a", "b"], ["a", "b"], ""),
        (["a", "…", "d"], ["a", "b", "c", "d"], ""),
        (["…"], ["a", "b"], ""),
        (["a", "…"], ["a", "b"], ""),
        (["a"], ["a", "b"], "the page ends"),
        (["a", "b"], ["a"], "the page says:  b"),
        (["a", "…", "x"], ["a", "b"], "the page says:  x"),
        (["b"], ["a"], "the page says:  b"),
    ],
)
def test_what_a_command_says_is_compared(
    expected: list[str], found: list[str], complaint: str
) -> None:
    assert console.difference(expected, found).startswith(complaint)
    assert bool(console.difference(expected, found)) == bool(complaint)


def test_a_command_with_another_answer_is_found(tmp_path: Path) -> None:
    command = "$ tenure rate --at 2026-11-20T12:00:00+07:00 content --amount 1.99 --json"
    block = Block(tmp_path / "page.md", CONSOLE, (Line(3, command), Line(4, "{}")))
    with pytest.raises(AssertionError, match=r"page\.md:3: \$ tenure rate"):
        console.run(block, tmp_path, "")


def test_every_sentence_is_explained() -> None:
    page = (ROOT / "docs" / "promises" / "README.md").read_text(encoding="utf-8")
    lines = {line.partition("`")[2].partition("`")[0] for line in page.splitlines()}
    shown = {line for line in lines if line}
    unexplained = [
        pattern.pattern
        for pattern in SENTENCES
        if not any(pattern.fullmatch(line) for line in shown)
    ]
    assert unexplained == []
