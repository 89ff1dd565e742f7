"""What can be set: one declaration for each setting, with its kind, default and meaning.

`agent.sample.toml` and `karte agent sample` are written from here; `collectors.agent.config` reads the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from collectors.agent import paths
from collectors.agent.setting import TEXT, TEXTS, URL, choice, duration, setting, size, whole
from collectors.probe.discovery.defaults import COMMUNITIES, LIMIT_S, RATE, VANISH_AFTER
from collectors.probe.discovery.fence import Fence
from collectors.probe.reachability.check import MAX_COUNT, Check, CheckType
from collectors.probe.target import AuthProtocol, PrivProtocol, ProbeTarget, SnmpVersion
from collectors.text import Text

MAX_BATCH_LINES = 5000
"""Lines in one write, as InfluxData advises for `/api/v2/write`."""

INPUT_INTERVAL = duration(1)
"""Kind of `interval` in `[inputs.NAME]`."""

INPUT_TIMEOUT = duration(0.1, 3600)
"""Kind of `timeout` in `[inputs.NAME]`."""


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """`[agent]`."""

    data_dir: str = setting(
        TEXT,
        "",
        Text(
            "資格情報とスプールの置き場所。空ならOSの決まった場所（Linuxのrootなら/var/lib/karte）",
            "where credentials and spool are kept; empty: the system's usual place (/var/lib/karte for root on Linux)",
        ),
    )
    host: str = setting(
        TEXT,
        "",
        Text(
            "hostタグに入れる機器名。空ならコンピューター名",
            "the machine's name in the tag host; empty: the computer's name",
        ),
    )
    lang: str = setting(
        choice("", "ja", "en"),
        "",
        Text("メッセージの言語。空なら環境に合わせる", "language of messages; empty: as the environment says"),
    )
    log_level: str = setting(
        choice("debug", "info", "warning", "error"), "info", Text("ログの細かさ", "how much is logged")
    )


@dataclass(frozen=True, slots=True)
class SpoolSettings:
    """`[spool]`."""

    dir: str = setting(
        TEXT,
        "spool",
        Text(
            "送信前のデータを置くフォルダー。相対パスはdata_dirから",
            "folder of data that is not sent yet; a relative path starts at data_dir",
        ),
    )
    max_age_s: float = setting(
        duration(60),
        7 * 86400.0,
        Text("これより古い未送信データは捨て、件数を報告する", "older unsent data is dropped, counted and reported"),
        key="max_age",
    )
    max_bytes: int = setting(
        size(1024**2),
        256 * 1024**2,
        Text(
            "スプールの上限。超えると古いものから捨て、件数を報告する",
            "the spool's limit; beyond it the oldest data is dropped, counted and reported",
        ),
    )
    fsync_interval_s: float = setting(
        duration(0.1, 600),
        10.0,
        Text(
            "ディスクへ確実に書き込む間隔。停電で失われうるのはこの間のデータ",
            "how often data is forced to the disk; a power failure can cost what came since",
        ),
        key="fsync_interval",
    )


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """`[gateway]`."""

    url: str = setting(
        URL,
        "",
        Text("ゲートウェイのURL。空なら登録時のURL", "the gateway's URL; empty: the one given at enrolment"),
    )
    timeout_s: float = setting(
        duration(1, 300), 15.0, Text("応答を待つ時間", "how long an answer is waited for"), key="timeout"
    )
    batch: int = setting(
        whole(1, MAX_BATCH_LINES), MAX_BATCH_LINES, Text("1回に送る最大行数", "most lines in one write")
    )
    flush_interval_s: float = setting(
        duration(1, 3600), 20.0, Text("送信の間隔", "time between two writes"), key="flush_interval"
    )
    proxy: str = setting(
        URL,
        "",
        Text(
            'HTTPプロキシー（例 "http://proxy.example.jp:8080"）。空なら使わない',
            'HTTP proxy, e.g. "http://proxy.example.jp:8080"; empty: none',
        ),
    )
    ca_file: str = setting(
        TEXT,
        "",
        Text(
            "社内の認証局を使う場合の証明書ファイル（PEM）",
            "certificate file (PEM) where an authority of your own is used",
        ),
    )


@dataclass(frozen=True, slots=True)
class InputSettings:
    """`[inputs.NAME]`.

    Attributes:
        enabled: whether the input runs.
        interval_s: seconds between two runs.
        timeout_s: seconds after which a run counts as failed.
        own: the input's own settings, checked against those it declares.
    """

    enabled: bool
    interval_s: float
    timeout_s: float
    own: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ProbeDevice:
    """`[[probe.device]]` as the file has it; `ProbeTarget` is what the probe gets."""

    host: str = setting(TEXT, "", Text("アドレスまたは名前（必須）", "address or name (required)"))
    name: str = setting(TEXT, "", Text("機器の呼び名", "what people call the device"))
    port: int = setting(whole(1, 65535), 161, Text("UDPポート", "UDP port"))
    version: str = setting(choice(*SnmpVersion), "2c", Text("SNMPのバージョン", "SNMP version"))
    community: str = setting(TEXT, "public", Text("コミュニティ名（1、2c）", "community (versions 1 and 2c)"))
    community_file: str = setting(
        TEXT, "", Text("コミュニティ名を書いたファイル", "file that holds the community instead")
    )
    user: str = setting(TEXT, "", Text("ユーザー名（3）", "user name (version 3)"))
    auth_protocol: str = setting(choice(*AuthProtocol), "SHA", Text("認証方式（3）", "authentication (version 3)"))
    auth_key: str = setting(TEXT, "", Text("認証の鍵（3）", "authentication pass phrase (version 3)"))
    auth_key_file: str = setting(
        TEXT, "", Text("認証の鍵を書いたファイル", "file that holds the authentication pass phrase instead")
    )
    priv_protocol: str = setting(choice(*PrivProtocol), "AES", Text("暗号方式（3）", "encryption (version 3)"))
    priv_key: str = setting(TEXT, "", Text("暗号の鍵（3）", "encryption pass phrase (version 3)"))
    priv_key_file: str = setting(
        TEXT, "", Text("暗号の鍵を書いたファイル", "file that holds the encryption pass phrase instead")
    )
    context_name: str = setting(TEXT, "", Text("コンテキスト名（3）", "context name (version 3)"))
    timeout_s: float = setting(duration(0.1, 60), 2.0, Text("1回の応答を待つ時間", "how long one answer is waited for"))
    retries: int = setting(whole(0, 10), 1, Text("応答がないときに聞き直す回数", "how often a question is repeated"))


@dataclass(frozen=True, slots=True)
class ProbeCheck:
    """`[[probe.check]]` as the file has it; `Check` is what the probe gets."""

    name: str = setting(
        TEXT, "", Text("確認の呼び名。空ならtargetと同じ", "what people call the check; empty: as target")
    )
    type: str = setting(
        choice(*CheckType),
        "icmp",
        Text(
            "方法。icmp、tcp（つながるか）、http（URLが開くか、証明書の期限）、dns（名前が引けるか）、sip（SIPの応答）",
            "how: icmp, tcp (it connects), http (the URL answers; its certificate), dns (the name is found), sip",
        ),
    )
    target: str = setting(
        TEXT,
        "",
        Text(
            "相手（必須）。アドレスか名前、tcpはHOST:PORT、httpはURL、dnsは引く名前、sipはHOST[:PORT]",
            "what to check (required): address or name; HOST:PORT for tcp; a URL for http; the name to look up for dns",
        ),
    )
    server: str = setting(
        TEXT,
        "",
        Text("dnsで問い合わせるサーバー。空ならこの機器の設定", "name server for dns; empty: this machine's own"),
    )
    count: int = setting(whole(1, MAX_COUNT), 3, Text("1回に試す回数", "attempts in one check"))
    timeout_s: float = setting(
        duration(0.1, 60), 3.0, Text("1回の応答を待つ時間", "how long one answer is waited for"), key="timeout"
    )


@dataclass(frozen=True, slots=True)
class ProbeSettings:
    """`[probe]`."""

    interval_s: float = setting(
        duration(10, 86400), 300.0, Text("機器に問い合わせる間隔", "time between two looks at a device")
    )
    subnets: tuple[str, ...] = setting(
        TEXTS,
        (),
        Text(
            '機器を探す社内サブネット（例 ["192.168.10.0/24"]。プライベートアドレスで/22まで）。空なら探さない',
            'subnets of the site to look for devices in, e.g. ["192.168.10.0/24"]; private, at most /22; empty: none',
        ),
    )
    communities: tuple[str, ...] = setting(
        TEXTS,
        COMMUNITIES,
        Text("機器を探すときに試すSNMPのコミュニティ名", "SNMP communities that are tried while looking for devices"),
    )
    communities_file: str = setting(
        TEXT,
        "",
        Text("コミュニティ名を1行に1つ書いたファイル", "file that holds the communities instead, one a line"),
    )
    scan_interval_s: float = setting(
        duration(300, 7 * 86400),
        3600.0,
        Text("機器を探す間隔", "time between two looks for devices"),
        key="scan_interval",
    )
    scan_rate: int = setting(
        whole(1, 10000),
        int(RATE),
        Text("機器を探すときの1秒あたりの問い合わせ数", "questions a second while looking for devices"),
    )
    scan_limit_s: float = setting(
        duration(10, 86400),
        LIMIT_S,
        Text("1回の探索にかけてよい時間", "how long one look for devices may take"),
        key="scan_limit",
    )
    vanish_after: int = setting(
        whole(1, 100000),
        VANISH_AFTER,
        Text(
            "機器が続けて何回見つからなければ、なくなったとみなすか（72回は1時間ごとなら3日）",
            "after how many looks in a row without it a device counts as gone (72 are three days of hours)",
        ),
    )
    check_interval_s: float = setting(
        duration(10, 86400), 60.0, Text("到達性を確認する間隔", "time between two checks"), key="check_interval"
    )
    devices: tuple[ProbeTarget, ...] = field(default=())
    checks: tuple[Check, ...] = field(default=())
    fence: Fence = field(default=Fence(()))


@dataclass(frozen=True, slots=True)
class Config:
    """All settings of the agent.

    Attributes:
        agent: `[agent]`.
        spool: `[spool]`.
        gateway: `[gateway]`.
        probe: `[probe]` with its devices.
        inputs: `[inputs.NAME]` for every input there is, defaults filled in.
        path: the file they came from; None where there is none.
    """

    agent: AgentSettings
    spool: SpoolSettings
    gateway: GatewaySettings
    probe: ProbeSettings
    inputs: Mapping[str, InputSettings]
    path: Path | None = None

    @property
    def data_dir(self) -> Path:
        """The directory of credentials and spool."""
        return Path(self.agent.data_dir) if self.agent.data_dir else paths.data_dir()

    @property
    def spool_dir(self) -> Path:
        """The spool's directory."""
        return self.data_dir / self.spool.dir

    @property
    def outbox_dir(self) -> Path:
        """The directory of inventory documents that are not sent yet."""
        return self.spool_dir / "inventory"

    @property
    def credentials_path(self) -> Path:
        """The file that enrolment writes."""
        return self.data_dir / "credentials.json"


SECTIONS: dict[str, type] = {"agent": AgentSettings, "spool": SpoolSettings, "gateway": GatewaySettings}
"""The tables of the file that hold nothing but settings."""
