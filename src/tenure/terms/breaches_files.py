"""breaches.toml: the clocks of a breach, who has to be told, and in which words."""

import re
from typing import Final

from tenure.terms.breaches import AUDIENCES, BLANKS, NEEDED, Breaches
from tenure.terms.documents import Folder, Section
from tenure.terms.subjects import Words
from tenure.terms.wordings import words

FILE: Final = "breaches.toml"
HOURS_MAX: Final = 720
PEOPLE_MAX: Final = 1_000_000_000
WORDS_MAX: Final = 2000
BLANK: Final = re.compile(r"\{(\w*)\}")


def read_breaches(folder: Folder, languages: tuple[str, ...]) -> Breaches:
    """Hours, authority and drafts; each draft says what must be said, in every language."""
    top = folder.toml(FILE)
    clocks = top.section("clock")
    subject_hours = clocks.whole("subject_hours", 1, HOURS_MAX, 72)
    authority_hours = clocks.whole("authority_hours", 1, HOURS_MAX, 72)
    public_from = clocks.whole("public_from", 0, PEOPLE_MAX, 10_000)
    authority = words(clocks, "authority", languages, WORDS_MAX)
    clocks.done()
    drafts = top.section("draft")
    worded = {audience: _draft(drafts, audience, languages) for audience in AUDIENCES}
    drafts.done()
    top.done()
    return Breaches(subject_hours, authority_hours, public_from, authority, worded)


def _draft(section: Section, audience: str, languages: tuple[str, ...]) -> Words:
    found = words(section, audience, languages, WORDS_MAX)
    for language, text in found.items():
        blanks = set(BLANK.findall(text))
        for blank in sorted(blanks - set(BLANKS)):
            what = f"{audience} in {language} leaves {{{blank}}} open, which nothing fills"
            section.note(audience, what, f"the blanks are {', '.join(BLANKS)}")
        for blank in sorted(set(NEEDED) - blanks) if text else ():
            what = f"{audience} in {language} does not say {{{blank}}}"
            section.note(audience, what, "say which data, when, how, what is done, whom to ask")
    return found
