"""Texts on the screen of a phone: every page fits, and nothing of the text is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.values import screens

KHMER = "សមតុល្យរបស់អ្នក៖ $1.25 មានសុពលភាពដល់ថ្ងៃ 23/11/2026 ម៉ោង 00:30។ "
MORE, BACK = "9 បន្ត", "0 ត្រឡប់"


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("a" * 182, True),
        ("a" * 183, False),
        ("€" * 91, True),
        ("€" * 92, False),
        ("ស" * 80, True),
        ("ស" * 81, False),
        ("a" * 79 + "ស", True),
        ("😀" * 40, True),
        ("😀" * 41, False),
        ("", True),
    ],
)
def test_what_fits(text: str, *, fits: bool) -> None:
    assert screens.fits(text) is fits


def test_a_short_text_is_one_page() -> None:
    assert screens.paged(["Smart", "1 Balance"], "9 More", "0 Back") == ["Smart\n1 Balance\n0 Back"]


def test_lines_stay_whole() -> None:
    lines = [f"{place} {'x' * 40}" for place in range(1, 7)]
    pages = screens.paged(lines, "9 More", "0 Back")
    assert len(pages) == 2
    assert pages[0].endswith("\n9 More")
    assert pages[1].endswith("\n0 Back")
    assert [line for page in pages for line in page.split("\n")[:-1]] == lines


def test_khmer_is_cut_between_clusters_only() -> None:
    """A coeng never ends a page, and no sign begins one."""
    for page in screens.paged([KHMER.replace(" ", "") * 4], MORE):
        assert not page.removesuffix(f"\n{MORE}").endswith("\u17d2")
        assert page[0] not in "\u17b6\u17b7\u17c6\u17d2\u17cb\u17bb"


def test_words_stay_whole_where_they_can() -> None:
    words = "one two three four five six seven eight nine ten " * 8
    for page in screens.paged([words], "9 More"):
        assert set(page.removesuffix("\n9 More").split()) <= set(words.split())


@given(
    st.lists(st.text(alphabet="abc €ស្មិា 😀។", max_size=120), max_size=8),
    st.sampled_from(["", BACK, "0 Back"]),
    st.sampled_from([screens.OCTETS_MAX, screens.NARROW_OCTETS]),
)
def test_every_page_fits_and_nothing_is_lost(lines: list[str], last: str, octets: int) -> None:
    pages = screens.paged(lines, MORE, last, octets)
    assert all(screens.fits(page, octets) for page in pages)
    assert all(page.endswith(MORE) for page in pages[:-1])
    shown = "".join(page.removesuffix(MORE) for page in pages[:-1])
    shown += pages[-1].removesuffix(last) if last else pages[-1]
    strip = str.maketrans("", "", " \n")
    assert shown.translate(strip) == "".join(lines).translate(strip)
