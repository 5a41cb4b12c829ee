"""The figures by which a service may be cut: traffic management, abuse, and mail."""

from tenure.terms.documents import Section
from tenure.terms.model import Access, Mail
from tenure.terms.quantities import Measures
from tenure.values.instant import DAY_MS, SECOND_MS

OVERLOAD_MAX_MS = 31 * DAY_MS
"""What lasts longer is no passing overload; the database refuses it as well."""
PORT_MAX = 65_535


def read_access(top: Section, measures: Measures) -> Access:
    """[traffic], [abuse] and [mail] of terms.toml."""
    traffic, abuse = top.section("traffic"), top.section("abuse")
    found = Access(
        overload_max_ms=_milliseconds(traffic, "overload_maximum", "24 h", measures),
        restriction_max_ms=_milliseconds(abuse, "restriction_maximum", "30 days", measures),
        mail=_mail(top.section("mail")),
    )
    for section in (traffic, abuse):
        section.done()
    if found.overload_max_ms > OVERLOAD_MAX_MS:
        traffic.note(
            "overload_maximum",
            "an overload of so long is not temporary",
            "write at most 31 days",
        )
    return found


def _milliseconds(section: Section, key: str, example: str, measures: Measures) -> int:
    def seconds(text: str) -> int:
        return measures.units(text, "seconds")

    return section.measure(key, example, seconds) * SECOND_MS


def _mail(section: Section) -> Mail:
    found = Mail(
        blocked_tcp_ports=tuple(
            _port(section, "blocked_tcp_ports", text)
            for text in section.texts("blocked_tcp_ports", r"\d{1,5}", "25")
        ),
        recommended_port=_port(
            section, "recommended_port", section.matching("recommended_port", r"\d{1,5}", "587")
        ),
        since=section.text("since", "2021-07-31"),
    )
    section.done()
    if found.recommended_port in found.blocked_tcp_ports:
        section.note(
            "recommended_port",
            "the port that is recommended is blocked",
            "recommend another port, or do not block it",
        )
    return found


def _port(section: Section, key: str, text: str) -> int:
    port = int(text) if text.isdecimal() else 0
    if text.isdecimal() and not 0 < port <= PORT_MAX:
        section.note(key, f"{key} has {port}, which is no port", "write a number up to 65535")
    return port
