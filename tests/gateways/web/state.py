"""A moment of the live view, and a number, as tests show them."""

from tenure.gateways.web.wire.pages import Frame
from tenure.gateways.web.wire.shapes import Happening, LineView, Live, Part, Refused, Traffic
from tenure.gateways.web.wire.stories import (
    Content,
    Proof,
    Record,
    Row,
    Signing,
    Story,
    Told,
    Waiting,
)

CALL = Happening(
    time="08:14:03",
    number="…78",
    sentence="Called …21, 2 min (other networks in Cambodia)",
    detail="2 min at USD 0.05 per minute (tariff 2026-10, day).",
    amount="USD 0.10",
    after="USD 4.32 left",
)
TOP_UP = Happening(
    time="08:14:01",
    number="…90",
    sentence="USD 5.00 added with card 000000000012",
    detail="All funds are usable until 2026-12-22 08:14:01.",
    amount="+USD 5.00",
    after="USD 5.41 left",
)
LIVE = Live(
    operator="Smart Axiata",
    version="0.1.0",
    time="Sunday 22 November 2026, 08:14:04 +07:00",
    simulated=False,
    uptime="3 min 12 s",
    lines=10_000,
    traffic=(
        Traffic("Diameter Gy/Ro", "127.0.0.1:3868", 184, 28_114, 2_310, 4_120, 6_900),
        Traffic("5G Nchf", "127.0.0.1:8090", 0, 0, 0, 0, 0),
    ),
    history=tuple(range(100, 190)),
    latency=tuple(range(3_000, 3_090)),
    charges=(CALL,) * 14,
    topups=(TOP_UP,) * 14,
    refusals=(
        Refused("CREDIT_EXHAUSTED", "not enough money or allowance", 41),
        Refused("UNKNOWN_SUBSCRIBER", "no line has this number", 17),
    ),
    store="PostgreSQL 18.6 in .tenure: 412 MB, answers in 0.3 ms",
    store_well=True,
    page="http://127.0.0.1:8080/",
    demo="10,000 invented subscribers call, text, browse and top up.",
)
LINE = LineView(
    number="+855 12 345 678",
    offer="Smart Prepaid",
    stage="Active",
    stage_words="Everything works until 21 December 2026.",
    well=True,
    funds="USD 4.32",
    validity="usable until 21 December 2026, 14:03",
    parts=(Part("5 GB for 7 days", "4.1 GB", "until 27 November 2026, 10:20"),),
    sessions=(Part("Voice since 08:13:50", "USD 0.10 held", "nothing reported yet"),),
    charges=(CALL,),
)
FRAME = Frame("Smart Axiata", "Sunday 22 November 2026, 08:14:04 +07:00", party="localhost")
SIGNED_IN = Frame("Smart Axiata", login="sok", form="f" * 64, alerts=("chan broke the glass",))
DEMO = Frame("Smart Axiata", demo=True)
PURPOSES = {"care": "The holder asked for it", "break-glass": "Break-glass"}
PROVED = Proof(12, "proved in the record: leaf 11, cosigned by one and two", '{"leaf": "12"}\n')
STORY = Story(
    holders=(Row("Sok Dara", "since 1 May 2026, 10:00:00", "bought it"),),
    sims=(Row("SIM …1234", "since 1 May 2026, 10:00:00", "in use"),),
    coming=(Row("Outgoing use stops", "21 December 2026, 14:03:00"),),
    keeps=(Row("Locked by its holder", "since 2 May 2026, 10:00:00"),),
    requests=(Row("A transfer to another holder", "waits for 2 approvals"),),
    measures=(Row("Restriction of data", "since yesterday", "Clause GTC-ABUSE: spam"),),
    told=(Told("2 May 2026, 10:00:00", "Told that the number is locked.", "waits to be sent"),),
    events=(
        Told("2 May 2026, 10:00:00", "The holder locked the number.", "", Proof(13, "waits")),
        Told("1 May 2026, 10:00:00", "The number was sold.", "", PROVED),
    ),
    alarms=("The tables and the record differ.",),
)
RECORD = Record((Row("Last checkpoint", "12 leaves"),), ("chan has broken the glass",))
WAITING = Waiting(
    "b1c1a3f0-0000-4000-8000-000000000001", "A transfer", "…78", "asked", "2 approvals"
)
CONTENT = Content(
    request_id=WAITING.request_id,
    title="A transfer to another holder",
    rows=(Row("Number", "+855 12 345 678"), Row("To be held by", "Chan Bopha")),
    body='{"kind":"transfer"}',
    fingerprint="ab" * 32,
    waits=("2 approvals",),
    given=("lina",),
)
SIGNING = Signing("Y2hhbGxlbmdl", "localhost", ("a2V5",))
