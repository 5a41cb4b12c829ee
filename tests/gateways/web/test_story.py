"""A number's tenure in words: every kind of everything has its sentence, and alarms are plain."""

import msgspec
import pytest

from tenure.gateways.web.translate import Wording, events, saying, state, wording
from tenure.gateways.web.translate.proofs import NOT_YET, proof, seen_by
from tenure.gateways.web.translate.story import CAME, DROPPED, NOTICE, YOU, Facts, story
from tenure.promises.access.model import Clause, Measure
from tenure.promises.access.model import Kind as MeasureKind
from tenure.promises.notices.model import Dropped, Notice, NoticeKind, Telling
from tenure.promises.numbers.model import (
    Alarm,
    Difference,
    History,
    Line,
    OpenedAs,
    Task,
    Tenure,
    Wrong,
)
from tenure.promises.numbers.model.requests import Kind, Means, Party
from tenure.promises.record.model import Receipt
from tenure.promises.staff.model import Glass, Purpose
from tenure.promises.tariffs.model import Service
from tenure.terms import pack
from tenure.values.instant import DAY_MS, Instant
from tenure.values.msisdn import Msisdn
from tests.gateways.web.test_looking import AT, END, NUMBER, line, purse

BEFORE = Instant(AT - 100 * DAY_MS)
SINCE = Instant(AT - 10 * DAY_MS)


@pytest.fixture(scope="module")
def said() -> Wording:
    return wording(pack.load("smart-kh"))


def tenure(holder: int, since: Instant, until: Instant | None, how: OpenedAs) -> Tenure:
    return Tenure(NUMBER, holder, since, until, how, 7, 1, prepaid=True)


HISTORY = History(
    NUMBER,
    "ordinary",
    (
        tenure(2, SINCE, None, OpenedAs.TRANSFER),
        tenure(1, BEFORE, SINCE, OpenedAs.FIRST_SALE),
    ),
    (),
    None,
    None,
)


def facts(**changed: object) -> Facts:
    told: dict[str, object] = {
        "history": HISTORY,
        "line": line(),
        "purse": purse(),
        "holder": "Chan Bopha",
        "own": False,
        "receipts": {},
        "bodies": {},
        "lock": None,
        "holds": (),
        "requests": (),
        "measures": (),
        "notices": (),
        "troubles": (),
        "alarms": (),
    }
    return Facts(**(told | changed))  # type: ignore[arg-type]  # names and values of a test


def test_every_kind_of_everything_has_its_words() -> None:
    assert set(CAME) == set(OpenedAs)
    assert set(NOTICE) == set(NoticeKind)
    assert set(DROPPED) == set(Dropped)
    assert set(events.ASKED_FOR) == set(Kind)
    assert set(events.WHO) == set(Party)
    assert {*events.MEANS, Means.SMS} == set(Means)
    assert {*saying.PURPOSE, Purpose.DEMONSTRATION} == set(Purpose)


@pytest.mark.parametrize("kind", events.KINDS)
@pytest.mark.parametrize(
    "told", [{}, {"kind": "sim", "party": "to", "means": "presence", "outcome": "stopped"}]
)
def test_every_event_is_a_sentence(kind: str, told: dict[str, str]) -> None:
    sentence, _ = events.words(events.Event(AT, kind, told))
    assert sentence[0].isupper()
    assert sentence.endswith(".")


def test_a_kind_that_is_not_known_is_named() -> None:
    assert events.words(events.Event(AT, "numbers.new", {})) == ("numbers.new", "")


def test_the_present_holder_is_named_and_the_former_is_somebody_else(said: Wording) -> None:
    rows = story(facts(), (), said, AT).holders
    assert [row.name for row in rows] == ["Chan Bopha", "somebody else"]
    assert rows[0].note == "got it by a transfer, with the consent of both"
    assert rows[1].value == "until 12 November 2026, 08:00:00"
    own = story(facts(holder=YOU, own=True), (), said, AT).holders
    assert [row.name for row in own] == ["you", "somebody else"]


