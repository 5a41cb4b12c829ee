"""Your number stays yours: its stages, what blocks it, and how it is typed, as tables."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.promises.numbers import rules
from tenure.promises.numbers.model import (
    Bar,
    Block,
    Change,
    Line,
    Refusal,
    ReportFound,
    ReportLost,
    Resume,
    Stage,
    Suspend,
)
from tenure.terms.model import Lifecycle
from tenure.values.instant import DAY_MS, SECOND_MS, Instant
from tenure.values.msisdn import Imsi, Msisdn
from tenure.values.refused import Refused

END = Instant(1_800_000_000_000)
LIFE = Lifecycle(outgoing_blocked_days=60, both_blocked_days=30)

FREE = Line(
    msisdn=Msisdn("85512345678"),
    imsi=Imsi("456060000000001"),
    purse_id=1,
    offer="prepaid",
    language="km",
    bar_outgoing=False,
    bar_incoming=False,
    suspended=False,
    lost_at=None,
    postpaid=False,
)


def table(text: str) -> list[list[str]]:
    """The cells of a table written with bars, without its first line."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()[1:]]


# GTC-LIFE, INC-90: days and seconds after the validity of the last top-up ended.
STAGES = """
    days | seconds | stage
     -30 |       0 | ACTIVE
       0 |      -1 | ACTIVE
       0 |       0 | OUTGOING_BLOCKED
       0 |       1 | OUTGOING_BLOCKED
      60 |      -1 | OUTGOING_BLOCKED
      60 |       0 | BOTH_BLOCKED
      60 |       1 | BOTH_BLOCKED
      90 |      -1 | BOTH_BLOCKED
      90 |       0 | DUE_FOR_RECYCLING
      90 |       1 | DUE_FOR_RECYCLING
    9999 |       0 | DUE_FOR_RECYCLING
"""


@pytest.mark.parametrize("row", table(STAGES), ids=" ".join)
def test_the_stage_of_a_number(row: list[str]) -> None:
    days, seconds, stage = row
    at = Instant(END + int(days) * DAY_MS + int(seconds) * SECOND_MS)

    assert rules.stage(END, LIFE, at, postpaid=False) is Stage[stage]
    assert rules.stage(END, LIFE, at, postpaid=True) is Stage.ACTIVE


ALLOWED = """
    stage             | outgoing      | incoming
    ACTIVE            | yes           | yes
    OUTGOING_BLOCKED  | STAGE_BLOCKED | yes
    BOTH_BLOCKED      | STAGE_BLOCKED | STAGE_BLOCKED
    DUE_FOR_RECYCLING | STAGE_BLOCKED | STAGE_BLOCKED
"""


@pytest.mark.parametrize("row", table(ALLOWED), ids=" ".join)
def test_what_each_stage_allows(row: list[str]) -> None:
    stage, outgoing, incoming = row

    assert named(rules.may_go_out(FREE, Stage[stage], END)) == outgoing
    assert named(rules.may_come_in(FREE, Stage[stage], END)) == incoming


# Everything at once: the gravest is named.  The loss was reported at the instant 0 s.
PRECEDENCE = """
    at s | lost | suspended | barred | stage        | outgoing       | incoming
      -1 | yes  | no        | no     | ACTIVE       | yes            | yes
       0 | yes  | no        | no     | ACTIVE       | LOST_OR_STOLEN | LOST_OR_STOLEN
       1 | yes  | yes       | both   | BOTH_BLOCKED | LOST_OR_STOLEN | LOST_OR_STOLEN
      -1 | yes  | yes       | both   | BOTH_BLOCKED | SUSPENDED      | SUSPENDED
       0 | no   | yes       | no     | ACTIVE       | SUSPENDED      | SUSPENDED
       0 | no   | no        | both   | BOTH_BLOCKED | BARRED         | BARRED
       0 | no   | no        | out    | ACTIVE       | BARRED         | yes
       0 | no   | no        | in     | ACTIVE       | yes            | BARRED
       0 | no   | no        | in     | BOTH_BLOCKED | STAGE_BLOCKED  | BARRED
"""


