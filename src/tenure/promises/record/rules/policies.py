"""Whom a relying party trusts, as a file: the policy format of C2SP tlog-policy.

A quorum is one witness, or one group of witnesses; groups of groups are not read.
"""

from collections.abc import Sequence

from tenure.promises.record.model import Trust
from tenure.promises.record.rules.notes import Kind, MalformedError, key_of


def policy(trust: Trust, urls: Sequence[str] = ()) -> str:
    """The trust as a policy file; ``urls`` are those of the witnesses, in their order."""
    lines = [f"log {vkey}" for vkey in trust.logs]
    names = []
    for number, vkey in enumerate(trust.witnesses):
        names.append(vkey.partition("+")[0])
        url = f" {urls[number]}" if number < len(urls) else ""
        lines.append(f"witness {names[-1]} {vkey}{url}")
    lines.append(f"group witnesses {trust.quorum} {' '.join(names)}")
    lines.append("quorum witnesses")
    return "".join(f"{line}\n" for line in lines)


def trust_of(text: str) -> Trust:
    """Read a policy; MalformedError says which line is wrong."""
    return _read(text)[0]


def urls_of(text: str) -> dict[str, str]:
    """The URL of each witness of a policy that has one, by its verifier key."""
    return _read(text)[1]


def _read(text: str) -> tuple[Trust, dict[str, str]]:
    logs: list[str] = []
    witnesses: dict[str, str] = {}
    urls: dict[str, str] = {}
    groups: dict[str, tuple[int, list[str]]] = {}
    quorums: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        match line.split():
            case [] | ["#", *_]:
                pass
            case [first, *_] if first.startswith("#"):
                pass
            case ["log", vkey] | ["log", vkey, _]:
                logs.append(_key(vkey, Kind.NOTE, number))
            case ["witness", name, vkey, *url] if len(url) <= 1 and name not in witnesses:
                witnesses[name] = _key(vkey, Kind.COSIGNATURE, number)
                urls.update((vkey, each) for each in url)
            case ["group", name, least, *members] if members:
                groups[name] = (_least(least, len(members), number), members)
            case ["quorum", name]:
                quorums.append(name)
            case _:
                raise MalformedError(f"line {number} of the policy is none of tlog-policy")
    return _trust(logs, witnesses, groups, quorums), urls


def _key(vkey: str, kind: Kind, number: int) -> str:
    if key_of(vkey).kind is not kind:
        raise MalformedError(f"line {number} of the policy has a key of another kind")
    return vkey


def _least(text: str, count: int, number: int) -> int:
    words = {"all": count, "any": 1}
    least = words.get(text) or (int(text) if text.isascii() and text.isdecimal() else 0)
    if not 1 <= least <= count:
        raise MalformedError(f"line {number} of the policy has no possible number of witnesses")
    return least


def _trust(
    logs: Sequence[str],
    witnesses: dict[str, str],
    groups: dict[str, tuple[int, list[str]]],
    quorums: Sequence[str],
) -> Trust:
    if len(quorums) != 1:
        raise MalformedError("a policy has exactly one quorum")
    (name,) = quorums
    if name == "none":
        return Trust(tuple(logs), (), 0)
    least, members = groups.get(name, (1, [name]))
    unknown = [member for member in members if member not in witnesses]
    if unknown or len(set(members)) != len(members):
        raise MalformedError(f"the quorum of the policy names {members}, not witnesses once each")
    return Trust(tuple(logs), tuple(witnesses[member] for member in members), least)
