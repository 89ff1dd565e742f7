"""Fixtures of the agent's tests."""

from collections.abc import Iterator

import pytest

from tests.collectors.agent.fake_gateway import FakeGateway


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    with FakeGateway() as running:
        yield running
