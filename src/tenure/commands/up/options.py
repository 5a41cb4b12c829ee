"""The options of ``tenure up``, each with its word of help, and what was typed for them."""

from pathlib import Path
from typing import Annotated, Final, TypeAlias

import msgspec
import typer

DEMO_MAX: Final = 2_000_000
RATE_MAX: Final = 5_000

Operator: TypeAlias = Annotated[
    str, typer.Option("--operator", help="The pack of terms: a name under operators/ or a path.")
]
Data: TypeAlias = Annotated[
    Path,
    typer.Option("--data", help="Where everything is kept, with an embedded PostgreSQL in it."),
]
Dsn: TypeAlias = Annotated[
    str | None,
    typer.Option("--dsn", help="A PostgreSQL 16 or newer of your own, not the embedded one."),
]
Diameter: TypeAlias = Annotated[str, typer.Option("--diameter", help="HOST:PORT for Gy/Ro.")]
Http: TypeAlias = Annotated[str, typer.Option("--http", help="HOST:PORT for the page.")]
PublicUrl: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--public-url",
        help="Where browsers find the page: https://NAME, or http://localhost:PORT if not given.",
    ),
]
Nchf: TypeAlias = Annotated[str, typer.Option("--nchf", help="HOST:PORT for 5G Nchf.")]
Certificate: TypeAlias = Annotated[
    Path | None, typer.Option("--tls-certificate", help="PEM file: Gy/Ro over TLS, with --tls-key.")
]
Key: TypeAlias = Annotated[Path | None, typer.Option("--tls-key", help="PEM file of its key.")]
Authority: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--tls-authority", help="PEM file: peers must show a certificate that it has signed."
    ),
]
Peers: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--peer", help="Admit this Diameter peer, by its Origin-Host; may be repeated."),
]
Identity: TypeAlias = Annotated[
    str,
    typer.Option("--identity", help="Our Origin-Host and Origin-Realm: HOST|REALM."),
]
Witnesses: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--witness",
        help="URL=VKEY of a witness that others run; repeat it. Without it, two run beside us.",
    ),
]
Hlr: TypeAlias = Annotated[
    str | None,
    typer.Option("--hlr", help="HOST:CTRLPORT:VTYPORT of osmo-hlr, to be told what is proven."),
]
HlrTrust: TypeAlias = Annotated[
    Path | None,
    typer.Option("--hlr-trust", help="Whom the network believes; DATA/network/trust.toml."),
]
Smpp: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--smpp", help="File of message centres and content providers; without it texts are files."
    ),
]
Mail: TypeAlias = Annotated[
    Path | None, typer.Option("--mail", help="File that names the server which takes our mail.")
]
UssdHlr: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--ussd-hlr",
        help="HOST:PORT/NAME of a register's GSUP, and what it calls us; may be repeated.",
    ),
]
UssdHttp: TypeAlias = Annotated[
    str | None,
    typer.Option("--ussd-http", help="HOST:PORT where aggregators post what is dialled."),
]
Handset: TypeAlias = Annotated[
    str, typer.Option("--handset", help="HOST:PORT for the phones of the demo; - for none.")
]
Demo: TypeAlias = Annotated[
    int,
    typer.Option("--demo", min=0, max=DEMO_MAX, help="Invent so many subscribers who use it."),
]
DemoRate: TypeAlias = Annotated[
    int, typer.Option("--demo-rate", min=1, max=RATE_MAX, help="Their requests a second.")
]
Clock: TypeAlias = Annotated[
    str,
    typer.Option("--clock", help="real, or an instant, or an instant and a speed: INSTANTxSPEED."),
]
AsJson: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Tell the live view as a JSON object a line.")
]


class Typed(msgspec.Struct, frozen=True):
    """What was typed."""

    operator: str
    data: Path
    dsn: str | None
    diameter: str
    http: str
    nchf: str
    tls: tuple[Path | None, Path | None, Path | None]
    """Certificate, key and authority."""
    peers: tuple[str, ...]
    identity: str
    demo: int
    demo_rate: int
    clock: str
    as_json: bool
    witnesses: tuple[str, ...] = ()
    hlr: str | None = None
    hlr_trust: Path | None = None
    public_url: str | None = None
    smpp: Path | None = None
    mail: Path | None = None
    ussd_hlr: tuple[str, ...] = ()
    ussd_http: str | None = None
    handset: str = "-"
