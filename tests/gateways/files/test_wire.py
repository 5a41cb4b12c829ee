"""Usage files as bytes: which lines are records, and what is said of those that are not."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.gateways.files import wire
from tenure.gateways.files.wire import Format, Layout, Problem, Record, Unreadable

HEADER = ",".join(wire.FIELDS).encode()
LAYOUT = Layout(len(wire.FIELDS), tuple(range(len(wire.FIELDS))))

VOICE = b"r-1,voice,out,85512345678,,85598765432,2026-01-31T08:00:00+07:00,61,,,,,,\n"
DATA = b"r-2,data,,,456060000000001,,2026-01-31T08:00:00Z,,2049,,,100,45606,\r\n"
CONTENT = b'r-3,content,,85512345678,,,2026-01-31T08:00:00Z,,,,1.25,,,"Chess, ""gold"""\n'


def record(raw: bytes) -> Record:
    """The record of a CSV line that is one."""
    found = wire.read_csv(2, raw, LAYOUT)
    assert isinstance(found, Record), found
    return found


def problem(raw: bytes) -> Problem:
    """The problem of a CSV line that is no record."""
    found = wire.read_csv(2, raw, LAYOUT)
    assert isinstance(found, Problem), found
    return found


def test_a_line_of_each_kind() -> None:
    voice, data, content = record(VOICE), record(DATA), record(CONTENT)
    assert (voice.service, voice.direction, voice.units, voice.other_party) == (
        "voice", "out", 61, "85598765432",
    )  # fmt: skip
    assert voice.at == 1_769_821_200_000
    assert (data.imsi, data.units, data.rating_group, data.visited_plmn) == (
        "456060000000001", 2049, 100, "45606",
    )  # fmt: skip
    assert (content.units, content.description) == (1_250_000, 'Chess, "gold"')


def test_the_header_in_the_order_of_the_schema_is_the_plain_layout() -> None:
    assert wire.layout_of(HEADER) == LAYOUT


def test_the_repr_of_a_record_shows_nobody() -> None:
    assert "85512345678" not in repr(record(VOICE))


def test_the_same_record_in_both_formats() -> None:
    raw = (
        b'{"record_id":"r-1","service":"voice","direction":"out","msisdn":"85512345678",'
        b'"other_party":"+85598765432","at":"2026-01-31T08:00:00+07:00","seconds":61}\n'
    )
    assert wire.read_json(2, raw) == record(VOICE)


# What is replaced in VOICE, by what, and what is said: the field and a word of the reason.
FLAWS = [
    ("r-1", "", "record_id", "missing"),
    ("r-1", "r 1", "record_id", "form"),
    ("r-1", "r" * 129, "record_id", "form"),
    ("voice", "", "service", "missing"),
    ("voice", "fax", "service", "form"),
    ("out", "", "direction", "missing"),
    ("out", "up", "direction", "form"),
    ("85512345678", "", "msisdn", "neither"),
    ("85512345678", "+85512345678", "msisdn", "form"),
    ("85512345678,", "85512345678,456060000000001", "imsi", "both"),
    (",85598765432", ",", "other_party", "missing"),
    ("85598765432", "8559\x07", "other_party", "form"),
    ("2026-01-31T08:00:00+07:00", "", "at", "missing"),
    ("2026-01-31T08:00:00+07:00", "2026-01-31T08:00:00", "at", "form"),
    ("2026-01-31T08:00:00+07:00", "2026-02-31T08:00:00+07:00", "at", "calendar"),
    ("2026-01-31T08:00:00+07:00", "31/01/2026 08:00", "at", "form"),
    (",61,", ",,", "seconds", "missing"),
    (",61,", ",-61,", "seconds", "form"),
    (",61,", ",61.5,", "seconds", "form"),
    (",61,", ",9999999999999999,", "seconds", "form"),
    (",61,,", ",61,5,", "octets", "measured in seconds"),
    (",61,,,,,", ",61,,,,100,", "rating_group", "no rating group"),
    (",61,,,,,,", ",61,,,,,,chess", "description", "only content"),
    (",61,,,,,,", ",61,,,,,", "", "13 fields where the header has 14"),
    ("voice", 'vo"ice', "service", "form"),
    ("r-1", '"r-1', "", "not balanced"),
    ("r-1", "r-\0001", "", "NUL"),
]


