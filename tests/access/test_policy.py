"""Port 25 is refused and port 587 passes: read by other people's programs, and on a real router."""

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tenure.promises.access.rules import ip_filter_rules, nftables, pcc_rules
from tenure.terms import pack
from tests.access.given import FIGURES

ROUTER = Path(__file__).with_name("router.sh")
NOWHERE = pack.load("smartfren-id").terms.access.mail


def test_the_filter_of_rfc_6733() -> None:
    assert ip_filter_rules(FIGURES.mail) == ["deny in 6 from assigned to any 25"]
    assert ip_filter_rules(NOWHERE) == []


def test_the_rule_of_a_policy_function() -> None:
    told = json.loads(pcc_rules(FIGURES.mail))
    (rule,) = told["pccRules"].values()
    assert [flow["flowDescription"] for flow in rule["flowInfos"]] == [
        "permit out 6 from any 25 to assigned"
    ]
    (decision,) = [told["traffContDecs"][name] for name in rule["refTcData"]]
    assert decision["flowStatus"] == "DISABLED"
    assert json.loads(pcc_rules(NOWHERE)) == {}


@pytest.mark.peer("nft", "ip", "unshare", "mount", "sysctl")
@pytest.mark.parametrize("ports", [(25,), (25, 465), ()], ids=str)
def test_a_router_refuses_what_is_not_carried(tmp_path: Path, ports: tuple[int, ...]) -> None:
    """A phone, a router with our table, and a mail server, in network namespaces of their own."""
    table = tmp_path / "tenure.nft"
    mail = msgspec.structs.replace(FIGURES.mail, blocked_tcp_ports=ports)
    table.write_text(nftables(mail), encoding="utf-8")
    done = subprocess.run(
        ["unshare", "-rnm", "sh", str(ROUTER), str(table), sys.executable],  # noqa: S607 -- found as typed
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"LC_ALL": "C"},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    expected = {port: "refused" if port in ports else "passed" for port in (25, 465, 587)}
    assert done.stdout.split() == [f"{port}:{fate}" for port, fate in expected.items()]
