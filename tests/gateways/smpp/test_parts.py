"""Texts become parts: the alphabet, the sizes, and nothing cut that a reader sees as one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.gateways.smpp.wire import ucs2
from tenure.gateways.smpp.wire.clusters import clusters
from tenure.gateways.smpp.wire.names import Coding
from tenure.gateways.smpp.wire.parts import Parts, Place, content_of, parts_of
from tenure.values.gsm7 import text_of

KHMER = "សូមស្វាគមន៍មកកាន់សេវាកម្មរបស់យើងខ្ញុំ "
FAMILY = "👨‍👩‍👧‍👦"
CLUSTERS = [
    ("abc", "a|b|c"),
    ("a\r\nb", "a|\r\n|b"),
    ("é̂x", "é̂|x"),
    ("ស្រុក", "ស្រុ|ក"),  # coeng takes ro along, and the vowel stays
    ("ក្ស្មា", "ក្ស្មា"),  # two coengs in one cluster
    ("ខ្ញុំ", "ខ្ញុំ"),
    ("កណ្ដុរ", "ក|ណ្ដុ|រ"),
    ("សៅរ៍", "សៅ|រ៍"),
    ("១០", "១|០"),
    ("ក្ 1", "ក្| |1"),  # a coeng at the end of a word binds nothing
    (FAMILY, FAMILY),
    ("👍🏽👍", "👍🏽|👍"),
    ("🇰🇭🇮🇩🇰", "🇰🇭|🇮🇩|🇰"),
    ("❤️‍🔥!", "❤️‍🔥|!"),
    ("a‍b", "a‍|b"),  # a joiner joins pictures only
    ("각각", "각|각"),
    ("กำ", "กำ"),
    ("က္ကာ", "က္ကာ"),  # Myanmar stacks as Khmer does
    ("क्षि", "क्षि"),
]


@pytest.mark.parametrize(("text", "expected"), CLUSTERS)
def test_what_stays_together(text: str, expected: str) -> None:
    assert list(clusters(text)) == expected.split("|")


def joined(parts: Parts) -> str:
    contents = parts.contents
    if len(contents) > 1:
        found = [content_of(content) for content in contents]
        assert [one and one.place for one in found] == [
            Place(7, len(contents), number) for number in range(1, len(contents) + 1)
        ]
        contents = tuple(one.octets for one in found if one)
    octets = b"".join(contents)
    return text_of(octets) if parts.coding is Coding.DEFAULT else ucs2.decoded(octets)


TEXTS = [
    ("Latin, one", "a" * 160, Coding.DEFAULT, [160]),
    ("Latin, two", "a" * 161, Coding.DEFAULT, [159, 14]),
    ("the euro costs two", "€" * 80, Coding.DEFAULT, [160]),
    ("the euro is not cut", "€" * 81, Coding.DEFAULT, [158, 16]),
    ("1,600 Latin", "a" * 1_600, Coding.DEFAULT, [159] * 10 + [76]),
    ("Khmer, one", "ក" * 70, Coding.UCS2, [140]),
    ("Khmer, two", "ក" * 71, Coding.UCS2, [140, 14]),
    ("a coeng moves the cut", "ក" * 66 + "ស្រុ" + "ក", Coding.UCS2, [138, 16]),
    ("1,600 Khmer", "ក" * 1_600, Coding.UCS2, [140] * 23 + [124]),
    ("emoji are pairs, and pairs are whole", "👍" * 35, Coding.UCS2, [140]),
    ("emoji are not cut", "👍" * 36, Coding.UCS2, [138, 18]),
    ("a family is not cut", "ក" * 60 + FAMILY, Coding.UCS2, [126, 28]),
    ("one Khmer letter makes all of it UCS-2", "a" * 100 + "ក", Coding.UCS2, [140, 74]),
    ("nothing", "", Coding.DEFAULT, [0]),
]


@pytest.mark.parametrize(("name", "text", "coding", "sizes"), TEXTS, ids=[row[0] for row in TEXTS])
def test_texts_have_the_sizes_of_the_standard(
    name: str, text: str, coding: Coding, sizes: list[int]
) -> None:
    del name
    parts = parts_of(text, 7)
    assert parts is not None
    assert parts.coding is coding
    assert [len(content) for content in parts.contents] == sizes
    assert joined(parts) == text


def test_no_part_of_a_long_khmer_text_begins_inside_a_cluster() -> None:
    text = KHMER * 40
    borders, at = {0}, 0
    for cluster in clusters(text):
        at += len(cluster)
        borders.add(at)
    parts = parts_of(text, 7)
    assert parts is not None
    place = 0
    for content in parts.contents:
        assert place in borders
        found = content_of(content)
        assert found is not None
        place += len(ucs2.decoded(found.octets))
    assert place == len(text)


def test_a_cluster_that_fits_nowhere_is_cut_between_characters() -> None:
    text = "a" + "\u0301" * 200 + "👍"
    parts = parts_of(text, 7)
    assert parts is not None
    assert joined(parts) == text


def test_what_needs_more_than_255_parts_is_no_message() -> None:
    assert parts_of("a" * 153 * 255, 7) is not None
    assert parts_of("a" * (153 * 255 + 1), 7) is None
    assert parts_of("ក" * (67 * 255 + 1), 7) is None


TEXT = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("ស្រុកខ្ញុំ\u17d2€{}👍🏽\u200d🇰🇭"),
    ),
    max_size=400,
)


@given(TEXT)
def test_nothing_is_lost_or_too_large(text: str) -> None:
    parts = parts_of(text, 7)
    assert parts is not None
    assert joined(parts) == text
    assert all(
        len(content) <= (160, 140)[parts.coding is Coding.UCS2] for content in parts.contents
    )
    for content in parts.contents:
        found = content_of(content) if len(parts.contents) > 1 else None
        octets = found.octets if found else content
        # No half of a pair, and no lone escape.
        if parts.coding is Coding.UCS2:
            assert "\ufffd" not in ucs2.decoded(octets) or "\ufffd" in text
        else:
            assert not octets.endswith(b"\x1b")


@given(TEXT)
def test_clusters_are_the_text(text: str) -> None:
    found = list(clusters(text))
    assert "".join(found) == text
    assert all(found)


HEADERS = [
    ("050003070201" + "61", b"a", Place(7, 2, 1)),
    ("06080401020302" + "61", b"a", Place(0x0102, 3, 2)),
    ("0a0003070201" + "2403010203" + "61", b"a", Place(7, 2, 1)),
    ("03240101" + "61", b"a", None),
    ("00" + "61", b"a", None),
    ("050003070203" + "61", b"a", None),  # number 3 of 2: it stands for itself
    ("050003070200" + "61", b"a", None),
]


@pytest.mark.parametrize(("octets", "text", "place"), HEADERS)
def test_headers_are_read(octets: str, text: bytes, place: Place | None) -> None:
    found = content_of(bytes.fromhex(octets))
    assert found is not None
    assert (found.octets, found.place) == (text, place)


@pytest.mark.parametrize(
    "octets", ["", "05", "0500030702", "0500ff070201", "050002070201", "020003"]
)
def test_headers_that_are_none_are_refused(octets: str) -> None:
    assert content_of(bytes.fromhex(octets)) is None


@given(st.binary(max_size=60))
def test_any_octets_have_a_header_or_none(octets: bytes) -> None:
    found = content_of(octets)
    assert found is None or octets.endswith(found.octets)
