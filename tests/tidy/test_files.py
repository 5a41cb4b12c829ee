"""Every file says what it is for, is short, and is not a drawer."""

from pathlib import Path, PurePath

import pytest

from tests.tidy.judge import complaints

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(
    path.relative_to(ROOT)
    for folder in ("src", "tests", "tools", "bench")
    for path in (ROOT / folder).rglob("*.py")
)
HEAD = '"""One sentence."""\n'
HERE = PurePath("src/tenure/values/thing.py")


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_file_gives_no_reason_to_complain(path: Path) -> None:
    assert complaints(path, (ROOT / path).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("path", "text", "complaint"),
    [
        (HERE, "", "begin with a sentence"),
        (HERE, '"""No full stop"""\n', "begin with a sentence"),
        (HERE, HEAD + "# TO" + "DO: later\n", "something is left over"),
        (HERE, HEAD + 'A = "/ho' + 'me/ada"\n', "a path of one machine"),
        (HERE, HEAD + "a = 1\n" * 400, "401 lines"),
        (HERE, HEAD + "def f():\n" + "    a = 1\n" * 49, "f: 50 lines"),
        (HERE.with_name("utils.py"), HEAD, "utils: a drawer"),
        (PurePath("src/tenure/helpers/thing.py"), HEAD, "helpers: a drawer"),
    ],
)
def test_each_fault_is_seen(path: PurePath, text: str, complaint: str) -> None:
    found = complaints(path, text)
    assert len(found) == 1
    assert found[0].startswith(complaint)


def test_a_file_at_the_limits_is_left_alone() -> None:
    assert complaints(HERE, HEAD + "a = 1\n" * 399) == []
    assert complaints(HERE, HEAD + "def f():\n" + "    a = 1\n" * 48) == []
