"""The order of a SIM change, and that being killed between any two steps does no harm."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.gateways.hlr.translate.steps import (
    MEANING_OF,
    STEPS_MAX,
    Close,
    Create,
    Delete,
    Meaning,
    Open,
    SetKeys,
    SetNumber,
    Step,
    TakeNumber,
    Way,
    command_of,
    meaning_of,
    next_step,
)
from tenure.gateways.hlr.translate.subscriber import (
    Believed,
    Milenage,
    Row,
    Unclear,
    Wanted,
    believed_of,
    rows_of,
)
from tenure.values.msisdn import Imsi, Msisdn
from tests.gateways.hlr.model import Model

NUMBER, OTHER = Msisdn("85512345678"), Msisdn("85512345679")
OLD, NEW, STRANGER = (Imsi(f"45606000000000{place}") for place in range(3))
OLD_KEYS, KEYS = (Milenage(bytes([n]) * 16, bytes([n + 1]) * 16) for n in (1, 3))


def held(imsi: Imsi, msisdn: Msisdn | None = NUMBER, *, is_open: bool = True) -> Believed:
    return Believed(imsi, msisdn, cs=is_open, ps=is_open, keys=OLD_KEYS)


def brought(model: Model, wanted: Wanted, steps_max: int = STEPS_MAX) -> list[Step]:
    taken: list[Step] = []
    while len(taken) < steps_max and (step := next_step(wanted, model.look(wanted))) is not None:
        model.take(step)
        taken.append(step)
    return taken


SALE = Wanted(NUMBER, OLD, OLD_KEYS, open=True)
CHANGE = Wanted(NUMBER, NEW, KEYS, open=True, gone=(OLD,))
BAR = Wanted(NUMBER, OLD, OLD_KEYS, open=False)
END = Wanted(NUMBER, None, None, open=False, gone=(OLD,))

ORDERS: Final[list[tuple[str, tuple[Believed, ...], Wanted, list[Step]]]] = [
    ("first sale", (), SALE,
     [Create(OLD), Close(OLD), SetKeys(OLD, OLD_KEYS), SetNumber(OLD, NUMBER), Open(OLD)]),
    ("nothing to do", (held(OLD),), SALE, []),
    ("SIM change", (held(OLD),), CHANGE,
     [Create(NEW), Close(NEW), SetKeys(NEW, KEYS), Close(OLD), TakeNumber(OLD),
      SetNumber(NEW, NUMBER), Delete(OLD), Open(NEW)]),
    ("bar all", (held(OLD),), BAR, [Close(OLD)]),
    ("half open is closed", (Believed(OLD, NUMBER, cs=True, ps=False, keys=OLD_KEYS),), BAR,
     [Close(OLD)]),
    ("half open is opened", (Believed(OLD, NUMBER, cs=True, ps=False, keys=OLD_KEYS),), SALE,
     [Open(OLD)]),
    ("lift the bar", (held(OLD, is_open=False),), SALE, [Open(OLD)]),
    ("the end", (held(OLD),), END, [Close(OLD), TakeNumber(OLD), Delete(OLD)]),
    ("another number on the same SIM", (held(OLD, OTHER),), SALE, [SetNumber(OLD, NUMBER)]),
    ("a stranger has the number", (held(STRANGER), held(OLD, None)), SALE,
     [Close(STRANGER), TakeNumber(STRANGER), SetNumber(OLD, NUMBER)]),
    ("the keys are unknown to us", (held(OLD),), Wanted(NUMBER, OLD, None, open=True), []),
]  # fmt: skip


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order[0])
def test_the_order(order: tuple[str, tuple[Believed, ...], Wanted, list[Step]]) -> None:
    _, before, wanted, steps = order
    assert brought(Model(before), wanted) == steps


def right(model: Model, wanted: Wanted) -> bool:
    """The independent judge: exactly the wanted SIM has the number, and the old ones are away."""
    having = [one for one in model.everybody() if one.msisdn == wanted.msisdn]
    if any(imsi in model.subscribers for imsi in wanted.gone):
        return False
    if wanted.imsi is None:
        return not having
    there = model.subscribers[wanted.imsi]
    return having == [there] and there.cs == there.ps == wanted.open and (
        wanted.keys is None or there.keys == wanted.keys
    )  # fmt: skip


NUMBERS = st.sampled_from([NUMBER, OTHER, None])


@st.composite
def registers(draw: st.DrawFn) -> tuple[Believed, ...]:
    """Any register of three SIMs that unique numbers allow."""
    found: list[Believed] = []
    numbers: set[Msisdn | None] = set()
    for imsi in draw(st.sets(st.sampled_from([OLD, NEW, STRANGER]))):
        number = draw(NUMBERS)
        if number in numbers:
            number = None
        numbers.add(number)
        keys = draw(st.sampled_from([None, OLD_KEYS, KEYS]))
        found.append(Believed(imsi, number, draw(st.booleans()), draw(st.booleans()), keys))
    return tuple(found)


WANTED = st.sampled_from([SALE, CHANGE, BAR, END])


@given(registers(), WANTED, st.lists(st.tuples(WANTED, st.integers(0, 8)), max_size=3))
def test_from_any_state_and_killed_anywhere_it_becomes_right(
    before: tuple[Believed, ...], wanted: Wanted, interrupted: list[tuple[Wanted, int]]
) -> None:
    model = Model(before)
    for other, steps in interrupted:
        brought(model, other, steps)
    bystanders = {one.imsi for one in model.everybody()} - {OLD, NEW}
    taken = brought(model, wanted)
    assert right(model, wanted)
    assert len(taken) < STEPS_MAX
    assert brought(model, wanted) == []
    assert bystanders <= set(model.subscribers)


@given(registers(), WANTED)
def test_two_sims_never_serve_one_number(before: tuple[Believed, ...], wanted: Wanted) -> None:
    """After the old SIM has lost the number, it is served for nothing."""
    model = Model(before)
    while (step := next_step(wanted, model.look(wanted))) is not None:
        if isinstance(step, TakeNumber | Delete):
            assert model.subscribers[step.imsi].closed
        if isinstance(step, Open):
            assert model.subscribers[step.imsi].msisdn == wanted.msisdn
            assert wanted.keys in (None, model.subscribers[step.imsi].keys)
        model.take(step)


@pytest.mark.parametrize(
    "step",
    [Create(NEW), SetKeys(NEW, KEYS), TakeNumber(OLD), Delete(OLD)],
)
def test_what_is_answered_goes_over_ctrl(step: Step) -> None:
    assert command_of(step).way is Way.CONTROL


@pytest.mark.parametrize(
    ("step", "change"),
    [
        (Close(OLD), "network-access-mode none"),
        (Open(OLD), "network-access-mode cs+ps"),
        (SetNumber(OLD, NUMBER), f"msisdn {NUMBER}"),
    ],
)
def test_what_the_network_must_hear_at_once_goes_over_the_terminal(step: Step, change: str) -> None:
    command = command_of(step)
    assert command.way is Way.TERMINAL
    assert command.variable == f"subscriber imsi {OLD} update {change}"


def test_no_key_and_no_number_is_in_a_repr() -> None:
    shown = repr([SALE, CHANGE, held(OLD), *(command_of(step) for step in ORDERS[2][3])])
    for secret in (NUMBER, OLD, NEW, KEYS.key.hex(), repr(KEYS.key)):
        assert secret not in shown


def test_an_unknown_refusal_is_for_a_person() -> None:
    assert meaning_of("No such subscriber.") is Meaning.NOBODY
    assert meaning_of("the disk is full") is Meaning.IMPOSSIBLE
    assert set(MEANING_OF.values()) == set(Meaning)


INFO = "\nid\t1\nimsi\t{}\nmsisdn\t{}\nnam_cs\t1\nnam_ps\t0\nms_purged_cs\t0\nlmsi\t00000000"
AUTH = "\naud3g.algo\tMILENAGE\naud3g.k\t{}\naud3g.opc\t{}\naud3g.ind_bitlen\t5\naud3g.sqn\t0"


def test_a_subscriber_is_read() -> None:
    info = INFO.format(OLD, NUMBER)
    assert believed_of(info) == Believed(OLD, NUMBER, cs=True, ps=False, keys=None)
    whole = info + AUTH.format(KEYS.key.hex(), KEYS.opc.hex())
    assert believed_of(whole) == Believed(OLD, NUMBER, cs=True, ps=False, keys=KEYS)
    without = info.replace(f"msisdn\t{NUMBER}\n", "")
    assert believed_of(without) == Believed(OLD, None, cs=True, ps=False, keys=None)


@pytest.mark.parametrize(
    "value",
    [
        "",
        INFO.format("", NUMBER),
        INFO.format(OLD, "none"),
        INFO.format(OLD, NUMBER) + f"\nimsi\t{NEW}",
        INFO.format(OLD, NUMBER).replace("nam_cs\t1", "nam_cs\t2"),
        INFO.format(OLD, NUMBER).replace("nam_ps\t0", ""),
    ],
)
def test_a_subscriber_that_is_unclear_is_not_guessed(value: str) -> None:
    assert isinstance(believed_of(value), Unclear)


@given(st.text(max_size=300))
def test_noise_is_unclear_and_no_accident(noise: str) -> None:
    believed_of(noise)
    rows_of(noise)


LIST = """\
ID     MSISDN        IMSI              IMEI              NAM
-----  ------------  ----------------  ----------------  -----
2      85512345679   456060000000000    -------------    CSPS  \n\
13     none          456060000000001   12345678901234    PS
 Subscribers Shown: 2"""


def test_the_list_of_all_is_read_and_must_add_up() -> None:
    assert rows_of(LIST) == [Row(OLD, OTHER, "CSPS"), Row(NEW, None, "PS")]
    assert isinstance(rows_of(LIST.replace("Shown: 2", "Shown: 3")), Unclear)
    assert isinstance(rows_of(LIST.partition("\n Sub")[0]), Unclear)
    assert rows_of("ID\n---\n% No matching subscriber(s)") == []
    assert isinstance(rows_of("% Unknown command."), Unclear)
