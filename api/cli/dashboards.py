"""`karte dashboards`: the dashboards' JSON from code, and Grafana in step with the contracts."""

from pathlib import Path

import click

from api.cli.lookup import contract_of
from api.cli.settings import service_config
from api.cli.speech import Failed, lang_option, say, spoken
from api.cli.store import data_dir_option, next_step, opened
from api.config import Config
from api.db import Database
from api.grafana.errors import GrafanaError
from api.grafana.outcome import Outcome, lines, summary
from api.grafana.setting import create_sync
from api.grafana.sync import How
from collectors.text import Text
from dashboards.build import GENERATED, differing, write


@click.group()
def dashboards() -> None:
    """ダッシュボードとGrafana / Dashboards, and Grafana in step with the contracts."""


@dashboards.command()
@click.option("--check", is_flag=True, help="書き込まず、違いがあれば失敗 / write nothing; fail where they differ")
@lang_option
def build(check: bool) -> None:
    """ダッシュボードのJSONをコードから作ります / Make the dashboards' JSON from the code."""
    changed = differing() if check else write()
    names = ", ".join(str(path.relative_to(GENERATED)) for path in changed)
    if not changed:
        say(Text("JSON はコードのとおりです", "the JSON is what the code makes"))
    elif check:
        raise Failed(
            Text(
                f"JSON がコードと違います: {names}。karte dashboards build を実行してください",
                f"the JSON is not what the code makes: {names}; run karte dashboards build",
            )
        )
    else:
        say(Text(f"書き込みました: {names}", f"written: {names}"), next_step("karte dashboards sync", None))


@dashboards.command()
@click.option("--dry-run", is_flag=True, help="計画を表示するだけで何も変更しない / print the plan, change nothing")
@click.option("--deep", is_flag=True, help="すべての内容まで比較 / compare the contents of everything")
@click.option("--url", metavar="URL", help="Grafana のURL（省略時は設定） / Grafana's URL, in place of the settings'")
@click.option("--contract", "contract_id", metavar="CONTRACT", help="この契約だけ / this contract only")
@lang_option
@data_dir_option
def sync(dry_run: bool, deep: bool, url: str | None, contract_id: str | None, directory: Path | None) -> None:
    """Grafanaの組織、ダッシュボード、利用者を契約に合わせます / Bring Grafana in step with the contracts."""
    config = service_config(directory)
    with opened(directory) as database:
        contract = _known(database, contract_id)
        outcome = _run(config, database, url, How(deep, dry_run, contract=contract))
    _tell(outcome, dry_run, directory, config)


def _known(database: Database, contract_id: str | None) -> str | None:
    if contract_id is None:
        return None
    with database.reading() as session:
        return contract_of(session, contract_id).public_id


def _run(config: Config, database: Database, url: str | None, how: How) -> Outcome:
    try:
        with _Bar() as bar:
            return create_sync(config, database, url, progress=bar.show).run(how)
    except GrafanaError as error:
        raise Failed(error.text) from None


class _Bar:
    """A progress bar of organisations, whose number is known once the contracts are read."""

    def __init__(self) -> None:
        label = Text("Grafana を設定中", "Setting up Grafana").in_(spoken())
        self._bar = click.progressbar(length=1, label=label)
        self._shown = 0

    def __enter__(self) -> "_Bar":
        self._bar.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.__exit__(*error)  # type: ignore[arg-type]  # handed on as it came

    def show(self, done: int, due: int) -> None:
        """Show organisations done of organisations due."""
        self._bar.length = due
        self._bar.update(done - self._shown)
        self._shown = done


def _tell(outcome: Outcome, is_dry: bool, directory: Path | None, config: Config) -> None:
    if is_dry:
        say(Text("計画（まだ何も変更していません）:", "the plan; nothing is changed yet:"))
    say(*(Text(f"  {line.ja}", f"  {line.en}") for line in lines(outcome, in_full=is_dry)))
    say(summary(outcome))
    if outcome.stopped_by is not None:
        raise Failed(outcome.stopped_by.text)
    if not outcome.is_good:
        raise Failed(
            Text(
                "一部の組織を設定できませんでした。上の行のとおりに直してからもう一度実行すると、続きから行います",
                "some organisations could not be set up; see the lines above, put that right and run this again",
            )
        )
    if is_dry and outcome.has_changed:
        say(next_step("karte dashboards sync", directory))
    elif config.grafana_url:
        say(Text(f"次に: {config.grafana_url} を開く", f"next: open {config.grafana_url}"))
