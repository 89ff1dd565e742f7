"""`karte probe scan`: what is on the LAN, once."""

import json
from pathlib import Path
from typing import Any

import click

from collectors.agent.wording import default_lang
from collectors.probe.discovery.defaults import COMMUNITIES, LIMIT_S, RATE
from collectors.probe.discovery.document import to_document
from collectors.probe.discovery.fence import FenceError, fence_of
from collectors.probe.discovery.plan import Plan
from collectors.probe.discovery.screen import to_screen
from collectors.probe.target import DEFAULT_PORT
from collectors.text import Text


@click.command()
@click.argument("subnets", metavar="CIDR...", nargs=-1, required=True)
@click.option(
    "--community",
    "communities",
    multiple=True,
    envvar="KARTE_SNMP_COMMUNITY",
    show_envvar=True,
    help="コミュニティ名。何度でも / community (SNMP 1, 2c); may be given again",
)
@click.option(
    "--community-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="KARTE_SNMP_COMMUNITY_FILE",
    show_envvar=True,
    help="コミュニティ名を1行に1つ書いたファイル / file with one community a line",
)
@click.option("--snmp-port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True, help="SNMP (UDP)")
@click.option(
    "--rate",
    type=click.FloatRange(1, 10000),
    default=RATE,
    show_default=True,
    help="1秒あたりの問い合わせ数 / questions a second",
)
@click.option(
    "--limit",
    type=click.FloatRange(1, 86400),
    default=LIMIT_S,
    show_default=True,
    help="全体の制限時間（秒） / seconds for all of it",
)
@click.option("--json", "as_json", is_flag=True, help="JSONで出力 / write JSON")
@click.option("--lang", type=click.Choice(["ja", "en"]), help="言語 / language of the table")
def scan(subnets: tuple[str, ...], as_json: bool, lang: Any, **told: Any) -> None:
    """LAN上の機器を探す / Find what is on the LAN.

    CIDRは社内のサブネット（例 192.168.10.0/24）。社外のアドレスは調べません。
    CIDR is a subnet of the site, such as 192.168.10.0/24; public addresses are refused.
    """
    # Imported when it runs: the libraries it needs would slow down every other command.
    from collectors.probe.discovery.scan import scan as run

    chosen = lang or default_lang()
    plan = _plan(subnets, told)
    found = run(plan, lambda text: _tell(text, chosen))
    if as_json:
        click.echo(json.dumps(to_document(found, plan.fence), ensure_ascii=False, indent=2))
    else:
        click.echo(to_screen(found, plan.fence, chosen))
    if not found.is_complete:
        raise click.ClickException("; ".join(each.in_(chosen) for each in found.partial))


def _tell(text: Text, lang: Any) -> None:
    click.echo(text.in_(lang), err=True)


def _plan(subnets: tuple[str, ...], told: dict[str, Any]) -> Plan:
    try:
        return Plan(
            fence=fence_of(subnets),
            communities=_communities(told) or COMMUNITIES,
            rate=told["rate"],
            limit_s=told["limit"],
            snmp_port=told["snmp_port"],
        )
    except FenceError as error:
        raise click.UsageError(str(error)) from None


def _communities(told: dict[str, Any]) -> tuple[str, ...]:
    given: tuple[str, ...] = told["communities"]
    path: Path | None = told["community_file"]
    if given or path is None:
        return given
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise click.UsageError(f"{path} cannot be read as text") from None
    return tuple(each.strip() for each in lines if each.strip())
