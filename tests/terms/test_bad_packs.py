"""Every mistake in a pack is reported at its file and line, with its clause and a remedy."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from tenure.terms.pack import check, load
from tenure.terms.problems import Problem, UnusablePackError

SMART = Path(__file__).parents[2] / "operators" / "smart-kh"


class Mistake(NamedTuple):
    """Somebody wrote ``wrong`` for ``right`` in a file; this is what they are told."""

    name: str
    file: str
    right: str
    wrong: str
    told: str
    """Part of what is said."""
    at: str = ""
    """Part of the line that is named; the wrong text itself without this."""


FIELDS = {
    "in": "file",
    "instead of": "right",
    "they write": "wrong",
    "are told": "told",
    "at": "at",
}


def mistakes() -> list[Mistake]:
    """The blocks of mistakes.txt."""
    found: list[Mistake] = []
    text = (Path(__file__).parent / "mistakes.txt").read_text(encoding="utf-8")
    blocks = [block for block in text.split("\n\n") if not block.startswith("#")]
    for block in blocks:
        name, *lines = block.strip().splitlines()
        values = {}
        for line in lines:
            title = next(title for title in FIELDS if line[4:16].strip() == title)
            value = line[16:].strip()
            if value.startswith("⟦"):
                value = value[1:-1]
            values[FIELDS[title]] = value.replace("⏎", "\n")
        found.append(Mistake(name=name, **values))
    return found


MISTAKES = mistakes()


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return shutil.copytree(SMART, tmp_path / "pack")


def spoilt(pack: Path, mistake: Mistake) -> int:
    """Make the mistake; returns the line on which it stands, 0 if it has none of its own."""
    path = pack / mistake.file
    text = path.read_text(encoding="utf-8")
    assert mistake.right in text, "the pack has changed; adapt the case"
    text = text.replace(mistake.right, mistake.wrong, 1)
    path.write_text(text, encoding="utf-8")
    if mistake.at == "the file":
        return 0
    if mistake.at == "the last [[band]]":
        return text.count("\n", 0, text.rindex("[[band]]")) + 1
    mark = mistake.at or mistake.wrong
    return text.count("\n", 0, text.index(mark) + mark.rfind("\n") + 1) + 1


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_found_where_it_is(pack: Path, mistake: Mistake) -> None:
    line = spoilt(pack, mistake)

    checked = check(pack)

    assert checked.pack is None
    told = [problem for problem in checked.problems if mistake.told in problem.what]
    assert told, [str(problem) for problem in checked.problems]
    assert all(problem.remedy for problem in checked.problems)
    if line:
        assert (mistake.file, line) in {(problem.file, problem.line) for problem in told}
    with pytest.raises(UnusablePackError):
        load(pack)


def test_all_mistakes_are_reported_at_once(pack: Path) -> None:
    made = [
        mistake
        for mistake in MISTAKES
        if mistake.name in {"inexact price", "duplicate prefix", "text missing", "no days"}
    ]
    for mistake in made:
        spoilt(pack, mistake)

    problems = check(pack).problems

    for mistake in made:
        assert any(mistake.told in problem.what for problem in problems), mistake.name
    assert list(problems) == sorted(problems)


@pytest.mark.parametrize(
    "file", sorted(str(path.relative_to(SMART)) for path in SMART.rglob("*.*"))
)
def test_a_missing_or_unreadable_file_is_named(pack: Path, file: str) -> None:
    (pack / file).write_bytes(b"\xff\xfe\x00")
    assert file in {problem.file for problem in check(pack).problems}

    (pack / file).unlink()
    problems = check(pack).problems
    assert file in {problem.file for problem in problems}


def test_a_problem_reads_as_editors_understand_it() -> None:
    problem = Problem("rates.csv", 7, "no price", "give one", "GTC-VOICE")
    assert str(problem) == "rates.csv:7: no price [GTC-VOICE]; give one"


def test_an_unknown_pack_names_those_there_are() -> None:
    checked = check("smart-th")
    assert checked.pack is None
    assert "smart-kh, smartfren-id" in checked.problems[0].remedy


def test_the_folders_of_versions_are_named_like_versions(pack: Path) -> None:
    (pack / "tariffs" / "2026-10").rename(pack / "tariffs" / "the new one")
    assert any("is no version id" in problem.what for problem in check(pack).problems)

    shutil.rmtree(pack / "tariffs")
    assert any("there is no version" in problem.what for problem in check(pack).problems)


def test_a_file_beyond_all_measure_is_not_read(pack: Path) -> None:
    with (pack / "destinations.csv").open("a", encoding="utf-8") as file:
        file.write("# far too much\n" * 600_000)
    assert any("too large" in problem.what for problem in check(pack).problems)


def test_a_table_written_for_a_list_is_named(pack: Path) -> None:
    figures = pack / "terms.toml"
    text = figures.read_text(encoding="utf-8").replace("[[promotion]]", "[promotion]", 1)
    figures.write_text(text.replace("[[promotion]]", "[promotion-2]"), encoding="utf-8")

    assert any("is not a list of tables" in problem.what for problem in check(pack).problems)


def test_thirty_days_of_notice_to_the_second_are_enough(pack: Path) -> None:
    version = pack / "tariffs" / "2026-10" / "version.toml"
    text = version.read_text(encoding="utf-8")
    published = "2026-08-25T09:00:00+07:00"

    version.write_text(text.replace(published, "2026-09-01T00:00:00+07:00"), encoding="utf-8")
    assert check(pack).problems == ()

    version.write_text(text.replace(published, "2026-09-01T00:00:01+07:00"), encoding="utf-8")
    assert [problem.clause for problem in check(pack).problems] == ["GTC-CHANGE"]
