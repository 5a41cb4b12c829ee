"""texts/: the words of the pack in every language that the operator offers."""

from fluent.syntax import FluentParser, ast
from fluent.syntax.serializer import FluentSerializer

from tenure.terms.documents import Folder
from tenure.terms.model import Bundle, Offer
from tenure.terms.operator_files import Operator
from tenure.terms.pricelist import Zone


def read_texts(
    folder: Folder,
    operator: Operator,
    named: tuple[tuple[Offer, ...], tuple[Bundle, ...], dict[str, Zone]],
) -> dict[str, dict[str, str]]:
    """The messages by language and id; every offer, bundle and zone has one in each language."""
    offers, bundles, zones = named
    needed = [f"offer-{offer.name}" for offer in offers]
    needed += [f"bundle-{bundle.name}" for bundle in bundles]
    needed += [f"zone-{zone}" for zone in zones]
    texts = {language: _messages(folder, language) for language in operator.languages}
    for language, messages in texts.items():
        for message in needed:
            if message not in messages:
                folder.note(
                    f"texts/{language}.ftl",
                    0,
                    f"the text {message} is missing in {language}",
                    f"add a line: {message} = …",
                    "GTC-LANG",
                )
    return texts


def _messages(folder: Folder, language: str) -> dict[str, str]:
    file = f"texts/{language}.ftl"
    text = folder.text(file)
    messages: dict[str, str] = {}
    if text is None:
        return messages
    serializer = FluentSerializer()
    for entry in FluentParser(with_spans=True).parse(text).body:
        line = text.count("\n", 0, entry.span.start) + 1 if entry.span else 0
        if isinstance(entry, ast.Junk):
            folder.note(file, line, "not a Fluent message", "write it as: name = text", "GTC-LANG")
        elif isinstance(entry, ast.Message) and entry.value is not None:
            if entry.id.name in messages:
                what = f"the text {entry.id.name} is there twice"
                folder.note(file, line, what, "remove one", "GTC-LANG")
            whole = serializer.serialize_entry(entry)
            messages[entry.id.name] = whole.partition("=")[2].strip()
    return messages