@pytest.mark.parametrize("row", table(PRECEDENCE), ids=" ".join)
def test_the_gravest_block_is_named(row: list[str]) -> None:
    seconds, lost, suspended, barred, stage, outgoing, incoming = row
    line = msgspec.structs.replace(
        FREE,
        lost_at=END if lost == "yes" else None,
        suspended=suspended == "yes",
        bar_outgoing=barred in {"both", "out"},
        bar_incoming=barred in {"both", "in"},
    )
    at = Instant(END + int(seconds) * SECOND_MS)

    assert named(rules.may_go_out(line, Stage[stage], at)) == outgoing
    assert named(rules.may_come_in(line, Stage[stage], at)) == incoming


def named(block: Block | None) -> str:
    return "yes" if block is None else block.name


changes = st.one_of(
    st.builds(Bar, st.none() | st.booleans(), st.none() | st.booleans()),
    st.just(ReportLost()),
    st.just(ReportFound()),
    st.just(Suspend()),
    st.just(Resume()),
)


@given(st.lists(changes, max_size=6), changes)
def test_asking_twice_is_asking_once(before: list[Change], change: Change) -> None:
    line = FREE
    for number, one in enumerate(before):
        line = rules.changed(line, one, Instant(END + number))

    once = rules.changed(line, change, Instant(END + 10))

    assert rules.changed(once, change, Instant(END + 20)) == once
    assert once.msisdn == FREE.msisdn, "no change of a line moves its number"
    assert once.purse_id == FREE.purse_id


def test_the_first_loss_report_counts() -> None:
    first = rules.changed(FREE, ReportLost(), END)
    again = rules.changed(first, ReportLost(), Instant(END + DAY_MS))

    assert again.lost_at == END
    assert rules.changed(again, ReportFound(), END).lost_at is None


TYPED = """
    typed                     | read as
    +855 12 345 678           | 85512345678
    +85512345678              | 85512345678
    85512345678               | 85512345678
    855 12 345 678            | 85512345678
    00855 12 345 678          | 85512345678
    0085512345678             | 85512345678
    855012345678              | 85512345678
    012 345 678               | 85512345678
    012345678                 | 85512345678
    012-345-678               | 85512345678
    (012) 345 678             | 85512345678
    12345678                  | 85512345678
    tel:+855-12-345-678       | 85512345678
    ០១២ ៣៤៥ ៦៧៨               | 85512345678
    +855 97 123 4567          | 855971234567
    +62 881 1234 5678         | 6288112345678
    +855 12 345               | WRONG_LENGTH
    +855 12 345 678 999 999   | WRONG_LENGTH
    012                       | WRONG_LENGTH
    1                         | NOT_A_NUMBER
    x                         | NOT_A_NUMBER
    one two three             | NOT_A_NUMBER
    +855 12 345 678 ext. 9    | NOT_A_NUMBER
    +0 12 345 678             | NOT_A_NUMBER
    +999 12 345 678           | NOT_A_NUMBER
    ; DROP TABLE numbers.line | NOT_A_NUMBER
    +855 12 345 678 000 000 000 000 000 000 000 000 | NOT_A_NUMBER
"""


@pytest.mark.parametrize("row", table(TYPED), ids=lambda row: str(row[0]))
def test_a_number_is_read_as_people_write_it(row: list[str]) -> None:
    typed, read = row

    number = rules.normalised(typed, "KH")

    if read.isdecimal():
        assert isinstance(number, Msisdn), number
        assert str(number) == read
    else:
        assert isinstance(number, Refused), str(number)
        assert number.refusal is Refusal[read]
        assert any(word in number.detail for word in ("+855", "extension", "characters"))


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_number_of_its_form_or_a_named_refusal(typed: str) -> None:
    number = rules.normalised(typed, "KH")

    if isinstance(number, Msisdn):
        assert number.isascii()
        assert number.isdecimal()
        assert 7 <= len(number) <= 15
        assert number[0] != "0"


def test_no_identity_has_a_readable_repr() -> None:
    shown = repr(FREE)

    assert "85512345678" not in shown
    assert "456060000000001" not in shown
