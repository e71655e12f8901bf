"""Whether who came in a while ago may still be there: what a live socket asks about its owner."""

from fairlead.domain.access.people import User
from fairlead.domain.access.roles import Principal
from fairlead.services.access.needs import Needs

__all__ = ["still_counts"]


async def still_counts(needs: Needs, principal: Principal) -> bool:
    """Whether the proof of a principal has not ended, and neither its session or key nor its epoch was revoked.

    A role or an account that has changed ends it too: who stays must come in again with what they are.
    """
    now_ns = needs.clock.now_ns()
    if principal.until_ns is not None and now_ns >= principal.until_ns:
        return False
    user = await needs.users.by_id(principal.user_id)
    if user is None or (user.role, user.account) != (principal.role, principal.account):
        return False
    return await _is_live(needs, principal, user, now_ns=now_ns)


async def _is_live(needs: Needs, principal: Principal, user: User, *, now_ns: int) -> bool:
    if principal.session_id is not None:
        session = await needs.tokens.session(principal.session_id)
        return session is not None and session.is_live(now_ns=now_ns, epoch=user.epoch)
    if principal.key_id is not None:
        key = await needs.api_keys.find(principal.key_id)
        return key is not None and key.is_live(now_ns=now_ns, epoch=user.epoch)
    return False
