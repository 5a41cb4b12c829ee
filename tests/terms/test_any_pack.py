"""Whatever stands in the files of a pack, it is read or refused, and what is read can be used."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenure.promises.tariffs.rules import unpriced
from tenure.terms.pack import check

SMART = Path(__file__).parents[2] / "operators" / "smart-kh"
FILES = sorted(str(path.relative_to(SMART)) for path in SMART.rglob("*.*"))
BITS = [
    "", ",", ",,", '"', "'", "[", "]", "[[", "]]", "{", "}", "=", "#", "\n", "\\", "0", "-1",
    "1e9", "true", "nan", "inf", "99999999999999999999", "0.1", '"0.05"', "*", "@", "/", "é",
    "\u200b", "\x00", "2026-01-01", "2026-01-01T00:00:00Z", "07:32:00", "[quota]", "[[offer]]",
    "clause = 7", "a.b = 1", "name = []", "{ x = 1 }", "prepaid", "GTC-VOICE", "voice", "day",
    "1 kB", "0 s", "24:00",
]  # fmt: skip


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(SMART, tmp_path_factory.mktemp("any") / "pack")


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_a_damaged_file_never_breaks_the_reader(pack: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(FILES))
    lines = (SMART / name).read_text(encoding="utf-8").split("\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    bit = data.draw(st.sampled_from(BITS))
    column = data.draw(st.integers(0, len(lines[at])))
    end = data.draw(st.integers(column, len(lines[at])))
    lines[at] = lines[at][:column] + bit + lines[at][end:]
    try:
        (pack / name).write_text("\n".join(lines), encoding="utf-8")
        checked = check(pack)
    finally:
        shutil.copy(SMART / name, pack / name)

    assert (checked.pack is None) == bool(checked.problems)
    if checked.pack is not None:
        unpriced(checked.pack)
    for problem in checked.problems:
        assert problem.what
        assert problem.remedy
        assert problem.line <= len(lines) + bit.count("\n") or problem.file != name


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_octets_are_read_or_refused(pack: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(FILES))
    try:
        (pack / name).write_bytes(data.draw(st.binary(max_size=300)))
        checked = check(pack)
    finally:
        shutil.copy(SMART / name, pack / name)

    assert (checked.pack is None) == bool(checked.problems)
