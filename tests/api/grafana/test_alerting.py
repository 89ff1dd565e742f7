"""Grafana's rules come in step with ours, stay so at the cost of a look, and what staff added or silenced stays."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from alert_rules.registry import Entry, entries
from api.cli import karte
from api.config import Config
from api.db import Database
from api.grafana.alerting import Done, TooOld, converge, remove, wanted_of
from api.grafana.api import Grafana
from api.grafana.errors import GrafanaAway, GrafanaDenied
from api.influx.registry import create_engine
from api.jobs import rules as rules_job
from api.jobs.alerting import Exporter, NotExported
from api.jobs.job import Tools
from api.relay.signature import webhook_secret
from tests.api.grafana.alerting_server import AlertingWorld, alerting
from tests.api.grafana.server import PASSWORD, USER

RULE = "karte-disk_full"
PUBLIC = "https://karte.example.jp"


@pytest.fixture
def world() -> AlertingWorld:
    return AlertingWorld()


@pytest.fixture
def settings(world: AlertingWorld, config: Config) -> Iterator[Config]:
    with alerting(world) as url:
        yield replace(
            config, public_url=PUBLIC, grafana_url=url, grafana_user=USER, grafana_password=PASSWORD, alerting="grafana"
        )


@pytest.fixture
def run(settings: Config) -> Callable[..., Done]:
    def run(rules: dict[str, Entry] | None = None, **how: Any) -> Done:
        grafana = Grafana(settings.grafana_url or "", USER, PASSWORD, pauses_s=())
        try:
            return converge(grafana, wanted_of(settings, rules or entries()), **how)
        finally:
            grafana.close()

    return run


def test_the_first_run_makes_all_and_the_second_changes_nothing(
    world: AlertingWorld, run: Callable[..., Done], settings: Config
) -> None:
    assert not run().failed
    assert set(world.rules()) == {f"karte-{name}" for name in entries()}
    assert world.contacts[0]["settings"]["url"] == f"{PUBLIC}/api/v1/alerts/grafana"
    assert world.contacts[0]["settings"]["hmacConfig"]["secret"] == webhook_secret(settings.secret_key)
    assert world.policies["routes"][0]["receiver"] == "karte"
    assert "karte.message" in world.templates["karte"]
    assert not [rule for rule in [*world.rules().values(), *world.contacts] if "provenance" in rule]
    writes = len(world.writes)
    assert run() == Done()
    assert len(world.writes) == writes


def test_a_plan_tells_the_same_and_changes_nothing(world: AlertingWorld, run: Callable[..., Done]) -> None:
    plan = run(is_dry=True)
    assert (world.writes, world.groups) == ([], {})
    assert run() == plan


@pytest.mark.parametrize(
    "change",
    [
        {"title": "mine"},
        {"for": "5m"},
        {"isPaused": True},
        {"noDataState": "OK"},
        {"labels": {}},
        {"condition": "A"},
        {"missingSeriesEvalsToResolve": None},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_staff_changed_in_a_rule_is_put_right_and_told(
    world: AlertingWorld, run: Callable[..., Done], change: dict[str, Any]
) -> None:
    run()
    rule = world.rules()[RULE]
    before = dict(rule)
    rule.update(change)
    told = run().told
    assert [text.en for text in told] == ["容量 / Capacity karte-300s: put right disk_full"]
    assert world.rules()[RULE] == before


def test_an_added_label_or_another_query_is_put_right(world: AlertingWorld, run: Callable[..., Done]) -> None:
    run()
    world.rules()[RULE]["labels"]["mine"] = "1"
    world.rules()["karte-swap_used"]["data"][0]["model"]["query"] = "SELECT 1"
    (told,) = run().told
    assert "disk_full" in told.en
    assert "swap_used" in told.en
    assert run() == Done()


def test_what_grafana_adds_is_no_difference(world: AlertingWorld, run: Callable[..., Done]) -> None:
    run()
    for rule in world.rules().values():
        rule["data"][0]["queryType"] = ""
        rule["notification_settings"] = None
    world.policies["routes"][0]["provenance"] = ""
    assert run() == Done()


def test_a_rule_of_the_staff_stays_also_in_a_group_of_ours(world: AlertingWorld, run: Callable[..., Done]) -> None:
    run()
    (group,) = (each for each in world.groups.values() if RULE in {rule["uid"] for rule in each["rules"]})
    mine = {**world.rules()[RULE], "uid": "mine", "title": "mine"}
    group["rules"].append(mine)
    assert run() == Done()
    world.rules()[RULE]["for"] = "1s"
    run()
    assert world.rules()["mine"] == mine
    assert world.rules()[RULE]["for"] == "15m"


def test_rules_that_there_are_no_more_go_and_moved_ones_come_back(
    world: AlertingWorld, run: Callable[..., Done]
) -> None:
    run()
    world.orgs[1].folders["own"] = "own"
    for group in world.groups.values():
        group["rules"] = [rule for rule in group["rules"] if rule["uid"] != RULE]
    moved = {**next(iter(world.rules().values())), "uid": RULE, "folderUID": "own", "ruleGroup": "own", "title": "x"}
    world.groups["own", "own"] = {"title": "own", "folderUid": "own", "interval": 60, "rules": [moved]}
    fewer = {name: entry for name, entry in entries().items() if name not in {"swap_used", "certificate_expires"}}
    told = " ".join(text.en for text in run(fewer).told)
    assert "disk_full" in told
    assert "removed swap_used" in told
    assert set(world.rules()) == {f"karte-{name}" for name in fewer}
    assert world.rules()[RULE]["folderUID"] == "alerts-karte-capacity"
    assert run(fewer) == Done()


def test_a_category_without_rules_leaves_none_behind(world: AlertingWorld, run: Callable[..., Done]) -> None:
    run()
    fewer = {name: entry for name, entry in entries().items() if entry.category != "network"}
    told = [text.en for text in run(fewer).told]
    assert told
    assert all(text.startswith("remove the rule") for text in told)
    assert set(world.rules()) == {f"karte-{name}" for name in fewer}


def test_intervals_folders_contact_point_and_policy_are_put_right(
    world: AlertingWorld, run: Callable[..., Done]
) -> None:
    run()
    next(iter(world.groups.values()))["interval"] = 600
    world.orgs[1].folders["alerts-karte-capacity"] = "x"
    world.contacts[0]["settings"]["url"] = "http://elsewhere"
    own = {"receiver": "mail", "object_matchers": [["severity", "=", "critical"]]}
    world.policies = {"receiver": "mail", "routes": [own]}
    assert len(run().told) == 4
    assert world.policies["receiver"] == "mail"
    assert [route["receiver"] for route in world.policies["routes"]] == ["karte", "mail"]
    assert run() == Done()


def test_a_new_key_is_given_to_grafana_though_it_never_shows_the_old_one(
    world: AlertingWorld, run: Callable[..., Done], settings: Config
) -> None:
    run()
    other = replace(settings, secret_key="another key, long enough for a signature")
    grafana = Grafana(settings.grafana_url or "", USER, PASSWORD)
    (told,) = converge(grafana, wanted_of(other, entries())).told
    grafana.close()
    assert told.en == "set the contact point karte right"
    assert world.contacts[0]["settings"]["hmacConfig"]["secret"] == webhook_secret(other.secret_key)


def test_silences_are_never_asked_for(world: AlertingWorld, run: Callable[..., Done]) -> None:
    run()
    run()
    assert not [call for call in world.calls if "silence" in call or "alertmanager" in call]


def test_one_group_that_is_refused_does_not_hold_up_the_others(world: AlertingWorld, run: Callable[..., Done]) -> None:
    world.fault = lambda _number, call: (400, {"message": "no"}) if "capacity/rule-groups/karte-300s" in call else None
    done = run()
    assert len(done.failed) == 1
    assert "Grafana refused it (400): no" in done.failed[0].en
    assert RULE not in world.rules()
    assert "karte-toner_low" in world.rules()
    world.fault = lambda _number, _call: None
    assert len(run().told) == 1
    assert RULE in world.rules()


def test_a_run_that_breaks_off_is_gone_on_with(world: AlertingWorld, run: Callable[..., Done]) -> None:
    world.fault = lambda number, _call: (503, {"message": "busy"}) if number > 15 else None
    with pytest.raises(GrafanaAway):
        run()
    there = set(world.rules())
    assert there
    world.fault = lambda _number, _call: None
    assert not run().failed
    assert set(world.rules()) == {f"karte-{name}" for name in entries()} > there


def test_an_older_grafana_is_refused_with_what_to_do(world: AlertingWorld, run: Callable[..., Done]) -> None:
    world.version = "11.6.0"
    with pytest.raises(TooOld) as caught:
        run()
    assert "11.6.0" in caught.value.text.en
    assert "KARTE_ALERTING=python" in caught.value.text.ja
    assert world.writes == []


def test_a_wrong_password_is_told(settings: Config) -> None:
    grafana = Grafana(settings.grafana_url or "", USER, "wrong", pauses_s=())
    with pytest.raises(GrafanaDenied):
        converge(grafana, wanted_of(settings, entries()))


def test_ours_can_be_taken_out_again(world: AlertingWorld, run: Callable[..., Done], settings: Config) -> None:
    run()
    group = next(iter(world.groups.values()))
    group["rules"].append({**group["rules"][0], "uid": "mine"})
    grafana = Grafana(settings.grafana_url or "", USER, PASSWORD)
    done = remove(grafana)
    grafana.close()
    assert len(done.told) == len(entries())
    assert set(world.rules()) == {"mine"}


@pytest.fixture
def tools(settings: Config, database: Database) -> Tools:
    return Tools(settings, database, create_engine(settings), lambda: True)


def test_the_job_looks_once_an_hour_and_at_once_where_rules_changed(world: AlertingWorld, tools: Tools) -> None:
    exporter = Exporter()
    exporter.run(tools, 31)
    assert set(world.rules()) == {f"karte-{name}" for name in entries()}
    calls = len(world.calls)
    exporter.run(tools, 36)
    assert len(world.calls) == calls
    world.rules()[RULE]["for"] = "1s"
    exporter.run(tools, 1)
    assert world.rules()[RULE]["for"] == "15m"
    exporter.run(replace(tools, config=replace(tools.config, public_url="https://new.example.jp")), 36)
    assert world.rules()[RULE]["annotations"]["runbook_url"].startswith("https://new.example.jp/")


def test_the_job_tells_what_was_refused_and_tries_again(world: AlertingWorld, tools: Tools) -> None:
    exporter = Exporter()
    world.fault = lambda _number, call: (400, {"message": "no"}) if "rule-groups" in call else None
    with pytest.raises(NotExported, match=r"ほか|more"):
        exporter.run(tools, 31)
    world.fault = lambda _number, _call: None
    exporter.run(tools, 36)
    assert world.rules()


@pytest.mark.parametrize("change", [{"alerting": "python"}, {"grafana_password": None}])
def test_the_job_leaves_grafana_alone_where_it_does_not_evaluate(
    world: AlertingWorld, tools: Tools, change: dict[str, Any]
) -> None:
    Exporter().run(replace(tools, config=replace(tools.config, **change)), 1)
    assert world.calls == []


def test_rules_are_evaluated_by_one_only(tools: Tools) -> None:
    away = replace(tools, engine=create_engine(replace(tools.config, influx_url="http://127.0.0.1:9")))
    rules_job.JOB.run(away)
    with pytest.raises(rules_job.NotEvaluated):
        rules_job.JOB.run(replace(away, config=replace(away.config, alerting="python")))


@pytest.fixture
def program(settings: Config, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    for name, value in {
        "KARTE_DATABASE_URL": settings.database_url,
        "KARTE_SECRET_KEY": settings.secret_key,
        "KARTE_GRAFANA_URL": settings.grafana_url or "",
        "KARTE_GRAFANA_PASSWORD": PASSWORD,
    }.items():
        monkeypatch.setenv(name, value)

    def program(*arguments: str) -> Any:
        return CliRunner().invoke(karte, ["rules", "export", "--lang", "en", *arguments])

    return program


def test_the_command_plans_puts_and_takes_out(world: AlertingWorld, program: Callable[..., Any]) -> None:
    plan = program("--to-grafana", "--dry-run")
    assert (plan.exit_code, world.writes) == (0, [])
    assert "make the contact point karte" in plan.output
    assert program("--to-grafana").exit_code == 0
    assert RULE in world.rules()
    assert program("--to-grafana").output == "Grafana's rules are as here\n"
    assert program("--to-grafana", "--remove").exit_code == 0
    assert world.rules() == {}


def test_the_command_tells_of_a_refusal_and_fails(world: AlertingWorld, program: Callable[..., Any]) -> None:
    world.fault = lambda _number, call: (400, {"message": "no"}) if "capacity/rule-groups" in call else None
    result = program("--to-grafana")
    assert result.exit_code == 1
    assert "things could not be done" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "arguments", [(), ("--dir", "x", "--to-grafana"), ("--dry-run",), ("--remove", "--dir", "x")], ids=" ".join
)
def test_the_command_says_how_it_is_used(arguments: tuple[str, ...], program: Callable[..., Any]) -> None:
    result = program(*arguments)
    assert result.exit_code == 2
    assert "give either" in result.stderr


def test_the_command_writes_files_without_the_secret(
    program: Callable[..., Any], settings: Config, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    result = program("--dir", str(tmp_path / "alerting"), "--secret-file", str(secret))
    assert result.exit_code == 0
    assert secret.read_text(encoding="ascii") == webhook_secret(settings.secret_key)
    assert secret.stat().st_mode & 0o077 == 0
    texts = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "alerting").iterdir()}
    assert len(texts) == 8
    assert not any(webhook_secret(settings.secret_key) in text for text in texts.values())
    (point,) = yaml.safe_load(texts["karte-notifications.yaml"])["contactPoints"]
    assert point["receivers"][0]["settings"]["hmacConfig"]["secret"] == f"$__file{{{secret}}}"
    # Grafana reads "$x" in a title or label as a variable of its environment.
    for text in texts.values():
        for group in yaml.safe_load(text).get("groups", ()):
            for rule in group["rules"]:
                assert not re.search(r"\$", rule["title"] + "".join(rule["labels"].values()))


def test_a_place_that_cannot_be_written_to_is_told(program: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = program("--dir", str(tmp_path / "file" / "x"))
    assert result.exit_code == 1
    assert "cannot write" in result.stderr
