"""Where somebody who was erased could still be met: every page, every file, every figure."""

import re
from pathlib import Path
from typing import Final
from uuid import UUID

import httpx

from tenure.commands.exporting import desk as exporting
from tenure.commands.exporting.desk import Desk
from tenure.commands.exporting.serving import Serving
from tenure.gateways.spool.server import Spool
from tenure.gateways.web.session import visits
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy.model.exports import BY_THEMSELVES, Job, Kind, Scope, Whose
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Case, Purpose
from tenure.terms import pack
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tests.gateways.web.visiting import SECRET, Clock, browser, sign_in, site_over
from tests.numbers.asked import NEW, OLD
from tests.numbers.stocked import KH, msisdn
from tests.privacy.exporting import opened
from tests.privacy.rights_asked import OFFICER
from tests.staff.given import by

CASE: Final = str(UUID(int=9, version=4))
FIGURES: Final = ("/live", "/api/live")
FOR_ALL: Final = (
    *("/", "/updates", "/partner", "/consents", "/mine", "/sign-in", "/held"),
    *(f"/partner/{one.name}" for one in KH.privacy.disclosing.partners),
    *FIGURES,
)


async def pages(pool: Pool, folder: Path, at: Instant) -> dict[str, str]:
    """What strangers, the erased, the next holder, one of ours and the officer get to see."""
    site = site_over(pool, Clock(at))
    site.exporting = Serving(desk_over(pool, folder, at))
    found: dict[str, httpx.Response] = {}
    async with browser(site) as client:
        for path in FOR_ALL:
            found[path] = await client.get(path, follow_redirects=True)
        for person_id in (OLD, NEW):
            visit = visits.code_of(SECRET, person_id, at)
            found[f"/held of {person_id}"] = await client.post("/held", data={"visit": visit})
    async with browser(site) as client:
        asked = {"number": msisdn(0), "purpose": Purpose.COMPLAINT.value, "case": CASE}
        why = by("sok", at, "a letter")
        case = await perform(pool, staff.open_case, CASE, Purpose.COMPLAINT, msisdn(0), why)
        assert isinstance(case, Case), case
        asked["form"] = await sign_in(client, "sok")
        assert asked["form"], "one of ours is signed in"
        found["/requests"] = await client.get("/requests")
        found["/number"] = await client.post("/number", data=asked)
        found["/api/number"] = await client.post("/api/number", json=asked)
    async with browser(site) as client:
        assert await sign_in(client, OFFICER)
        for path in ("/desk", "/desk/endings"):
            found[path] = await client.get(path)
    for path, answer in found.items():
        assert answer.status_code in {200, 404}, (path, answer.status_code)
    return {path: answer.text for path, answer in found.items()}


def desk_over(pool: Pool, data: Path, at: Instant) -> Desk:
    """A desk that writes packages below a data folder."""
    return Desk(pool, KH, bytes(32), data / "exports", Clock(at).now, data / "keys" / "people")


async def told(pool: Pool, data: Path, at: Instant, out: Path) -> str:
    """All that is held about the person, as they read it who have the passphrase."""
    desk, whose = desk_over(pool, data, at), Whose(Kind.PERSON, OLD)
    begun = await exporting.ask(desk, whose, Scope.KNOW, "km", BY_THEMSELVES, None)
    assert not isinstance(begun, Refused), begun
    done = await exporting.run(desk, begun.job, BY_THEMSELVES)
    assert isinstance(done, Job), done
    opened(done, begun.passphrase, out)
    return (out / "held.json").read_text(encoding="utf-8")


async def sent(pool: Pool, data: Path, at: Instant) -> None:
    """What waits to be told leaves into the folder of texts."""
    spool = Spool(pool, pack.load("smart-kh"), data / "spool", Clock(at).now)
    try:
        assert await spool.deliver_all() is not None
    finally:
        spool.close()


def figures(text: str) -> str:
    """The live view without serials of cards of top-up, which are as long as numbers."""
    return re.sub(r"\bcard \d{12}\b", "card", text)


def files(*places: Path) -> dict[str, bytes]:
    """Every file below these, with its name; sockets and pipes hold nothing."""
    below = (path for place in places for path in (place, *place.rglob("*")))
    return {str(path): str(path).encode() + path.read_bytes() for path in below if path.is_file()}
