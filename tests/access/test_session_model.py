"""Seeded visits of two users against a naive model: who is in, which token is exchanged, what ends what."""

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from tests.access.houses import ANN, BOB, PASSWORD, House, in_house

from fairlead.domain.access.errors import AuthenticationError
from fairlead.domain.access.policy import AccessPolicy
from fairlead.domain.access.roles import Principal
from fairlead.services.access import TokenPair, still_counts

POLICY = AccessPolicy(access_s=60, leeway_s=0, refresh_s=200, session_s=500, failures_max=100)
STEPS = 120


@dataclass(slots=True, eq=False)
class ModelSession:
    """A session as the page describes it, in whole seconds since the start."""

    email: str
    opened_s: int
    is_open: bool = True


@dataclass(slots=True, eq=False)
class ModelPair:
    """A pair of tokens, real and as the page describes it."""

    session: ModelSession
    tokens: TokenPair
    made_s: int
    was_used: bool = False
    who: Principal | None = None


@dataclass(slots=True)
class Visits:
    """Both worlds side by side: every deed is done in the house and in the model, and the answers are compared."""

    house: House
    rng: Random
    now_s: int = 0
    pairs: list[ModelPair] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def is_session_on(self, session: ModelSession) -> bool:
        return session.is_open and self.now_s < session.opened_s + POLICY.session_s

    def is_in(self, pair: ModelPair) -> bool:
        return self.is_session_on(pair.session) and self.now_s < pair.made_s + POLICY.access_s

    async def login(self) -> None:
        email = self.rng.choice([ANN, BOB])
        tokens = await self.house.entry.login(email=email, password=PASSWORD)
        self.pairs.append(ModelPair(ModelSession(email, self.now_s), tokens, self.now_s))

    async def refresh(self) -> None:
        pair = self.rng.choice(self.pairs)
        is_in_time = self.now_s < pair.made_s + POLICY.refresh_s
        expected = not pair.was_used and is_in_time and self.is_session_on(pair.session)
        if expected:
            tokens = await self.house.entry.refresh(pair.tokens.refresh)
            pair.was_used = True
            self.pairs.append(ModelPair(pair.session, tokens, self.now_s))
            self.seen.add("rotated")
            return
        with pytest.raises(AuthenticationError) as refused:
            await self.house.entry.refresh(pair.tokens.refresh)
        assert refused.value.cause == ("reused" if pair.was_used else "ended")
        pair.session.is_open = pair.session.is_open and not pair.was_used
        self.seen.add(refused.value.cause)

    async def authenticate(self) -> None:
        pair = self.rng.choice(self.pairs)
        try:
            pair.who = await self.house.entry.authenticate(pair.tokens.access)
        except AuthenticationError:
            assert not self.is_in(pair)
            self.seen.add("out")
        else:
            assert self.is_in(pair)
            self.seen.add("in")

    async def logout(self) -> None:
        pair = self.rng.choice(self.pairs)
        if pair.who is not None and self.is_in(pair):
            await self.house.entry.logout(pair.who)
            pair.session.is_open = False
            self.seen.add("logged out")

    async def revoke_all(self) -> None:
        pair = self.rng.choice(self.pairs)
        if pair.who is not None and self.is_in(pair) and self.rng.random() < 0.3:
            await self.house.entry.revoke_all(pair.who)
            for other in self.pairs:
                other.session.is_open = other.session.is_open and other.session.email != pair.session.email
            self.seen.add("revoked")

    async def wait(self) -> None:
        seconds = self.rng.choice([0, 1, 59, 60, 61, 139])
        self.now_s += seconds
        self.house.clock.pass_s(seconds)

    async def check_live_sockets(self) -> None:
        for pair in self.pairs:
            if pair.who is not None:
                assert await still_counts(self.house.needs, pair.who) == self.is_in(pair)


@pytest.mark.parametrize("seed", range(3))
def test_visits_go_as_the_naive_model_says(tmp_path: Path, seed: int) -> None:
    async def story(house: House) -> None:
        await house.trader(ANN)
        await house.trader(BOB)
        visits = Visits(house, Random(seed))
        await visits.login()
        deeds = [visits.login, visits.logout, visits.revoke_all, visits.wait]
        deeds += [visits.refresh, visits.authenticate] * 3
        for _ in range(STEPS):
            await visits.rng.choice(deeds)()
        await visits.check_live_sockets()

        assert visits.seen >= {"rotated", "reused", "in", "out"}

    in_house(tmp_path, story, policy=POLICY)
