"""The agent's settings: one TOML file, read here and nowhere else."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from collectors.agent import paths
from collectors.agent.config_file import SECRETS, ConfigError, ConfigFile, Table
from collectors.agent.setting import FLAG, kind_of, settings_of
from collectors.agent.settings import (
    INPUT_INTERVAL,
    INPUT_TIMEOUT,
    SECTIONS,
    AgentSettings,
    Config,
    GatewaySettings,
    InputSettings,
    ProbeCheck,
    ProbeDevice,
    ProbeSettings,
    SpoolSettings,
)
from collectors.agent.wording import fill
from collectors.input import Input
from collectors.probe.discovery.fence import FenceError, fence_of
from collectors.probe.reachability.check import Check, make_check
from collectors.probe.target import AuthProtocol, PrivProtocol, ProbeTarget, SnmpVersion, TargetError, V3Credentials
from collectors.text import Text

Section = TypeVar("Section")

_UNREADABLE = Text("設定ファイル{path}を読めません: {why}", "cannot read the configuration file {path}: {why}")
_NOT_UTF8 = Text(
    "設定ファイル{path}がUTF-8ではありません。UTF-8で保存し直してください",
    "the configuration file {path} is not UTF-8; save it as UTF-8",
)
_FILE = Text("{key}が指すファイル{path}を読めません: {why}", "{key} names {path}, which cannot be read: {why}")
_BAD_CHECK = Text("この確認の設定は使えません: {why}", "this check's settings cannot be used: {why}")
_BAD_DEVICE = Text("この機器の設定は使えません: {why}", "this device's settings cannot be used: {why}")


def load(path: Path | None, inputs: Iterable[Input]) -> Config:
    """Read the configuration file.

    Args:
        path: the file; None for the default path, which may be absent.
        inputs: all inputs there are.

    Raises:
        ConfigError: the file cannot be read, or something in it cannot be used.
    """
    chosen = path or paths.config_path()
    try:
        text = chosen.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        if path is not None:
            raise ConfigError(fill(_UNREADABLE, path=path, why=error.strerror)) from None
        return parse("", None, inputs)
    except OSError as error:
        raise ConfigError(fill(_UNREADABLE, path=chosen, why=error.strerror)) from None
    except UnicodeDecodeError:
        raise ConfigError(fill(_NOT_UTF8, path=chosen)) from None
    return parse(text, chosen, inputs)


def parse(text: str, path: Path | None, inputs: Iterable[Input]) -> Config:
    """Make the settings of a file's text.

    Raises:
        ConfigError: something in it cannot be used.
    """
    top = ConfigFile(text, path or Path("agent.toml")).top()
    top.refuse_unknown([*SECTIONS, "inputs", "probe"])
    return Config(
        agent=_section(AgentSettings, top.table("agent")),
        spool=_section(SpoolSettings, top.table("spool")),
        gateway=_section(GatewaySettings, top.table("gateway")),
        probe=_probe(top.table("probe")),
        inputs=_inputs(top.table("inputs"), list(inputs)),
        path=path,
    )


def _section(section: type[Section], table: Table) -> Section:
    return section(**_values(section, table))


def _values(section: type, table: Table, besides: Sequence[str] = ()) -> dict[str, Any]:
    declared = settings_of(section)
    table.refuse_unknown([*(each.key for each in declared.values()), *besides])
    return {name: table.read(each.key, each.kind, each.default) for name, each in declared.items()}


def _inputs(table: Table, inputs: Sequence[Input]) -> dict[str, InputSettings]:
    table.refuse_unknown([each.name for each in inputs])
    return {each.name: _input(table.table(each.name), each) for each in inputs}


def _input(table: Table, declared: Input) -> InputSettings:
    table.refuse_unknown(["enabled", "interval", "timeout", *declared.settings])
    return InputSettings(
        enabled=table.read("enabled", FLAG, True),
        interval_s=table.read("interval", INPUT_INTERVAL, declared.interval_s),
        timeout_s=table.read("timeout", INPUT_TIMEOUT, declared.timeout_s),
        own={key: table.read(key, kind_of(default), default) for key, default in declared.settings.items()},
    )


def _probe(table: Table) -> ProbeSettings:
    values = _values(ProbeSettings, table, besides=["device", "check"])
    values["communities"] = _lines(table, "communities_file", values["communities_file"]) or values["communities"]
    try:
        fence = fence_of(values["subnets"])
    except FenceError as error:
        raise table.error("subnets", Text(str(error), str(error))) from None
    return ProbeSettings(
        **values,
        fence=fence,
        devices=tuple(_target(each) for each in table.tables("device")),
        checks=tuple(_check(each) for each in table.tables("check")),
    )


def _check(table: Table) -> Check:
    told = ProbeCheck(**_values(ProbeCheck, table))
    try:
        return make_check(told.name, told.type, told.target, told.server, told.count, told.timeout_s)
    except ValueError as error:
        raise table.file.error(table.where, fill(_BAD_CHECK, why=error)) from None


def _lines(table: Table, key: str, path: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in _secret(table, key, path).splitlines() if each.strip())


def _target(table: Table) -> ProbeTarget:
    values = _values(ProbeDevice, table)
    for secret in SECRETS:
        values[secret] = _secret(table, f"{secret}_file", values[f"{secret}_file"]) or values[secret]
    device = ProbeDevice(**values)
    try:
        return ProbeTarget(
            host=device.host,
            port=device.port,
            version=SnmpVersion(device.version),
            community=device.community,
            v3=_v3(device) if device.version == SnmpVersion.V3 else None,
            timeout_s=device.timeout_s,
            retries=device.retries,
            name=device.name,
        )
    except TargetError as error:
        raise table.file.error(table.where, fill(_BAD_DEVICE, why=error.text)) from None


def _v3(device: ProbeDevice) -> V3Credentials:
    return V3Credentials(
        user=device.user,
        auth_key=device.auth_key,
        auth_protocol=AuthProtocol(device.auth_protocol),
        priv_key=device.priv_key,
        priv_protocol=PrivProtocol(device.priv_protocol),
        context_name=device.context_name,
    )


def _secret(table: Table, key: str, path: str) -> str:
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise table.error(key, fill(_FILE, key=key, path=path, why=why)) from None
