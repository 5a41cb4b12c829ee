"""Short texts that stand in a file of figures, once for each language of the operator."""

from tenure.terms.documents import Section
from tenure.terms.subjects import Words


def words(section: Section, key: str, languages: tuple[str, ...], longest: int) -> Words:
    """The text in each language that is offered, and in no other; each problem is noted.

    ``longest`` is the most characters that one may have.
    """
    example = "{ " + ", ".join(f'{language} = "…"' for language in languages) + " }"
    section.has(key)
    given = section.values.get(key)
    if not isinstance(given, dict):
        section.note(key, f"[{section.name}] has no {key} in words", f"add {key} = {example}")
        return dict.fromkeys(languages, "")
    for language in languages:
        text = given.get(language)
        if not isinstance(text, str) or not text.strip() or len(text) > longest:
            what = f"{key} has no words in {language}"
            section.note(key, what, f"write {key} = {example}, at most {longest} characters each")
    for language in given:
        if language not in languages:
            what = f"{key} has words in {language}, which is not offered"
            section.note(key, what, f"the languages are {', '.join(languages)}")
    return {language: str(given.get(language, "")) for language in languages}
