"""Whatever a publisher does, in whatever order, with whichever keys: who followed can follow, and nothing goes back."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from geopolicy.update.publish import Change
from publisher import KEYS, LOOSER, Publisher, Vehicle, secret

roles = st.sampled_from(list(KEYS))


class PublisherMachine(RuleBasedStateMachine):
    """A publisher at work, one vehicle that looks after each step, and one that looks now and then."""

    @initialize()
    def begin(self):
        self.place = tempfile.TemporaryDirectory()
        self.publisher = Publisher(Path(self.place.name)).released()
        self.revision = self.published = 1
        self.often, self.seldom = Vehicle(self.publisher), Vehicle(self.publisher)
        self.seldom.refresh(self.publisher.now)
        self.before = {}

    @rule(names=st.sets(st.sampled_from(["depot", "port", "yard"]), min_size=1))
    def add(self, names):
        self.revision += 1
        self.publisher.add(self.revision, wanted=LOOSER, names=sorted(names), issued=self.publisher.now)

    @rule(some=st.sets(roles))
    def sign_with_some_keys(self, some):
        self.publisher.sign(*(some or ["nobody"]))

    @rule()
    def sign_with_all_keys(self):
        self.publisher.sign()
        standing = self.publisher.repository.status(self.publisher.now)
        assert [lack for lack in standing.lacks if len(lack.keyids) >= lack.missing] == []
        self.published = self.revision

    @rule(role=roles)
    def rotate(self, role):
        old = self.publisher.keyids(role)[0]
        new = self.publisher.file.make_key(role, secret)
        self.publisher.repository.rotate(role, Change([new], [old]), self.publisher.now)

    @rule(hours=st.integers(1, 20))
    def wait(self, hours):
        self.publisher.now += timedelta(hours=hours)
        self.publisher.sign("snapshot", "timestamp")

    @rule()
    def look_seldom(self):
        self.seldom.refresh(self.publisher.now)

    @invariant()
    def who_followed_can_follow_and_no_version_falls(self):
        target = self.often.found("fleet.gpol", self.publisher.now)
        target.verify_length_and_hashes(
            (self.publisher.repository.folder / "targets" / target.get_prefixed_paths()[0]).read_bytes()
        )
        versions = self.often.versions()
        assert all(versions[role] >= version for role, version in self.before.items())
        self.before = versions
        Vehicle(self.publisher).refresh(self.publisher.now)  # and who begins with the first root, too

    def teardown(self):
        if hasattr(self, "place"):
            self.seldom.refresh(self.publisher.now)
            self.place.cleanup()


TestPublisher = PublisherMachine.TestCase
TestPublisher.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
