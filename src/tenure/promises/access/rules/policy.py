"""What is not carried, in the words of who carries: packet gateways, policy functions, routers.

GTC-SMTP: mail between servers over TCP is not carried; a mail program uses another port.
"""

import json
from typing import Final

from tenure.terms.model import Mail

TCP: Final = 6
"""IANA protocol numbers."""
PRECEDENCE: Final = 10
"""Before whatever a policy function permits."""


def ip_filter_rules(mail: Mail) -> list[str]:
    """IPFilterRule (RFC 6733 section 4.3.1), as in NAS-Filter-Rule or Restriction-Filter-Rule.

    ``in`` is from the terminal; what no rule matches passes, since the last rule denies.
    """
    return [f"deny in {TCP} from assigned to any {port}" for port in mail.blocked_tcp_ports]


def pcc_rules(mail: Mail) -> str:
    """The rule as a policy function installs it (TS 29.512 section 5.6.2.6), in JSON.

    A flow description permits towards the terminal (TS 29.212 section 5.4.2), so a block is no
    ``deny`` but a gate that is closed (FlowStatus DISABLED), for both directions.
    """
    flows = [
        {
            "flowDescription": f"permit out {TCP} from any {port} to assigned",
            "flowDirection": "BIDIRECTIONAL",
        }
        for port in mail.blocked_tcp_ports
    ]
    if not flows:
        return "{}"
    rule = {
        "pccRuleId": "mail-between-servers",
        "precedence": PRECEDENCE,
        "flowInfos": flows,
        "refTcData": ["not-carried"],
    }
    decision = {"tcId": "not-carried", "flowStatus": "DISABLED"}
    told = {
        "pccRules": {"mail-between-servers": rule},
        "traffContDecs": {"not-carried": decision},
    }
    return json.dumps(told, indent=2)


def nftables(mail: Mail) -> str:
    """A table for a Linux router that forwards for subscribers: ``nft -f``.

    It refuses at once, so that a mail program can say what is wrong instead of waiting.
    """
    ports = ", ".join(map(str, mail.blocked_tcp_ports))
    refuse = f"        tcp dport {{ {ports} }} reject with tcp reset\n" if ports else ""
    return (
        "table inet tenure_access {\n"
        "    chain not_carried {\n"
        "        type filter hook forward priority filter; policy accept;\n"
        f"{refuse}"
        "    }\n"
        "}\n"
    )
