"""The file that says whom the network believes: read exactly, or refused in words."""

import pytest

from tenure.commands.network import trust_text
from tenure.gateways.hlr.translate.trust import Trusted, UnusableTrustError, trusted_of
from tenure.promises.record.model import Trust
from tenure.terms import pack
from tests.gateways.hlr.dossiers import LOG, TRUST, WITNESSES

TERMS = pack.load("smart-kh").terms
WHOLE = trust_text(TRUST, TERMS)
DAY = 86_400


def test_what_tenure_prints_is_what_the_network_reads() -> None:
    assert trusted_of(WHOLE) == Trusted(
        TRUST, networks=TERMS.home_plmns, cooling_off=DAY, key_age=7 * DAY, rest=90 * DAY
    )


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("quorum = 2", "quorum = 0", "quorum of at least 1"),
        ("quorum = 2", "quorum = 3", "as many witnesses as the quorum"),
        ("approvals = 2", "approvals = 1", "nobody acts alone"),
        ("approvals = 2", 'approvals = "two"', "whole number"),
        ("approvals = 2", "approvals = true", "whole number"),
        ('rest = "90 days"', 'rest = "90"', "a span such as"),
        ('rest = "90 days"', "rest = 90", "a text in quotes"),
        ("quorum", "quorums", "nothing is called quorums"),
        (LOG.key.vkey, "no key", "logs: "),
        (WITNESSES[1].key.vkey, WITNESSES[0].key.vkey, "as many witnesses"),
        ("networks = [", "networks = [1, ", "a list of text"),
        ("quorum = 2", "quorum = ", "not TOML"),
    ],
)
def test_a_mistake_is_refused_in_words(before: str, after: str, words: str) -> None:
    assert before in WHOLE
    with pytest.raises(UnusableTrustError, match=words):
        trusted_of(WHOLE.replace(before, after))


def test_without_figures_the_strictest_hold() -> None:
    text = "\n".join(WHOLE.splitlines()[2:5])
    assert trusted_of(text) == Trusted(Trust(TRUST.logs, TRUST.witnesses, 2))
