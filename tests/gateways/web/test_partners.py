"""Who goes to a platform of a partner is told before whose notice applies there (PRV-PARTNER)."""

import re
from html import unescape

import msgspec
import pytest

from tenure.gateways.web.translate import wording
from tenure.gateways.web.wire.pages import partners as pages
from tenure.postgres.pool import Pool
from tenure.terms import pack
from tests.gateways.web.visiting import Clock, browser, site_over

LINK = re.compile(r"""(?:href|src|action|content)=['"]([^'"]*)['"]""")
BEGIN = ("/", "/updates", "/partner", "/consents", "/mine", "/requests", "/sign-in", "/desk")
PAGES_MAX = 200


@pytest.mark.parametrize("name", pack.names())
async def test_before_a_partner_its_notice_is_told_in_every_language(pool: Pool, name: str) -> None:
    found = pack.load(name)
    site = msgspec.structs.replace(site_over(pool, Clock()), said=wording(found))
    assert found.terms.privacy.disclosing.partners
    async with browser(site) as client:
        for partner in found.terms.privacy.disclosing.partners:
            for language in found.terms.languages:
                told = await client.get(f"/partner/{partner.name}?language={language}")
                assert told.status_code == 200
                words = pages.WORDS[language]
                title = partner.title[language]
                assert words["notice"].format(title=title) in unescape(told.text)
                assert f"href='{partner.url}'" in told.text
                assert f"href='{partner.notice_url}'" in told.text
                assert told.text.index(words["notice"][-30:]) < told.text.index(partner.url)
        for strange in ("/partner/https://evil.example", "/partner/<script>", "/partner/nobody"):
            answer = await client.get(strange)
            assert answer.status_code == 404
            assert "evil.example" not in answer.text


async def test_no_page_leads_outside_but_through_it(pool: Pool) -> None:
    """Every page that can be reached, from wherever somebody begins."""
    site = site_over(pool, Clock())
    wait, seen, outside = list(BEGIN), set(BEGIN), set()
    async with browser(site) as client:
        while wait and len(seen) < PAGES_MAX:
            place = wait.pop()
            answer = await client.get(place)
            for link in map(unescape, LINK.findall(answer.text)):
                if re.match(r"(?i)([a-z][a-z0-9+.-]*:)?//|javascript:|data:", link):
                    outside.add((place.partition("?")[0], link))
                elif link.startswith("/") and link not in seen:
                    seen.add(link)
                    wait.append(link)
            assert not answer.headers.get("location", "").startswith("http")
    partners = site.said.terms.privacy.disclosing.partners
    assert {place for place, _ in outside} == {f"/partner/{one.name}" for one in partners}
    assert {link for _, link in outside} == {
        url for one in partners for url in (one.url, one.notice_url)
    }
    assert len(seen) > len(BEGIN) + 4, "links were followed"
