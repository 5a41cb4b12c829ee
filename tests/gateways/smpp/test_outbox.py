"""What a message centre is to get: the window, the pace, and what follows from each answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.gateways.smpp.translate.outbox import (
    BACK_OFF_MS,
    KEPT_MS,
    Event,
    Handed,
    Outbox,
    Refused,
    Returned,
    Token,
)
from tenure.gateways.smpp.translate.sending import (
    VERDICTS,
    Manner,
    Verdict,
    messages_of,
    sender_of,
    verdict_of,
)
from tenure.gateways.smpp.wire.bodies import Address
from tenure.gateways.smpp.wire.names import Registered, Status, Tag
from tenure.values.instant import Instant

MANNER = Manner(sender_of("888"))
LONG = "a" * 400
AT = Instant(0)


def outbox(window: int = 10, per_second: int = 0, texts: tuple[str, ...] = ()) -> Outbox:
    found = Outbox(window, per_second)
    for delivery_id, text in enumerate(texts, 1):
        messages = messages_of("85512345678", text, MANNER, 10 * delivery_id)
        assert messages is not None
        found.add(delivery_id, messages, AT)
    return found


def due(box: Outbox, at: int = 0) -> list[Token]:
    return [token for token, _ in box.due(Instant(at))]


def test_a_window_is_kept() -> None:
    box = outbox(2, texts=("a", "b", "c"))
    assert due(box) == [(1, 1), (2, 1)]
    assert due(box) == []
    assert box.waiting == 1
    handed = box.answered((2, 1), 0, "id", AT)
    assert isinstance(handed, Handed)
    assert handed.delivery_id == 2
    assert due(box) == [(3, 1)]


def test_a_text_is_handed_when_all_its_parts_are() -> None:
    box = outbox(texts=(LONG,))
    tokens = due(box)
    assert tokens == [(1, 1), (1, 2), (1, 3)]
    assert box.answered((1, 3), 0, "c", AT) is None
    assert box.answered((1, 1), 0, "a", AT) is None
    handed = box.answered((1, 2), 0, "b", AT)
    assert isinstance(handed, Handed)
    assert [(one.number, one.reference, one.message_id) for one in handed.parts] == [
        (1, 10, "a"),
        (2, 11, "b"),
        (3, 12, "c"),
    ]
    assert box.is_empty


def test_a_window_smaller_than_a_text() -> None:
    box = outbox(1, texts=(LONG,))
    events = []
    for number in (1, 2, 3):
        assert due(box) == [(1, number)]
        events.append(box.answered((1, number), 0, str(number), AT))
    assert events[:2] == [None, None]
    assert isinstance(events[2], Handed)


@pytest.mark.parametrize("status", [Status.RTHROTTLED, Status.RMSGQFUL])
def test_who_is_throttled_waits_and_keeps_the_message(status: Status) -> None:
    box = outbox(texts=("a", "b"))
    assert due(box) == [(1, 1), (2, 1)]
    assert box.answered((1, 1), status, "", AT) is None
    assert box.answered((2, 1), status, "", AT) is None
    assert box.throttled == 2
    assert due(box, BACK_OFF_MS - 1) == []
    assert box.wakes_at() == BACK_OFF_MS
    assert due(box, BACK_OFF_MS) == [(1, 1), (2, 1)]
    # Again, and longer each time; both of one window are one sign.
    assert box.answered((1, 1), status, "", Instant(BACK_OFF_MS)) is None
    assert box.wakes_at() == 3 * BACK_OFF_MS
    assert isinstance(box.answered((2, 1), 0, "x", Instant(BACK_OFF_MS)), Handed)
    assert due(box, 3 * BACK_OFF_MS) == [(1, 1)]


def test_who_is_throttled_for_long_may_go_another_way() -> None:
    box = outbox(texts=("a", LONG))
    assert len(due(box)) == 4
    assert box.answered((1, 1), Status.RTHROTTLED, "", Instant(KEPT_MS)) == Returned(1)
    assert box.answered((2, 1), 0, "x", AT) is None
    assert box.answered((2, 2), Status.RTHROTTLED, "", Instant(KEPT_MS)) == Refused(
        2, "throttled", permanent=False
    )
    assert box.is_empty


@pytest.mark.parametrize(
    ("status", "event"),
    [
        (Status.RINVDSTADR, Refused(1, "ESME_RINVDSTADR", permanent=True)),
        (Status.RX_R_APPN, Refused(1, "ESME_RX_R_APPN", permanent=True)),
        (Status.RSYSERR, Refused(1, "ESME_RSYSERR", permanent=False)),
        (Status.RSUBMITFAIL, Refused(1, "ESME_RSUBMITFAIL", permanent=False)),
        (0x450, Refused(1, "0x450", permanent=False)),
    ],
)
def test_refusals(status: int, event: Event) -> None:
    box = outbox(texts=("a",))
    due(box)
    assert box.answered((1, 1), status, "", AT) == event
    assert box.is_empty


def test_a_part_that_is_refused_takes_the_others_along() -> None:
    box = outbox(2, texts=(LONG, "b"))
    assert due(box) == [(1, 1), (1, 2)]
    assert box.answered((1, 1), Status.RINVDSTADR, "", AT) == Refused(
        1, "ESME_RINVDSTADR", permanent=True
    )
    assert due(box) == [(2, 1)]
    assert box.answered((1, 2), 0, "late", AT) is None
    assert isinstance(box.answered((2, 1), 0, "x", AT), Handed)


def test_the_pace_of_a_contract_is_kept() -> None:
    box = outbox(100, per_second=3, texts=tuple("abcdefg"))
    assert len(due(box, 5_100)) == 3
    assert due(box, 5_900) == []
    assert len(due(box, 6_000)) == 3
    assert len(due(box, 7_000)) == 1


def test_what_was_not_written_comes_back_and_what_was_is_not_known() -> None:
    box = outbox(2, texts=("a", LONG, "c"))
    assert due(box) == [(1, 1), (2, 1)]
    assert box.ended(((1, 1), (2, 1))) == [Returned(3)]
    assert box.is_empty
    assert due(box) == []


def test_a_text_of_which_a_part_was_taken_does_not_come_back() -> None:
    box = outbox(1, texts=(LONG, "b"))
    due(box)
    assert box.answered((1, 1), 0, "a", AT) is None
    assert box.ended(()) == [Returned(2)]


def test_what_was_throttled_when_the_session_ended_comes_back() -> None:
    box = outbox(texts=("a",))
    due(box)
    assert box.answered((1, 1), Status.RTHROTTLED, "", AT) is None
    assert box.ended(()) == [Returned(1)]


def test_receipts_are_wanted_of_the_last_and_of_failures() -> None:
    messages = messages_of("85512345678", LONG, MANNER, 65_535)
    assert messages is not None
    wanted = [one.registered_delivery for one in messages]
    assert wanted == [Registered.FAILURE, Registered.FAILURE, Registered.ALWAYS]
    references = [one.tlvs[Tag.USER_MESSAGE_REFERENCE] for one in messages]
    assert references == [b"\xff\xff", b"\0\0", b"\0\1"]
    assert [one.esm_class for one in messages] == [0x40] * 3
    silent = messages_of("85512345678", "a", Manner(sender_of("888"), receipts=False), 0)
    assert silent is not None
    assert (silent[0].registered_delivery, silent[0].esm_class) == (0, 0)


def test_senders_are_numbers_or_names() -> None:
    assert sender_of("888") == Address("888", 1, 1)
    assert sender_of("Smart") == Address("Smart", 5, 0)
    assert sender_of("888", 3, 0) == Address("888", 3, 0)


def test_every_status_has_a_verdict() -> None:
    assert {verdict_of(status) for status in Status} == set(Verdict)
    assert set(VERDICTS) <= set(Status)
    assert verdict_of(0x4FF) is Verdict.LATER


@given(
    st.lists(st.sampled_from(["a", LONG, "ក" * 200]), min_size=1, max_size=8),
    st.integers(1, 5),
    st.lists(st.sampled_from([0, 0, 0, Status.RTHROTTLED, Status.RSYSERR, Status.RINVDSTADR])),
)
def test_each_delivery_ends_once(texts: list[str], window: int, statuses: list[int]) -> None:
    box = outbox(window, texts=tuple(texts))
    under_way: list[Token] = []
    ends: list[int] = []
    at = 0
    while not box.is_empty or under_way:
        under_way += due(box, at)
        assert len(under_way) <= window
        at += 1_000
        if under_way:
            status = statuses.pop() if statuses else 0
            event = box.answered(under_way.pop(0), status, "x", Instant(at))
            if event is not None:
                ends.append(event.delivery_id)
    assert sorted(ends) == list(range(1, len(texts) + 1))
