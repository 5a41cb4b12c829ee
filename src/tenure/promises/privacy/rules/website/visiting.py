"""What is kept of an answer about cookies, and of a visit that was agreed to; pure."""

import hashlib
import ipaddress
import re
from typing import Final
from uuid import UUID

from tenure.promises.privacy.model.website import CookieAnswer, Visit
from tenure.terms.website import Banner, Category
from tenure.values.instant import Instant

BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
OTHER: Final = "other"
_PAGE: Final = re.compile(r"/[a-z0-9/-]{0,120}")


def text_of(banner: Banner, categories: tuple[Category, ...], language: str) -> str:
    """All that is told before somebody answers, as it is hashed for the proof."""
    told = [banner.text[language]]
    for one in categories:
        told += [one.title[language], one.text[language]]
    return "\n".join(told)


def answered(  # noqa: PLR0913 -- who, when, to what, and what
    consent_id: UUID,
    at: Instant,
    banner: Banner,
    categories: tuple[Category, ...],
    language: str,
    *,
    convenience: bool,
    visits: bool,
) -> CookieAnswer:
    """The proof of an answer: which text, in which language, what, when; no address, no name."""
    until = Instant(at + banner.valid_ms)
    shown = text_of(banner, categories, language)
    return CookieAnswer(
        consent_id=consent_id,
        at=at,
        version=banner.version,
        text_sha256=hashlib.sha256(shown.encode()).digest(),
        language=language,
        convenience=convenience,
        visits=visits,
        until=until,
        keep_until=Instant(until + banner.keep_ms),
    )


def address_in_part(address: str) -> str:
    """The first half of an IPv4 address, the first 32 bits of an IPv6 one; "" for anything else."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        if mapped is None:
            network = ipaddress.ip_network((found, 32), strict=False)
            first, second = network.network_address.exploded.split(":")[:2]
            return f"{first}:{second}::/32"
        found = mapped
    return f"{ipaddress.ip_network((found, 16), strict=False)}"


def seen(
    visit_id: UUID,
    answer: tuple[UUID, Instant],
    at: Instant,
    about: tuple[str, str, str],
    keep: int,
) -> Visit | None:
    """WEB-COOKIE: what is recorded of one page; None for a page of no known form.

    ``about`` is address, User-Agent and path.  Of the address its first part is kept, of the agent
    the kind of browser and system, of the page its path.
    """
    address, agent, page = about
    if not _PAGE.fullmatch(page):
        return None
    return Visit(
        visit_id=visit_id,
        at=at,
        address=address_in_part(address),
        browser=next((name for mark, name in BROWSERS if mark in agent), OTHER),
        system=next((name for mark, name in SYSTEMS if mark in agent), OTHER),
        page=page,
        consent_id=answer[0],
        answered_at=answer[1],
        keep_until=Instant(at + keep),
    )
