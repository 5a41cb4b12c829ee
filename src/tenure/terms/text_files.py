"""texts/: the words of the pack in every language that the operator offers."""

from collections.abc import Mapping
from typing import Final

from fluent.syntax import FluentParser, ast
from fluent.syntax.serializer import FluentSerializer
from fluent.syntax.visitor import Visitor as FluentVisitor

from tenure.terms.documents import Folder
from tenure.terms.model import Bundle, Offer
from tenure.terms.notice_kinds import ALWAYS, NoticeClass, NoticeKind, facts_of, said_of
from tenure.terms.operator_files import Operator
from tenure.terms.pricelist import Zone

LETTER: Final[Mapping[str, frozenset[str]]] = {
    # Others may read a subject over somebody's shoulder: it names no number.
    **{f"letter-subject-{one.value}": frozenset({"operator"}) for one in NoticeClass},
    "letter-body": frozenset({"operator", "number", "care", "text"}),
    "letter-subject-code": frozenset({"operator"}),
    "letter-code": frozenset({"operator", "care", "code", "until_at"}),
}
"""What goes around the text of a notice that is sent by e-mail, the letter that brings a code to an
address, and what they may name."""


def read_texts(
    folder: Folder,
    operator: Operator,
    named: tuple[tuple[Offer, ...], tuple[Bundle, ...], dict[str, Zone]],
) -> dict[str, dict[str, str]]:
    """The messages by language and id; every offer, bundle, zone and notice has one in each."""
    offers, bundles, zones = named
    needed = [f"offer-{offer.name}" for offer in offers]
    needed += [f"bundle-{bundle.name}" for bundle in bundles]
    needed += [f"allowance-{one.name}" for bundle in bundles for one in bundle.allowances]
    needed += [f"zone-{zone}" for zone in zones]
    needed += [kind.text_id for kind in NoticeKind]
    needed += list(LETTER)
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
    named = {kind.text_id: ALWAYS | facts_of(kind) for kind in NoticeKind} | dict(LETTER)
    must = {kind.text_id: said_of(kind) for kind in NoticeKind}
    must |= {"letter-body": frozenset({"text"}), "letter-code": frozenset({"code", "until_at"})}
    return read_messages(folder, f"texts/{language}.ftl", named, must)


def read_messages(
    folder: Folder,
    file: str,
    named: Mapping[str, frozenset[str]],
    must: Mapping[str, frozenset[str]],
) -> dict[str, str]:
    """The messages of a file by id: each may name only what ``named`` says, and has to what
    ``must`` says; what neither knows names nothing."""
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
            _note_unknown(folder, (file, line), entry, named.get(entry.id.name, frozenset()))
            _note_unsaid(folder, (file, line), entry, must.get(entry.id.name, frozenset()))
    return messages


class _Names(FluentVisitor):
    """Collects what a text names."""

    def __init__(self) -> None:
        self.variables: set[str] = set()
        self.others: set[str] = set()
        self.words = ""

    def visit_TextElement(self, node: ast.TextElement) -> None:  # noqa: N802 -- its name
        self.words += node.value

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802 -- its name
        self.variables.add(node.id.name)

    def visit_MessageReference(self, node: ast.MessageReference) -> None:  # noqa: N802 -- its name
        self.others.add(node.id.name)

    def visit_TermReference(self, node: ast.TermReference) -> None:  # noqa: N802 -- its name
        self.others.add(f"-{node.id.name}")

    def visit_FunctionReference(self, node: ast.FunctionReference) -> None:  # noqa: N802 -- its name
        self.others.add(f"{node.id.name}()")


def _note_unknown(
    folder: Folder, where: tuple[str, int], message: ast.Message, known: frozenset[str]
) -> None:
    """A text that names what nobody fills in would reach a subscriber with a hole in it."""
    names = _Names()
    names.visit(message)
    unknown = sorted({f"${name}" for name in names.variables - known} | names.others)
    if unknown:
        what = f"the text {message.id.name} names {', '.join(unknown)}, which nobody fills in"
        told = ", ".join(f"${name}" for name in sorted(known)) or "nothing"
        folder.note(*where, what, f"it may name {told}", "GTC-LANG")


def _note_unsaid(
    folder: Folder, where: tuple[str, int], message: ast.Message, must: frozenset[str]
) -> None:
    """A text that leaves something out would tell the readers of one language less than others."""
    names = _Names()
    assert message.value is not None
    names.visit(message.value)
    if not names.variables and not names.words.strip():
        folder.note(*where, f"the text {message.id.name} is empty", "write it", "GTC-LANG")
    unsaid = sorted(f"${name}" for name in must - names.variables)
    if unsaid:
        what = f"the text {message.id.name} does not name {', '.join(unsaid)}"
        folder.note(*where, what, "name it, as the other languages do", "GTC-LANG")
