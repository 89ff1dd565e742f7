"""From the configuration to what the runner runs."""

import functools
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from collectors.agent.runner import Job
from collectors.agent.settings import Config, InputSettings, ProbeSettings
from collectors.input import Input


def jobs_of(config: Config, inputs: Iterable[Input]) -> list[Job]:
    """Return a job for each input that the configuration leaves enabled, and one for the probe if it has devices."""
    jobs = [
        _job(each, _settled(config.inputs[each.name], config.data_dir))
        for each in inputs
        if config.inputs[each.name].enabled
    ]
    return jobs + _probe_jobs(config.probe)


def _job(declared: Input, chosen: InputSettings) -> Job:
    return Job(
        name=declared.name,
        measurements=declared.measurements,
        create=functools.partial(declared.create, chosen.own),
        interval_s=chosen.interval_s,
        timeout_s=chosen.timeout_s,
        available=declared.available,
    )


def _settled(chosen: InputSettings, data_dir: Path) -> InputSettings:
    """Return settings with a history file in the agent's directory, unless it names a place of its own."""
    file = chosen.own.get("history_file")
    return replace(chosen, own={**chosen.own, "history_file": str(data_dir / file)}) if file else chosen


def _probe_jobs(probe: ProbeSettings) -> list[Job]:
    if not probe.devices:
        return []
    # Imported where there are devices to ask: an agent without a probe does without its memory.
    from collectors.probe.input import probe_input

    declared = probe_input(probe.devices, probe.interval_s)
    chosen = InputSettings(enabled=True, interval_s=probe.interval_s, timeout_s=declared.timeout_s, own={})
    return [_job(declared, chosen)]
