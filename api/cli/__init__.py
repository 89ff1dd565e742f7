"""The `karte` command. Each group is imported only when it is used, so that the agent stays small and starts fast."""

import importlib
import sys
from typing import Any

import click

from collectors import __version__

GROUPS: dict[str, tuple[str, str]] = {
    "up": ("api.cli.up:up", "この機器ですべてを動かす / run the whole stack on this machine"),
    "agent": ("collectors.agent.cli:agent", "この機器の収集エージェント / this machine: inputs, enrolment, collecting"),
    "probe": ("collectors.probe.cli:probe", "LANの機器（SNMP） / the LAN: printers and other equipment"),
    "catalogue": ("collectors.cli:catalogue", "収集する項目の一覧 / all that is collected"),
    "contract": ("api.cli.contract:contract", "契約と拠点 / contracts and their sites"),
    "notice": ("api.cli.notice:notice", "お客様への正式な通知 / formal messages to customers"),
    "transfer": ("api.cli.transfer:transfer", "契約の承継 / a contract passes to somebody else"),
    "device": ("api.cli.device:device", "対象機器とインストールID / target devices and their install IDs"),
    "read-token": ("api.cli.read_token:read_token", "読み取りトークン（Grafanaなど） / read tokens, e.g. for Grafana"),
    "channel": ("api.cli.channel:channel", "通知先（メール、チャットなど） / where alerts go: mail, chat and others"),
    "user": ("api.cli.user:user", "ログインできる人 / who may sign in"),
    "terms": ("api.cli.terms:terms", "利用規約と同意 / terms of service and their acceptance"),
    "licence": ("api.cli.licence:licence", "ソフトウェアのライセンス数 / licences of software, counted"),
    "api-token": (
        "api.cli.api_token:api_token",
        "スタッフのAPIトークン / tokens by which programs of the staff call the API",
    ),
    "rollup": ("api.cli.rollup:rollup", "1時間ごとの集計 / the hourly rollup"),
    "worker": ("api.cli.worker:worker", "定期ジョブの実行 / run the jobs that run by the clock"),
    "rules": ("api.cli.rules:rules", "アラートのルールと基準値 / alert rules and their thresholds"),
    "alerts": ("api.cli.alerts:alerts", "検知と通知 / findings, and the messages about them"),
    "maintenance": ("api.cli.maintenance:maintenance", "メンテナンスの時間帯 / times in which messages are held back"),
    "dashboards": ("api.cli.dashboards:dashboards", "ダッシュボードとGrafana / dashboards, and Grafana in step"),
    "privacy": ("api.cli.privacy:privacy", "保有データの開示・消去・匿名化 / data held: export, erasure, anonymised"),
    "audit": ("api.cli.audit:audit", "監査ログ（誰が何をしたか） / the audit log: who did what"),
    "report": ("api.cli.report:report", "診断レポート / diagnosis reports"),
}
"""Command name -> where it lives and what it is for; the one list of what `karte` can do."""

_EXTRAS = {"obstore": "s3", "psycopg": "postgres", "snmpsim": "demo", "pysmi": "demo"}
"""Library -> the extra of the installation that brings it; other libraries come with "server"."""


class LazyGroup(click.Group):
    """A group that imports a command when it is called."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; where its libraries were not installed, say which extra brings them.

        Raises:
            click.ClickException: a library is missing.
        """
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            library = (error.name or "").partition(".")[0]
            if library in ("", "api", "collectors"):
                raise
            extra = f'pip install "office-karte[{_EXTRAS.get(library, "server")}]"'
            raise click.ClickException(
                f"{library} がないため実行できません。{extra} で入れてください / {library} is missing: run {extra}"
            ) from None

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(GROUPS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Import and return one command."""
        if name not in GROUPS:
            return None
        module, attribute = GROUPS[name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("コマンド / Commands"):
            formatter.write_dl([(name, purpose) for name, (_where, purpose) in GROUPS.items()])


@click.group(cls=LazyGroup)
@click.version_option(__version__, prog_name="karte")
def karte(**_options: Any) -> None:
    """Office Karte: 小規模オフィスの監視と診断レポート / Monitoring and health reports for small offices."""


def main() -> None:
    """Run the command; an interrupt ends it quietly, as shells expect."""
    try:
        karte(standalone_mode=True)
    except KeyboardInterrupt:
        sys.exit(130)
