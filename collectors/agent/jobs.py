"""From the configuration to what the runner runs."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from collectors.agent.runner import Job
from collectors.agent.settings import Config, InputSettings
from collectors.input import Input

ASSETS_FILE = "assets.json.gz"
"""The last list of what the probe found, in the agent's directory."""

_FILES = ("history_file", "state_file")
"""Settings of inputs that name a file."""


def jobs_of(config: Config, inputs: Iterable[Input], sends: bool = True) -> list[Job]:
    """Return a job for each input that the configuration leaves enabled, and those of the probe.

    Args:
        config: the settings in force.
        inputs: all inputs there are.
        sends: whether what they list is to be sent; if not, nothing is noted as sent either.
    """
    outbox_dir = config.outbox_dir if sends else None
    jobs = [
        _job(each, _settled(each, config.inputs[each.name], config.data_dir, outbox_dir))
        for each in inputs
        if config.inputs[each.name].enabled
    ]
    return jobs + _probe_jobs(config, outbox_dir)


def _job(declared: Input, chosen: InputSettings) -> Job:
    return Job(
        name=declared.name,
        measurements=declared.measurements,
        create=functools.partial(declared.create, chosen.own),
        interval_s=chosen.interval_s,
        timeout_s=chosen.timeout_s,
        available=declared.available,
    )


def _settled(declared: Input, chosen: InputSettings, data_dir: Path, outbox_dir: Path | None) -> InputSettings:
    """Return settings with files in the agent's directory, unless they name places of their own."""
    files = {key: str(data_dir / chosen.own[key]) for key in _FILES if chosen.own.get(key)}
    # Not a setting that people make: whoever sends needs it to be the agent's own.
    outbox = {"outbox": str(outbox_dir)} if declared.inventories and outbox_dir else {}
    return replace(chosen, own={**chosen.own, **files, **outbox})


def _probe_jobs(config: Config, outbox_dir: Path | None) -> list[Job]:
    """Return what the probe has to do; its modules are imported then only, so that other agents save their memory."""
    probe = config.probe
    if not (probe.devices or probe.subnets or probe.checks):
        return []
    return [_as_declared(each.declared) for each in probe_parts(config, outbox_dir) if each.is_asked_for]


@dataclass(frozen=True, slots=True)
class ProbePart:
    """One input of the probe.

    Attributes:
        declared: the input, with the settings in force.
        needs: the setting that asks for it.
        is_asked_for: whether the configuration has that setting.
    """

    declared: Input
    needs: str
    is_asked_for: bool


def probe_parts(config: Config, outbox_dir: Path | None = None) -> list[ProbePart]:
    """Return the probe's inputs, those that the configuration does not ask for too."""
    from collectors.probe.input import probe_input
    from collectors.probe.reachability.input import reachability_input

    probe = config.probe
    return [
        ProbePart(probe_input(probe.devices, probe.interval_s), "[[probe.device]]", bool(probe.devices)),
        ProbePart(_discovery_input(config, outbox_dir), "[probe] subnets", bool(probe.subnets)),
        ProbePart(reachability_input(probe.checks, probe.check_interval_s), "[[probe.check]]", bool(probe.checks)),
    ]


def _discovery_input(config: Config, outbox_dir: Path | None) -> Input:
    from collectors.inventory import ASSETS
    from collectors.inventory.outbox import Outbox
    from collectors.inventory.register import Register
    from collectors.probe.discovery.input import discovery_input
    from collectors.probe.discovery.plan import Plan

    probe = config.probe
    plan = Plan(probe.fence, probe.communities, float(probe.scan_rate), probe.scan_limit_s)
    register = Register(ASSETS, config.data_dir / ASSETS_FILE, Outbox(outbox_dir) if outbox_dir else None)
    state = config.data_dir / "discovery.json"
    return discovery_input(plan, state, register, probe.scan_interval_s, probe.vanish_after)


def _as_declared(declared: Input) -> Job:
    return _job(declared, InputSettings(True, declared.interval_s, declared.timeout_s, {}))


def registers_of(config: Config) -> list[Path]:
    """Return the files that hold the last lists sent."""
    named = [chosen.own["state_file"] for chosen in config.inputs.values() if chosen.own.get("state_file")]
    return [config.data_dir / each for each in (*named, ASSETS_FILE)]
