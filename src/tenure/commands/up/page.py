"""The page of a running Tenure: where browsers find it, and what its handlers have at hand."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tenure.commands.demo.shopping import LOGIN
from tenure.commands.exporting import serving
from tenure.commands.up import opening
from tenure.commands.up.addresses import Address
from tenure.commands.up.trouble import CannotRunError
from tenure.gateways.web.server import Site
from tenure.gateways.web.translate import wording
from tenure.gateways.web.wire.shapes import Live
from tenure.postgres.pool import Pool
from tenure.terms.pricelist import Pack
from tenure.values.instant import Instant
from tenure.values.passkey import COMMAND_LINE, RelyingParty

LOCAL: Final = "localhost"
SECRET: Final = "page"  # noqa: S105 -- the name of a file


def public_url(typed: str | None, http: Address) -> str:
    """Where browsers find the page; CannotRunError when no passkey could be used there."""
    if typed is None:
        return f"http://{LOCAL}:{http.port}"
    wrong = CannotRunError(
        f"--public-url {typed}: write https://NAME, as browsers find the page (passkeys work over"
        f" HTTPS only, and on http://{LOCAL}:{http.port})"
    )
    try:
        parts = urlsplit(typed)
        name, port = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    local = parts.scheme == "http" and name == LOCAL
    if not name or not (local or parts.scheme == "https") or parts.path.strip("/"):
        raise wrong
    if parts.query or parts.fragment or parts.username is not None:
        raise wrong
    usual = port is None or (parts.scheme, port) in {("https", 443), ("http", 80)}
    return f"{parts.scheme}://{name}{'' if usual else f':{port}'}"


def party_of(url: str) -> RelyingParty:
    """Whom passkeys are for: the name of the page, and no port (WebAuthn section 5.1.2)."""
    return RelyingParty(urlsplit(url).hostname or LOCAL, (COMMAND_LINE, url))


def site_of(
    pack: Pack,
    data: Path,
    url: str,
    pool: Pool,
    live: Callable[[], Live],
    now: Callable[[], Instant],
    witnesses: Callable[[], Sequence[str]],
    *,
    demo: bool,
) -> Site:
    """What the handlers of the page have at hand."""
    return Site(
        pool=pool,
        said=wording(pack),
        live=live,
        now=now,
        fresh=os.urandom,
        secret=opening.secret(data, SECRET),
        party=party_of(url),
        url=url,
        demo=LOGIN if demo else "",
        witnesses=witnesses,
        exporting=serving.Serving(serving.desk_of(pool, pack.terms, data, now)),
    )
