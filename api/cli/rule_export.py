"""`karte rules export`: the rules as Grafana's own, into files or into a Grafana."""

from pathlib import Path

import click
import yaml

from alert_rules.export.files import SECRET_VARIABLE, files
from alert_rules.registry import entries
from api.cli.settings import service_config
from api.cli.speech import Failed, WrongUse, lang_option, say
from api.cli.store import data_dir_option
from api.config import Config
from api.grafana.alerting import Done, contact_of, converge, remove, wanted_of
from api.grafana.api import MAIN_ORG
from api.grafana.errors import GrafanaError
from api.grafana.setting import create_grafana
from api.local.state import write_private
from api.relay.signature import webhook_secret
from collectors.text import Text

_HEAD = "# Made by karte rules export. For Grafana's provisioning/alerting.\n"


@click.command()
@click.option(
    "--dir",
    "into",
    type=click.Path(file_okay=False, path_type=Path),
    help="Grafana のプロビジョニング用 YAML の書き込み先 / where to write provisioning files",
)
@click.option(
    "--secret-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="署名の鍵の書き込み先。Grafana から同じパスで読めること / where to write what Grafana signs with; it must be"
    " readable for Grafana by that path",
)
@click.option("--to-grafana", is_flag=True, help="設定した Grafana に反映 / put them into the Grafana of the settings")
@click.option("--remove", "gone", is_flag=True, help="Grafana から取り除く / take ours out of that Grafana again")
@click.option("--dry-run", is_flag=True, help="計画を表示するだけで何も変更しない / print the plan, change nothing")
@lang_option
@data_dir_option
def export(
    into: Path | None, secret_file: Path | None, to_grafana: bool, gone: bool, dry_run: bool, directory: Path | None
) -> None:
    """ルールを Grafana のアラートルールとして書き出します / Write the rules as Grafana's alert rules."""
    if (into is None) != to_grafana or ((gone or dry_run) and not to_grafana) or (secret_file and to_grafana):
        raise WrongUse(
            Text(
                "--dir DIR（と --secret-file）か、--to-grafana（と --remove、--dry-run）のどちらかを指定してください",
                "give either --dir DIR, with --secret-file, or --to-grafana, with --remove and --dry-run",
            )
        )
    config = service_config(directory)
    if into is not None:
        _write(into, secret_file, config)
    else:
        _tell(_put(config, is_dry=dry_run, is_removal=gone), dry_run)


def _write(into: Path, secret_file: Path | None, config: Config) -> None:
    secret = f"$__file{{{secret_file.absolute()}}}" if secret_file else f"${SECRET_VARIABLE}"
    made = files(wanted_of(config, entries()).groups, contact_of(config, secret), MAIN_ORG)
    try:
        if secret_file:
            write_private(secret_file, webhook_secret(config.secret_key))
        into.mkdir(parents=True, exist_ok=True)
        for name, content in made.items():
            text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)
            (into / name).write_text(_HEAD + text, encoding="utf-8")
    except OSError as error:
        raise Failed(
            Text(
                f"{error.filename} に書き込めません: {error.strerror}",
                f"cannot write {error.filename}: {error.strerror}",
            )
        ) from None
    say(Text(f"{into} に {len(made)} 個のファイルを書き込みました", f"{len(made)} files written to {into}"))
    if not secret_file:
        say(
            Text(
                f"署名の鍵は Grafana の環境変数 {SECRET_VARIABLE} から読まれます。鍵は --secret-file で書き出せます",
                f"what Grafana signs with is read from {SECRET_VARIABLE} in its environment; --secret-file writes it",
            )
        )


def _put(config: Config, *, is_dry: bool, is_removal: bool) -> Done:
    try:
        grafana = create_grafana(config)
        try:
            if is_removal:
                return remove(grafana, is_dry=is_dry)
            return converge(grafana, wanted_of(config, entries()), is_dry=is_dry)
        finally:
            grafana.close()
    except GrafanaError as error:
        raise Failed(error.text) from None


def _tell(done: Done, is_dry: bool) -> None:
    if is_dry:
        say(Text("計画（まだ何も変更していません）:", "the plan; nothing is changed yet:"))
    say(*(Text(f"  {line.ja}", f"  {line.en}") for line in done.told))
    if done.failed:
        say(*done.failed, err=True)
        count = len(done.failed)
        raise Failed(Text(f"{count} 件を設定できませんでした", f"{count} things could not be done"))
    if not done.told:
        say(Text("Grafana のルールはこのサービスのとおりです", "Grafana's rules are as here"))
