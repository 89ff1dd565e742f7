"""From the configuration to what the runner runs."""

import functools
from collections.abc import Iterable

from collectors.agent.runner import Job
from collectors.agent.settings import Config
from collectors.input import Input


def input_jobs(config: Config, inputs: Iterable[Input]) -> list[Job]:
    """Return a job for each input that the configuration leaves enabled."""
    return [_job(config, each) for each in inputs if config.inputs[each.name].enabled]


def _job(config: Config, declared: Input) -> Job:
    chosen = config.inputs[declared.name]
    return Job(
        name=declared.name,
        measurements=declared.measurements,
        create=functools.partial(declared.create, chosen.own),
        interval_s=chosen.interval_s,
        timeout_s=chosen.timeout_s,
        available=declared.available,
    )
