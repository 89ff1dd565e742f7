"""The agent put together: inputs, runner, spool and sender."""

from collections.abc import Sequence

from collectors.agent.identity import host_name
from collectors.agent.jobs import input_jobs
from collectors.agent.runner import Runner
from collectors.agent.selfmeasure import self_job
from collectors.agent.settings import Config
from collectors.registry import INPUTS


def collect_once(config: Config) -> list[str]:
    """Run every input once and return this machine's points as lines of line protocol."""
    lines: list[str] = []

    def take(more: Sequence[str]) -> None:
        lines.extend(more)

    Runner([*input_jobs(config, INPUTS), self_job()], config.agent.host or host_name(), take).once()
    return lines
