"""The commented sample of the configuration file, written from the settings' declarations."""

from collections.abc import Iterable, Sequence

from collectors.agent.setting import Setting, kind_of, settings_of
from collectors.agent.settings import INPUT_INTERVAL, INPUT_TIMEOUT, SECTIONS, ProbeCheck, ProbeDevice, ProbeSettings
from collectors.input import Input

_HEAD = """\
## Office Karte エージェントの設定 / settings of the Office Karte agent
##
## "##" は説明、"#" は既定値。変えたい行の "#" を外して書き換えます。
## "##" explains, "#" shows a default: take the "#" off and change what you want to differ.
## 時間は "500ms" "60s" "5m" "2h" "7d" のような文字列、または秒数。
## Durations are texts such as "500ms", "60s", "5m", "2h", "7d", or numbers of seconds.
## 容量は "256MiB" のような文字列、またはバイト数。
## Sizes are texts such as "256MiB", or numbers of bytes.
## デバイストークンはここに書きません（登録時に別ファイルへ保存されます）。
## The device token is not kept here; enrolment writes it to a file of its own.
"""

_INPUTS = """\
## 収集項目ごとの設定。NAMEは `karte agent inputs` で分かります。
## One table for each input; `karte agent inputs` lists their names.
## 全項目の既定値は `karte agent sample` で表示できます。
## `karte agent sample` shows the defaults of all of them.
# [inputs.mem]
# enabled = true
# interval = "60s"
# timeout = "20s"
"""

_DEVICE = """\
## SNMPで監視する機器。機器ごとに [[probe.device]] を1つ書きます。
## Devices to watch over SNMP: one [[probe.device]] for each.
# [[probe.device]]
"""

_CHECK = """\
## 到達性を確認する相手。相手ごとに [[probe.check]] を1つ書きます。インターネット接続やDNSの確認先は提供者が決めます。
## What to check the reach of: one [[probe.check]] for each. The provider chooses which hosts stand for the internet.
## 例 / examples:
##   name = "internet"  type = "http"  target = "https://www.example.jp/"
##   name = "dns"       type = "dns"   target = "www.example.jp"
##   name = "router"    type = "icmp"  target = "192.168.10.1"   count = 5
# [[probe.check]]
"""


def sample() -> str:
    """Return the sample with everything but the inputs' own tables; `agent.sample.toml` holds it."""
    parts = [_HEAD, *(_table(f"[{name}]", settings_of(section).values()) for name, section in SECTIONS.items())]
    parts += [_INPUTS, _table("[probe]", settings_of(ProbeSettings).values())]
    parts.append(_DEVICE + _settings(settings_of(ProbeDevice).values()))
    parts.append(_CHECK + _settings(settings_of(ProbeCheck).values()))
    return "\n".join(parts)


def full_sample(inputs: Iterable[Input]) -> str:
    """Return the sample with a table for each input and its own settings."""
    return sample().replace(_INPUTS, "\n".join(_input_table(each) for each in inputs))


def _table(head: str, settings: Iterable[Setting]) -> str:
    return f"{head}\n{_settings(settings)}"


def _settings(settings: Iterable[Setting]) -> str:
    return "".join(f"## {each.text.ja}\n## {each.text.en}\n# {_line(each)}\n" for each in settings)


def _line(setting: Setting) -> str:
    return f"{setting.key} = {setting.kind.show(setting.default)}"


def _input_table(declared: Input) -> str:
    lines: Sequence[str] = (
        f"## {declared.text.ja}",
        f"## {declared.text.en}",
        f"[inputs.{declared.name}]",
        "# enabled = true",
        f"# interval = {INPUT_INTERVAL.show(declared.interval_s)}",
        f"# timeout = {INPUT_TIMEOUT.show(declared.timeout_s)}",
        *(f"# {key} = {kind_of(default).show(default)}" for key, default in declared.settings.items()),
    )
    return "\n".join(lines) + "\n"