@pytest.mark.parametrize(
    ("at", "notes"),
    [
        (Instant(END - 1), ["unless", "unless", "unless"]),
        (END, ["since then", "unless", "unless"]),
        (Instant(END + 60 * DAY_MS - 1), ["since then", "unless", "unless"]),
        (Instant(END + 60 * DAY_MS), ["since then", "since then", "unless"]),
        (Instant(END + 90 * DAY_MS), ["since then", "since then", "since then"]),
    ],
)
def test_what_time_does_is_told_with_its_dates(
    said: Wording, at: Instant, notes: list[str]
) -> None:
    rows = story(facts(), (), said, at).coming[:3]
    assert [row.value for row in rows] == [
        "2 December 2026, 08:00:00",
        "31 January 2027, 08:00:00",
        "2 March 2027, 08:00:00",
    ]
    for row, note in zip(rows, notes, strict=True):
        assert row.note.startswith(note)


def test_reminders_that_were_sent_are_counted(said: Wording) -> None:
    def reminder(number: int, sent_at: Instant | None) -> Notice:
        telling = Telling(NUMBER, 2, "km", NoticeKind.LIFECYCLE_REMINDER, {}, END)
        return Notice(number, telling, sent_at)

    given = (reminder(1, END), reminder(2, END), reminder(3, None))
    told = story(facts(notices=given), (), said, END)
    [row] = [one for one in told.coming if one.name == "Reminders sent"]
    assert row.value.startswith("2 of 3")
    assert told.told[0].detail.startswith("sent on 2 December 2026")
    assert told.told[2].detail == "waits to be sent"


def test_a_measure_says_its_clause_reason_and_end(said: Wording) -> None:
    measure = Measure(
        1, NUMBER, 1, MeasureKind.RESTRICTION, Clause.ABUSE, None, frozenset({Service.DATA}),
        END, "spam", "case 7", "sok", AT, None, None,
    )  # fmt: skip
    [row] = story(facts(measures=(measure,)), (), said, AT).measures
    assert row.name == "Restriction of data"
    assert row.note == "Clause GTC-ABUSE: spam"
    assert "until 2 December 2026" in row.value
    assert "case 7" not in str(row)


def test_alarms_are_said_plainly(said: Wording) -> None:
    alarm = Alarm(1, Difference(NUMBER, Wrong.HELD_BY_ANOTHER), AT, None)
    task = Task(1, Msisdn(NUMBER), 7, AT, 3, "NOT_CONSENTED")
    alarms = story(facts(alarms=(alarm,), troubles=(task,)), (), said, AT).alarms
    assert "held by somebody whom the record does not name" in alarms[0]
    assert "The network did not do what it was told" in alarms[1]


def test_the_first_page_names_what_somebody_should_look_at(said: Wording) -> None:
    glass = Glass("g", 1, "sok", "a child is missing", AT, END)
    loud = state.State(None, 2, 1, (glass,), 3)
    told = state.record(loud, (), said).alarms
    assert len(told) == 4
    assert "sok has broken the glass" in told[0]
    assert told[1].startswith("2 numbers")
    assert state.record(state.State(None, 0, 0, (), 0), (), said).alarms == ()


def test_a_proof_names_only_witnesses_whose_signature_holds(said: Wording) -> None:
    assert proof(7, None, (), said).words == NOT_YET
    unreadable = proof(7, Receipt("{}", (), 0, (), "not a note"), (), said)
    assert not unreadable.receipt
    assert seen_by("not a note", ("x+1+y",)) == {}


def test_a_line_that_nobody_holds_has_a_story_too(said: Wording) -> None:
    empty = msgspec.structs.replace(HISTORY, tenures=())
    told = story(facts(history=empty, holder=""), (), said, AT)
    assert (told.holders, told.sims, told.events) == ((), (), ())


def test_a_contract_has_no_validity(said: Wording) -> None:
    postpaid: Line = line(postpaid=True)
    assert story(facts(line=postpaid), (), said, AT).coming == ()
