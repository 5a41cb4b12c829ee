"""A moment of the live view, and a number, as tests show them."""

from tenure.gateways.web.wire.shapes import Happening, LineView, Live, Part, Refused, Traffic

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
