"""Who proved who they are; pure."""

from tenure.promises.staff.model import Challenge, Invitation, Member, Proof, Refusal, Session
from tenure.promises.staff.rules.members import acting
from tenure.values.instant import Instant
from tenure.values.passkey import Passkey, Registration, RelyingParty, registered, verified
from tenure.values.refused import Refused

_AGAIN = "try again"


def challenged(member: Member | None, keys: int) -> Member | Refused[Refusal]:
    """The member, if they may try to prove who they are.  ``keys`` says how many they have."""
    found = acting(member)
    if isinstance(found, Member) and not keys:
        detail = "this login has no passkey; a supervisor can invite it: tenure staff invite"
        return Refused(Refusal.PASSKEY_MISSING, detail)
    return found


def proven(
    member: Member | None,
    challenge: Challenge | None,
    key: Passkey | None,
    proof: Proof,
    at: Instant,
    party: RelyingParty,
) -> int | Refused[Refusal]:
    """The key's new sign count, if the member signed their challenge in time, for the first time.

    ``key`` is the key of that name if it is the member's and has not ended.
    """
    found = acting(member)
    if isinstance(found, Refused):
        return found
    if challenge is None or challenge.login != proof.login:
        return Refused(Refusal.CHALLENGE_UNKNOWN, f"this challenge is not yours; {_AGAIN}")
    if challenge.used:
        return Refused(Refusal.CHALLENGE_USED, f"this challenge was signed before; {_AGAIN}")
    if at >= challenge.until:
        return Refused(Refusal.CHALLENGE_EXPIRED, f"that took too long; {_AGAIN}")
    count = None if key is None else verified(key, proof.assertion, proof.challenge, party)
    if count is None:
        detail = "this passkey does not prove that you own the login; use your own"
        return Refused(Refusal.NOT_PROVEN, detail)
    return count


def of_session(
    member: Member | None, session: Session | None, at: Instant
) -> Member | Refused[Refusal]:
    """Who is signed in.  A suspension ends a session at once."""
    if session is None:
        return Refused(Refusal.SESSION_UNKNOWN, "sign in")
    found = acting(member)
    if isinstance(found, Refused):
        return found
    if at >= session.until or session.ended_at is not None:
        return Refused(Refusal.SESSION_ENDED, "sign in again")
    return found


def invited(
    asker: Member, member: Member | None, other_supervisors: int
) -> Member | Refused[Refusal]:
    """The member, if the asker may invite them.

    Nobody gives themselves another key, unless there is nobody else who could.
    """
    if member is None:
        return Refused(Refusal.UNKNOWN_MEMBER, "no such login; see: tenure staff list")
    if asker.human_id == member.human_id and other_supervisors:
        return Refused(Refusal.OWN_INVITATION, "another supervisor has to invite you")
    return member


def accepted(
    member: Member | None,
    invitation: Invitation | None,
    shown: Registration,
    code_hash: bytes,
    at: Instant,
    party: RelyingParty,
) -> Passkey | Refused[Refusal]:
    """The key that was registered with an invitation; its challenge is the hash of the code."""
    if invitation is None:
        return Refused(Refusal.INVITATION_UNKNOWN, "no such code; type it as it was given to you")
    found = acting(member)
    if isinstance(found, Refused):
        return found
    if invitation.used:
        return Refused(Refusal.INVITATION_USED, "this code was used; a supervisor can give another")
    if at >= invitation.until:
        detail = "this code is too old; a supervisor can give another"
        return Refused(Refusal.INVITATION_EXPIRED, detail)
    key = registered(shown, code_hash, party)
    if key is None:
        return Refused(Refusal.NOT_PROVEN, "this passkey was not made for us; make it on this page")
    return key
