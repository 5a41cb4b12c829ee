"""Somebody of ours has answered a form of the website, and the answer waits for a server."""

import uuid

import msgspec

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.privacy.model.letters import Letter, NewAnswer
from tenure.promises.privacy.operations import Keys, letters, website
from tenure.promises.staff.model import Role
from tests.privacy.test_website import AT, TERMS, receive, sent
from tests.staff.given import by, enrolled


async def waiting(pool: Pool, keys: Keys, text: str) -> uuid.UUID:
    """The form whose answer waits."""
    await enrolled(pool, "dara", Role.CARE)
    await receive(pool, keys, sent(1))
    entry, case = uuid.UUID(int=1), str(uuid.UUID(int=77))
    asked = msgspec.structs.replace(by("dara", AT), reason="to answer it")
    await perform(pool, website.open_case, entry, case, asked)
    new = NewAnswer(entry, case, text)
    written = await perform(pool, letters.answer, TERMS, keys, new, by("dara", AT))
    assert isinstance(written, Letter), written
    return entry
