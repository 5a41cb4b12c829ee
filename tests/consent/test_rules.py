"""Yes and no as laws: every order of words, what stands, and what a repeat changes."""

import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.promises.consent import rules
from tenure.promises.consent.model import Event, Medium, Word
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tests.consent.given import AT, DARA, KH, act, no, yes

NOTICE = KH.consents.documents[1]
STEPS = st.lists(st.tuples(st.sampled_from(["yes", "no", "1204"]), st.integers(-3, 3)), max_size=12)


def told(steps: list[tuple[str, int]]) -> tuple[list[Event], list[tuple[str, Instant, bool]]]:
    """Says all of it one after the other; the words, and of each step whether it was refused."""
    events: list[Event] = []
    log = []
    at = AT
    for step, moves in steps:
        at = Instant(at + moves)
        last = rules.folded(events)
        if step == "yes":
            found = rules.given(yes("offers", media="sms"), last, KH, NOTICE, act(at))
        else:
            asked = no("offers", media="sms") if step == "no" else no(media="sms")
            found = rules.withdrawn(asked, last, KH, act(at))
        log.append((step, at, isinstance(found, Refused)))
        if not isinstance(found, Refused):
            events.extend(found)
    return events, log


@given(STEPS)
def test_every_order_of_words_ends_where_the_last_no_says(steps: list[tuple[str, int]]) -> None:
    """An oracle in plain words: a yes stands if no no was answered after it."""
    events, log = told(steps)

    said = [step for step, _, refused in log if not refused]
    expected = bool(said) and said[-1] == "yes"
    last = rules.folded(events).get(("offers", Medium.SMS))
    end = max([AT, *(at for _, at, _ in log), *(one.at for one in events)])
    assert rules.stands(last, KH.consents.purpose("offers"), end) is expected
    # A no is never refused, and never makes anything stand.
    assert not any(refused for step, _, refused in log if step != "yes")


@given(STEPS)
def test_words_are_a_chain_in_time(steps: list[tuple[str, int]]) -> None:
    events, _ = told(steps)
    chain = [one for one in events if one.purpose == "offers"]

    assert [one.seq for one in chain] == list(range(1, len(chain) + 1))
    for before, after in itertools.pairwise(chain):
        assert after.after is not None
        assert (after.after.word, after.after.at) == (before.word, before.at)
        assert after.at >= before.at
        assert after.word is not Word.WITHDRAWN or before.word is Word.GIVEN
        assert after.word is not Word.GIVEN or before.word is Word.GIVEN or after.at > before.at


@given(STEPS)
def test_a_repeat_changes_nothing(steps: list[tuple[str, int]]) -> None:
    events, log = told(steps)
    if not log or log[-1][2]:
        return
    again, _ = told([*steps, (steps[-1][0], 0)])
    assert again == events


@given(st.permutations(range(6)), STEPS)
def test_the_fold_does_not_depend_on_the_order_of_rows(
    order: list[int], steps: list[tuple[str, int]]
) -> None:
    events, _ = told(steps)
    shuffled = [events[place] for place in order if place < len(events)] + events[6:]
    assert rules.folded(shuffled) == rules.folded(events)


def test_one_yes_for_several_purposes_is_several_words() -> None:
    found = rules.given(yes("offers", "analysis", "offers"), {}, KH, NOTICE, act())
    assert not isinstance(found, Refused)
    assert len(found) == 4
    assert len({one.record_id for one in found}) == 4


@pytest.mark.parametrize("terms", [KH], ids=lambda terms: terms.operator)
def test_a_notice_that_is_not_in_force_is_agreed_to_by_nobody(terms: Terms) -> None:
    assert isinstance(rules.given(yes(), {}, terms, None, act()), Refused)


def test_the_versions_of_a_document_follow_each_other() -> None:
    first = NOTICE
    second = msgspec.structs.replace(
        first,
        version="2027-06",
        published_at=Instant(AT + 10),
        effective_from=Instant(AT + 40),
    )
    consents = msgspec.structs.replace(KH.consents, documents=(first, second))
    terms = msgspec.structs.replace(KH, consents=consents)

    def at(after: int) -> tuple[str, list[str]]:
        now = Instant(AT + after)
        found = rules.in_force(terms, "privacy-notice", now)
        assert found is not None
        return found.version, [one.version for one in rules.updates(terms, "privacy-notice", now)]

    assert at(9) == ("2025-10-23", ["2025-10-23"])
    assert at(10) == ("2025-10-23", ["2027-06", "2025-10-23"])
    assert at(39)[0] == "2025-10-23"
    assert at(40)[0] == "2027-06"


def test_a_yes_of_the_same_person_extends_one_that_would_end() -> None:
    purpose = KH.consents.purpose("partner-offers")
    assert purpose is not None
    first = rules.given(yes("partner-offers", media="sms"), {}, KH, NOTICE, act())
    assert not isinstance(first, Refused)
    last = rules.folded(first)
    asked = yes("partner-offers", media="sms", whose=DARA)
    same_day = rules.given(asked, last, KH, NOTICE, act(Instant(AT + 3_600_000)))
    next_day = rules.given(asked, last, KH, NOTICE, act(Instant(AT + 86_400_000)))
    assert same_day == ()
    assert not isinstance(next_day, Refused)
    assert [one.seq for one in next_day] == [2]
