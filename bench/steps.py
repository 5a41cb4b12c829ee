"""Where the server's time for one Gy request goes: each pure step alone, in microseconds.

    python bench/steps.py

The steps are decode (bytes to ask), load (row to case), decide (rules), record (rows to binary
columns) and encode (answer to bytes).  What ``bench/gy.py`` reports as CPU per request beyond their
sum is the driver, the sockets and the event loop.
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from typing import Any, Final

from bench.ground import now
from bench.gy_client import STEPS, Template
from tenure.gateways.diameter.server.listener import Endpoint, settings_for
from tenure.gateways.diameter.translate.request import ask_of
from tenure.gateways.diameter.translate.response import Speaker
from tenure.gateways.diameter.wire.credit import asked_of
from tenure.gateways.diameter.wire.quick import quick_ccr
from tenure.postgres import arrays
from tenure.promises.charging import rules, store
from tenure.promises.charging.model import Answer, Ask, Case, Sessions
from tenure.promises.money import store as money
from tenure.promises.money.model import Entry, Purse
from tenure.promises.numbers.model import Line
from tenure.promises.tariffs import rules as tariffs
from tenure.terms import pack
from tenure.values.instant import DAY_MS, Instant
from tenure.values.msisdn import Imsi, Msisdn

ROUNDS: Final = 5
SESSIONS: Final = 400
BATCH: Final = 100
MSISDN: Final = b"85510000007"


class Options:
    """What the load client's templates ask for."""

    host_name = "bench.example.net"
    realm = "example.net"
    rating_groups = (100, 200)
    octets = 1_048_576
    used = 10_240
    plmn = "45606"


def requests() -> list[bytes]:
    """The five messages of a session, as the load client sends them."""
    options: Any = Options()
    found = []
    for step in range(len(STEPS)):
        template = Template(step, 1, len(MSISDN), options)
        ids = b"\0\0\0\1\0\0\0\1"
        session = b"bench.example.net;00000001;00000001;0000"
        found.append(
            template.head + ids + template.before + session + template.middle + MSISDN
            + template.after
        )  # fmt: skip
    return found


def timed(what: Callable[[], object], times: int) -> float:
    """Microseconds for one, the best of a few rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(times):
            what()
        best = min(best, time.perf_counter() - began)
    return best / times * 1e6


def sessions(book: tariffs.Book, asks: list[Ask]) -> tuple[float, list[Answer], list[Entry], Case]:
    """Microseconds to decide one ask over whole sessions, with what comes of them."""
    at = now()
    line = Line(
        Msisdn(MSISDN.decode()), Imsi("456060000000007"), 7, "prepaid", "en", bar_outgoing=False,
        bar_incoming=False, suspended=False, lost_at=None, postpaid=False,
    )  # fmt: skip
    end = Instant(at + 300 * DAY_MS)
    purse = Purse(7, 0, 0, 1_000_000_000, end, 0, 0, (), store.NO_SESSIONS)
    best = float("inf")
    answers: list[Answer] = []
    entries: list[Entry] = []
    case = Case(line, purse, Sessions())
    for _ in range(ROUNDS):
        case = Case(line, purse, Sessions())
        began = time.perf_counter()
        for _ in range(SESSIONS):
            case.sessions = Sessions()
            for ask in asks:
                decision = rules.decide(book, case, ask, {})
                case.purse, case.sessions = decision.purse, decision.sessions
                answers.append(decision.answer)
                entries.extend(decision.entries)
        best = min(best, time.perf_counter() - began)
    return best / SESSIONS / len(asks) * 1e6, answers[: len(asks)], entries, case


def main() -> None:
    """Measure each step; a request is the mean over a session of five."""
    gc.disable()
    book = tariffs.compile_book(pack.load("smart-kh"))
    settings = settings_for(book.terms, [Endpoint("127.0.0.1", 0)], now())
    raws = requests()
    at = now()

    def decode() -> list[Ask]:
        found = []
        for raw in raws:
            ccr = quick_ccr(raw)
            assert ccr is not None
            ask = ask_of(ccr, settings.terms, "bench.example.net|example.net", at)
            assert isinstance(ask, Ask)
            found.append(ask)
        return found

    asks = decode()
    decide, answers, entries, case = sessions(book, asks)
    opened = rules.decide(book, case, asks[0], {})
    blob = store.with_sessions(opened.purse, opened.sessions)
    line = case.line
    row = (
        line.msisdn, line.imsi, 7, line.offer, line.language, False, False, False, None, False,
        None, blob.seq, blob.version, blob.funds_micros, blob.funds_end, 0, 0, b"\x90",
        blob.sessions,
    )  # fmt: skip
    speaker = Speaker(settings.voice)
    ccrs = [quick_ccr(raw) for raw in raws]

    def encode() -> None:
        for ccr, ask, answer in zip(ccrs, asks, answers, strict=True):
            assert ccr is not None
            speaker.answer(asked_of(ccr), ask.service, answer, tgpp=True)

    def record() -> None:
        money.purse_columns([blob] * BATCH)
        money.entry_columns(entries[:BATCH])
        for _ in range(BATCH):
            store.with_sessions(opened.purse, opened.sessions)
        arrays.texts([MSISDN.decode()] * BATCH)

    steps = {
        "decode": timed(decode, 400) / len(raws),
        "load": timed(lambda: store.case_of(row), 2_000),
        "decide": decide,
        "record": timed(record, 20) / BATCH,
        "encode": timed(encode, 400) / len(raws),
    }
    steps["together"] = sum(steps.values())
    rounded = {name: round(value, 1) for name, value in steps.items()}
    json.dump({"micros_per_request": rounded, "message_octets": len(raws[1])}, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
