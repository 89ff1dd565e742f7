"""`karte up`: the whole stack on this machine."""

import sys
from pathlib import Path

import click
import platformdirs

from alert_rules.registry import entries
from api.demo.office import HISTORY_DAYS
from api.display.formats import Formats
from api.local import alerting, cycle, firststart, summary
from api.local.datadir import DataDir
from api.local.feed import Feed
from api.local.run import UpError, keep_running, run
from api.local.stack import Options, Stack
from api.local.state import Mode
from collectors.agent.wording import default_lang
from collectors.text import Lang, Text

_QUICK_S = 86_400
"""Less than a day of one device's data is sent before a bar could be read."""


@click.command()
@click.option("--demo", is_flag=True, help="模擬オフィス（90日分の履歴）つき / with a simulated office and its 90 days")
@click.option("--once", is_flag=True, help="1回だけ一巡して終了 / one whole cycle, then end")
@click.option(
    "--data-dir",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    help="データの置き場所 / where the data is kept",
)
@click.option("--port", type=click.IntRange(1, 65535), help="画面のポート（既定 8100） / port of the pages")
@click.option("--lang", type=click.Choice(["ja", "en"]), help="言語 / language")
@click.option(
    "--grafana-home",
    envvar="GRAFANA_HOME",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Grafana の場所 / where a Grafana is installed",
)
@click.option(
    "--history-days",
    type=click.IntRange(1, HISTORY_DAYS),
    default=HISTORY_DAYS,
    show_default=True,
    help="模擬オフィスの履歴の日数（最初の起動のとき） / days of the simulated office's past, at its first start",
)
def up(
    demo: bool,
    once: bool,
    directory: Path | None,
    port: int | None,
    lang: Lang | None,
    grafana_home: Path | None,
    history_days: int,
) -> None:
    """この機器ですべてを動かします / Run the whole stack on this machine."""
    spoken = lang or default_lang()
    mode: Mode = "demo" if demo else "trial" if once else "local"
    options = Options(mode, _data_dir(directory, mode), spoken, port, once, grafana_home, history_days)

    def say(text: Text) -> None:
        click.echo(text.in_(spoken))

    def work(stack: Stack) -> None:
        if stack.feed:
            _catch_up(stack.feed, spoken)
        if stack.options.mode == "demo" and not once:
            _look_back(stack, spoken)
        if once:
            click.echo(cycle.told(cycle.run_cycle(stack, say), Formats(spoken)))
            return
        if stack.grafana:
            say(Text("Grafana を準備しています…", "Setting up Grafana …"))
        problem = stack.set_up_grafana()
        if problem:
            say(problem)
        stack.start_worker()
        # Made and told in one breath, as late as can be: a password that nobody saw would be lost.
        say(summary.started(stack, firststart.ensure_staff_user(stack.database, spoken)))
        keep_running(stack)

    try:
        run(options, say, work)
    except UpError as error:
        click.echo(f"karte: {error.text.in_(spoken)}", err=True)
        sys.exit(1)


def _data_dir(directory: Path | None, mode: Mode) -> DataDir:
    root = directory or Path(platformdirs.user_data_dir("office-karte")) / mode
    return DataDir(root.expanduser().absolute())


def _catch_up(feed: Feed, lang: Lang) -> None:
    behind_s = feed.behind_s()
    if behind_s < _QUICK_S:
        feed.catch_up(lambda _seconds: None)
        return
    label = Text("模擬オフィスの履歴を保存中", "Storing the simulated office's history").in_(lang)
    with click.progressbar(length=behind_s, label=label) as bar:
        feed.catch_up(bar.update)


def _look_back(stack: Stack, lang: Lang) -> None:
    """Let the rules find what the history holds; a second start has nothing to do here."""
    label = Text("履歴をルールに当てはめています", "Looking at the history with all rules").in_(lang)
    with click.progressbar(length=len(entries()), label=label) as bar:
        alerting.look_back(stack.database, stack.engine, stack.config, HISTORY_DAYS, bar.update)