@pytest.mark.parametrize(("old", "new", "field", "reason"), FLAWS)
def test_a_flaw_is_named(old: str, new: str, field: str, reason: str) -> None:
    text = VOICE.decode()
    assert old in text
    found = problem(text.replace(old, new, 1).encode())
    assert (found.line, found.field) == (2, field)
    assert reason in found.reason
    assert found.remedy


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (VOICE.replace(b"out", b"o\xffut"), "not UTF-8 at byte 12"),
        (VOICE.replace(b"r-1", b"r" * wire.LINE_BYTES_MAX), "longer than 65536 bytes"),
        (VOICE.rstrip(b",\n") + b"1", "ends within this line"),
    ],
)
def test_a_damaged_line_is_named(raw: bytes, reason: str) -> None:
    assert reason in problem(raw).reason


@pytest.mark.parametrize(
    ("raw", "field", "reason"),
    [
        (b"{}\n", "record_id", "missing"),
        (b'{"record_id":"r', "", "not JSON"),
        (b"[1]\n", "", "neither text nor a whole number"),
        (b'{"amount":1.25}\n', "", "neither text nor a whole number"),
        (b'{"seconds":true}\n', "", "neither text nor a whole number"),
        (b'{"secnds":1}\n', "secnds", "unknown member"),
        (b'{"record_id":' + b"[" * 20_000, "", "not"),
    ],
)
def test_a_flaw_of_json_is_named(raw: bytes, field: str, reason: str) -> None:
    found = wire.read_json(7, raw)
    assert isinstance(found, Problem)
    assert (found.line, found.field) == (7, field)
    assert reason in found.reason or reason == "not"


@pytest.mark.parametrize(
    ("first", "found"),
    [
        (b"record_id,service\n", Format.CSV),
        (b'{"record_id":"1"}\n', Format.NDJSON),
        (b"", "empty"),
        (b"\n", "empty"),
        (b"[\n", "JSON array"),
        (b"\xff\xfer\0e\0", "UTF-16"),
        (b"PK\x03\x04", "spreadsheet"),
        (b"BZh91AY", "bzip2"),
    ],
)
def test_the_first_line_tells_the_format(first: bytes, found: Format | str) -> None:
    answer = wire.format_of(first)
    if isinstance(found, Format):
        assert answer is found
    else:
        assert isinstance(answer, Unreadable)
        assert found in answer.reason


@pytest.mark.parametrize(
    ("header", "reason", "remedy"),
    [
        (b"record_id,service,at,msisdn", "missing column: seconds, octets", "add it"),
        (b"service,at,seconds", "record_id; msisdn (or imsi)", "add it"),
        (b"record_id,service,at,msisdn,colour", "'colour'", "known columns"),
        (b"record_id,service,at,msisdn,second", "'second'", "did you mean seconds?"),
        (b"record_id,service,at,at,msisdn,seconds", "at stands twice", "keep one"),
        (b"record_id;service;at;msisdn;seconds", "semicolons", "commas"),
        (b"record_id,service\rr-1,voice", "carriage return only", "LF or CR LF"),
        (b"record_id,\xe9", "not UTF-8 at byte 11", "UTF-8"),
    ],
)
def test_a_header_that_cannot_be_used_is_named(header: bytes, reason: str, remedy: str) -> None:
    found = wire.layout_of(header)
    assert isinstance(found, Unreadable)
    assert reason in found.reason
    assert remedy in found.remedy


def test_columns_stand_in_any_order_and_may_be_left_out() -> None:
    layout = wire.layout_of(b"seconds, AT ,msisdn,other_party,direction,service,record_id\r\n")
    assert isinstance(layout, Layout)
    raw = b"61,2026-01-31T08:00:00+07:00,85512345678,85598765432,out,voice,r-1\n"
    assert wire.read_csv(2, raw, layout) == record(VOICE)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_record_or_a_problem_with_a_remedy(raw: bytes) -> None:
    for found in (wire.read_csv(3, raw, LAYOUT), wire.read_json(3, raw)):
        assert isinstance(found, Record) or (found.remedy and found.line == 3)
    first = wire.format_of(raw)
    assert isinstance(first, Format) or first.remedy


@given(st.integers(0, 10**15))
def test_amounts_are_exact(micros: int) -> None:
    amount = f"{micros // 1_000_000}.{micros % 1_000_000:06d}"
    raw = CONTENT.replace(b"1.25", amount.encode())
    if micros < 10**15:
        assert record(raw).units == micros
    else:
        assert problem(raw).field == "amount"


def test_a_reject_line_can_be_read_back_and_stays_one_line() -> None:
    flaw = Problem(2, "at", 'not "so", please', "write it")
    text = wire.rejects_header() + wire.reject_line(flaw, b'r-1,"a ""b""\xff\r\n')
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[1] == ["2", "at", 'not "so", please', "write it", 'r-1,"a ""b""\\xff']
