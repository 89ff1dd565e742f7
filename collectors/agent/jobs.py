"""From the configuration to what the runner runs."""

import functools
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from collectors.agent.runner import Job
from collectors.agent.settings import Config, InputSettings, ProbeSettings
from collectors.input import Input


def jobs_of(config: Config, inputs: Iterable[Input]) -> list[Job]:
    """Return a job for each input that the configuration leaves enabled, and those of the probe."""
    jobs = [
        _job(each, _settled(config.inputs[each.name], config.data_dir))
        for each in inputs
        if config.inputs[each.name].enabled
    ]
    return jobs + _probe_jobs(config)


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


def _probe_jobs(config: Config) -> list[Job]:
    """Return what the probe has to do; its modules are imported then only, so that other agents save their memory."""
    probe = config.probe
    jobs = [_device_job(probe)] if probe.devices else []
    jobs += [_discovery_job(config)] if probe.subnets else []
    return jobs + ([_reachability_job(probe)] if probe.checks else [])


def _device_job(probe: ProbeSettings) -> Job:
    from collectors.probe.input import probe_input

    return _as_declared(probe_input(probe.devices, probe.interval_s))


def _discovery_job(config: Config) -> Job:
    from collectors.inventory import ASSETS
    from collectors.inventory.outbox import Outbox
    from collectors.inventory.register import Register
    from collectors.probe.discovery.input import discovery_input
    from collectors.probe.discovery.plan import Plan

    probe = config.probe
    plan = Plan(probe.fence, probe.communities, float(probe.scan_rate), probe.scan_limit_s)
    register = Register(ASSETS, config.data_dir / "assets.json.gz", Outbox(config.data_dir / "inventory"))
    state = config.data_dir / "discovery.json"
    return _as_declared(discovery_input(plan, state, register, probe.scan_interval_s, probe.vanish_after))


def _reachability_job(probe: ProbeSettings) -> Job:
    from collectors.probe.reachability.input import reachability_input

    return _as_declared(reachability_input(probe.checks, probe.check_interval_s))


def _as_declared(declared: Input) -> Job:
    return _job(declared, InputSettings(True, declared.interval_s, declared.timeout_s, {}))
