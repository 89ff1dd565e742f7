"""Sync on a real Grafana: what it makes, that it puts right what people change, and that no customer sees another's."""

import json
import time
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.cli import karte
from api.db import Database
from api.grafana.boards import boards_for
from api.grafana.errors import GrafanaAway, GrafanaDenied
from api.grafana.outcome import lines
from api.grafana.sync import How
from api.identity.accounts import create_user
from api.influx.registry import create_engine
from api.models import ContractEvent, GrafanaLease, GrafanaOrg, ReadToken
from tests.api.office import PASSWORD
from tests.dashboards.test_boards import MAY_BE_EMPTY
from tests.live.grafana_place import MARKS, Caller, Place

pytestmark = MARKS

SOURCE = "karte"
DAY_MS = 86_400_000
SPAN_MS = {"now-24h": DAY_MS, "now-2d": 2 * DAY_MS, "now-7d": 7 * DAY_MS, "now-30d": 30 * DAY_MS}
SECRET = "zqbsecret"


@pytest.fixture
def contract(place: Place) -> str:
    """A contract whose organisation is in order."""
    made = place.contract("山田商事株式会社")
    place.sync(made)
    return made


def dashboards(place: Place, org: int) -> dict[str, Any]:
    listed = place.admin.get("/api/search?type=dash-db&limit=5000", org)
    return {each["uid"]: place.admin.get(f"/api/dashboards/uid/{each['uid']}", org) for each in listed}


def versions(place: Place, org: int) -> dict[str, int]:
    return {uid: found["dashboard"]["version"] for uid, found in dashboards(place, org).items()}


def test_a_second_run_changes_nothing(place: Place) -> None:
    made = [place.contract("株式会社A"), place.contract("B, Inc.", "en")]
    with place.database.writing.begin() as session:
        create_user(session, f"staff-{made[0]}", PASSWORD, None)
    first = place.sync()
    assert {result.kind for result in first.results} >= {"made"}
    before = [versions(place, place.org(each)) for each in made]
    staff = versions(place, 1)
    assert before[0].keys() == boards_for(False, "ja").documents.keys()
    assert staff.keys() >= boards_for(True, "ja").documents.keys()
    for deep, quick in ((False, False), (True, False), (False, True)):
        again = place.sync(is_deep=deep, is_quick=quick)
        assert not again.has_changed, [line.en for line in lines(again)]
    assert [versions(place, place.org(each)) for each in made] == before
    assert versions(place, 1) == staff


def test_an_organisation_is_as_described(place: Place, contract: str) -> None:
    org = place.org(contract)
    assert place.admin.get(f"/api/orgs/{org}")["name"] == f"山田商事株式会社 [{contract}]"
    (source,) = place.admin.get("/api/datasources", org)
    assert (source["uid"], source["type"], source["access"], source["isDefault"]) == (SOURCE, "influxdb", "proxy", True)
    assert "Token" not in json.dumps(source)
    preferences = place.admin.get("/api/org/preferences", org)
    assert preferences["homeDashboardUID"] == boards_for(False, "ja").home
    assert (preferences["timezone"], preferences["weekStart"], preferences["language"]) == (
        "Asia/Tokyo",
        "monday",
        "ja-JP",
    )
    members = {each["login"]: each["role"] for each in place.admin.get(f"/api/orgs/{org}/users")}
    assert members == {"admin": "Admin", place.logins(contract)[0]: "Viewer"}
    assert place.viewer(contract).get(f"/api/datasources/uid/{SOURCE}/health")["status"] == "OK"


def test_what_people_changed_is_put_right_and_told(place: Place, contract: str) -> None:
    admin, org = place.admin, place.org(contract)
    overview = admin.get("/api/dashboards/uid/karte-overview", org)["dashboard"]
    security = admin.get("/api/dashboards/uid/karte-security", org)["dashboard"]
    moved = admin.get("/api/dashboards/uid/karte-network", org)["dashboard"]
    edited = {**overview, "panels": overview["panels"][:1]}
    foreign = {"name": "mine", "type": "influxdb", "access": "proxy", "url": "http://127.0.0.1:1", "uid": "mine"}
    for method, path, body in (
        ("POST", "/api/dashboards/db", {"dashboard": edited, "folderUid": "karte", "overwrite": True}),
        ("POST", "/api/dashboards/db", {"dashboard": {**security, "title": "x"}, "folderUid": "karte"}),
        ("POST", "/api/dashboards/db", {"dashboard": moved, "folderUid": ""}),
        ("DELETE", "/api/dashboards/uid/karte-device", None),
        ("PUT", f"/api/orgs/{org}", {"name": f"Renamed {contract}"}),
        ("DELETE", f"/api/datasources/uid/{SOURCE}", None),
        ("POST", "/api/datasources", foreign),
        ("PUT", "/api/folders/karte", {"title": "other", "overwrite": True}),
        ("PATCH", "/api/org/preferences", {"timezone": "utc", "language": "en-US"}),
    ):
        status, answer = admin.call(method, path, body, org)
        assert status == 200, (path, status, answer)
    plan = place.told(contract, is_deep=True, is_dry=True)
    told = place.told(contract, is_deep=True)
    assert plan == told
    text = "\n".join(told)
    for part in (
        f'rename "Renamed {contract}" to',
        'remove the foreign data source "mine"',
        "make the data source",
        'rename the folder to "オフィスカルテ"',
        "(its contents differ)",
        "(renamed)",
        "(moved to another folder)",
        'make the dashboard "機器のカルテ"',
        "set the organisation's time zone, language",
    ):
        assert part in text, text
    assert place.told(contract, is_deep=True) == []
    assert place.viewer(contract).get(f"/api/datasources/uid/{SOURCE}/health")["status"] == "OK"


def test_what_a_short_list_shows_is_put_right_in_an_ordinary_run(place: Place, contract: str) -> None:
    org = place.org(contract)
    for _look in range(2):  # whatever was due for a look at its contents has had it by then
        place.sync()
    assert place.admin.call("DELETE", "/api/folders/karte", org=org)[0] == 200
    member = place.admin.get(f"/api/users/lookup?loginOrEmail={place.logins(contract)[0]}")["id"]
    assert place.admin.call("PATCH", f"/api/orgs/{org}/users/{member}", {"role": "Admin"})[0] == 200
    shown = [line.en for line in lines(place.sync()) if contract in line.en]
    assert any(line.endswith("Viewer") or "viewer" in line for line in shown), shown
    assert dashboards(place, org).keys() == boards_for(False, "ja").documents.keys()
    assert not place.sync().has_changed


def test_a_data_source_that_was_saved_by_hand_gets_a_new_token(place: Place, contract: str) -> None:
    org = place.org(contract)
    source = place.admin.get(f"/api/datasources/uid/{SOURCE}", org)
    spoiled = {**source, "secureJsonData": {"httpHeaderValue1": "Token okr_of_somebody_else"}}
    assert place.admin.call("PUT", f"/api/datasources/uid/{SOURCE}", spoiled, org)[0] == 200
    assert place.told(contract, is_deep=True) == ["set the data source right (saved by hand)"]
    assert place.viewer(contract).get(f"/api/datasources/uid/{SOURCE}/health")["status"] == "OK"


def test_a_suspended_contract_is_closed_and_opens_again(place: Place, contract: str) -> None:
    viewer, org = place.viewer(contract), place.org(contract)
    assert viewer.call("GET", "/api/search")[0] == 200
    place.apply(contract, ContractEvent.SUSPEND)
    told = place.told(contract)
    login = place.logins(contract)[0]
    assert f"disable the account {login}" in told
    assert f"put {login} out" in told
    assert viewer.call("GET", "/api/search")[0] == 401
    assert dashboards(place, org)
    assert place.told(contract) == []
    place.apply(contract, ContractEvent.RESUME)
    place.sync(contract)
    assert viewer.call("GET", "/api/search")[0] == 200
    assert viewer.get(f"/api/datasources/uid/{SOURCE}/health")["status"] == "OK"


def test_an_ended_contract_is_exported_and_nobody_has_anything_of_it(place: Place, contract: str) -> None:
    viewer, org, login = place.viewer(contract), place.org(contract), place.logins(contract)[0]
    place.apply(contract, ContractEvent.TERMINATE)
    told = place.told(contract)
    (whole,) = place.config.grafana_export_dir.glob(f"{contract}-*")
    names = {path.name for path in whole.rglob("*.json")}
    assert {"organisation.json", "members.json", "datasources.json", "karte-overview.json"} <= names
    assert login in (whole / "members.json").read_text(encoding="utf-8")
    assert "okr_" not in "".join(path.read_text(encoding="utf-8") for path in whole.rglob("*.json"))
    assert any("exported" in line for line in told)
    assert f"remove the account {login}" in told
    assert viewer.call("GET", "/api/search")[0] == 401
    # Grafana 12.0, 13.1 and 13.2 cannot remove organisations: then nothing and nobody may be in it.
    if place.admin.call("GET", f"/api/orgs/{org}")[0] == 200:
        assert [each["login"] for each in place.admin.get(f"/api/orgs/{org}/users")] == ["admin"]
        assert place.admin.get("/api/search", org) == []
        assert place.admin.get("/api/datasources", org) == []
    with place.database.reading() as session:
        tokens = session.query(ReadToken).join(ReadToken.contract).filter_by(public_id=contract)
        assert all(token.revoked_at is not None for token in tokens)
    assert place.told(contract) == []


@pytest.mark.parametrize("steps", [0, 1, 2, 4, 7])
def test_a_run_that_was_cut_short_is_completed_by_the_next(place: Place, steps: int) -> None:
    made = place.contract(f"途中で止まる {steps}")
    sync = place.runner()
    _break_after(sync, steps)
    with pytest.raises(_Killed):
        sync.run(How(contract=made))
    _end_lease(place.database)
    place.sync(made)
    org = place.org(made)
    named = [each for each in place.admin.get("/api/orgs?perpage=1000") if made in each["name"]]
    assert [each["id"] for each in named] == [org]
    assert dashboards(place, org).keys() == boards_for(False, "ja").documents.keys()
    assert place.viewer(made).get(f"/api/datasources/uid/{SOURCE}/health")["status"] == "OK"
    assert place.told(made, is_deep=True) == []


class _Killed(BaseException):
    """As though the process ended here."""


def _break_after(sync: Any, steps: int) -> None:
    session = sync._grafana._client().client.s
    sync._grafana._own = type("Own", (), {"api": sync._grafana._client()})()
    sent, left = session.request, steps

    def request(method: str, *args: Any, **more: Any) -> Any:
        nonlocal left
        answer = sent(method, *args, **more)
        if method.upper() != "GET":
            if left == 0:
                raise _Killed
            left -= 1
        return answer

    session.request = request


def _end_lease(database: Database) -> None:
    # Whoever is killed cannot give it back; people wait for five minutes.
    with database.writing.begin() as session:
        session.query(GrafanaLease).update({"holder": None, "until": None})


@pytest.fixture(scope="module")
def office(place: Place) -> str:
    """The simulated office, whose points are stored already."""
    made = place.contract("みほん会計事務所", public_id="c-office")
    place.sync(made)
    return made


@pytest.fixture(scope="module")
def other(place: Place) -> str:
    """Another contract, with a value in the database and a name that must never be seen by the office."""
    made = place.contract(f"{SECRET} 法律事務所")
    place.sync(made)
    line = f"mem,contract={made},device=d-{SECRET},host={SECRET},site=s-{SECRET} used_percent=77 {time.time_ns()}"
    assert create_engine(place.config).write(place.config.influx_database, line.encode(), "ns").status == 204
    return made


def query(caller: Caller, text: str, org: int | None = None, source: dict[str, Any] | None = None) -> tuple[int, str]:
    now = int(time.time() * 1000)
    target = {
        "refId": "A",
        "datasource": source or {"type": "influxdb", "uid": SOURCE},
        "query": text,
        "rawQuery": True,
        "resultFormat": "table",
    }
    body = {"queries": [target], "from": str(now - DAY_MS), "to": str(now + 60_000)}
    status, answer = caller.call("POST", "/api/ds/query", body, org)
    frames = [frame["data"] for result in answer.get("results", {}).values() for frame in result.get("frames", [])]
    return status, json.dumps(frames or answer, ensure_ascii=False)


def _paths_to_others(org: int, source: int, member: int) -> tuple[str, ...]:
    """Return paths by which an organisation's things might be read from outside."""
    return (
        "/api/datasources",
        f"/api/datasources/{source}",
        f"/api/datasources/uid/{SOURCE}",
        f"/api/datasources/uid/{SOURCE}/health",
        f"/api/datasources/proxy/{source}/query?db=karte&q=SHOW%20TAG%20VALUES%20WITH%20KEY%3Dhost",
        f"/api/datasources/proxy/uid/{SOURCE}/query?db=karte&q=SHOW%20TAG%20VALUES%20WITH%20KEY%3Dhost",
        f"/api/datasources/uid/{SOURCE}/resources/query",
        "/api/orgs",
        f"/api/orgs/{org}",
        f"/api/orgs/{org}/users",
        "/api/org",
        "/api/org/users",
        "/api/org/users/lookup",
        "/api/user/orgs",
        "/api/users",
        f"/api/users/{member}",
        f"/api/users/{member}/orgs",
        "/api/search?limit=5000",
        f"/api/search?orgId={org}",
        f"/api/dashboards/uid/karte-overview?orgId={org}",
        f"/api/annotations?orgId={org}",
        "/api/admin/settings",
        f"/apis/dashboard.grafana.app/v0alpha1/namespaces/org-{org}/dashboards",
        f"/apis/folder.grafana.app/v1beta1/namespaces/org-{org}/folders",
        f"/apis/iam.grafana.app/v0alpha1/namespaces/org-{org}/users",
    )


def test_a_viewer_gets_nothing_of_another_contract(place: Place, office: str, other: str) -> None:
    mine, theirs, viewer = place.org(office), place.org(other), place.viewer(office)
    their_source = place.admin.get(f"/api/datasources/uid/{SOURCE}", theirs)
    their_member = place.admin.get(f"/api/orgs/{theirs}/users")[-1]["userId"]
    text = 'SELECT "used_percent" FROM "mem"'
    assert SECRET in query(place.viewer(other), 'SHOW TAG VALUES WITH KEY = "host"')[1]  # it can be found by its own
    seen = [
        *(query(viewer, text, org) for org in (None, mine, theirs, 1)),
        query(viewer, f"{text} WHERE \"contract\" = '{other}'"),
        query(viewer, f"{text} WHERE \"host\" = '{SECRET}' OR 1 = 1"),
        query(viewer, 'SHOW TAG VALUES WITH KEY = "host"'),
        query(viewer, 'SHOW TAG VALUES WITH KEY = "host"', theirs, {"type": "influxdb", "uid": their_source["uid"]}),
        query(viewer, text, mine, {"type": "influxdb", "id": their_source["id"], "orgId": theirs}),
        query(viewer, text, mine, {"id": their_source["id"]}),
    ]
    for org in (None, theirs, 1):
        for path in _paths_to_others(theirs, their_source["id"], their_member):
            status, answer = viewer.call("GET", path, org=org)
            seen.append((status, json.dumps(answer, ensure_ascii=False)))
    for method, path, body in (
        ("POST", f"/api/user/using/{theirs}", None),
        ("POST", "/api/user/using/1", None),
        ("POST", f"/api/orgs/{theirs}/users", {"loginOrEmail": viewer.user, "role": "Viewer"}),
        ("POST", "/api/datasources", {"name": "x", "type": "influxdb", "url": "http://127.0.0.1:1"}),
        ("PUT", f"/api/datasources/uid/{SOURCE}", dict(their_source)),
        ("POST", "/api/dashboards/db", {"dashboard": {"title": "x"}, "overwrite": True}),
    ):
        status, answer = viewer.call(method, path, body)
        assert status in (401, 403, 404), path
        seen.append((status, json.dumps(answer, ensure_ascii=False)))
    assert not [answer for _status, answer in seen if SECRET in answer or other in answer]
    assert viewer.get("/api/org")["id"] == mine
    assert [each["orgId"] for each in viewer.get("/api/user/orgs")] == [mine]


def _panels() -> list[Any]:
    return [
        pytest.param(document, panel, id=f"{uid}-{panel['id']}")
        for uid, document in boards_for(False, "ja").documents.items()
        for panel in document["panels"]
        if panel.get("targets")
    ]


@pytest.mark.parametrize(("document", "panel"), _panels())
def test_every_panel_has_data_for_the_customers_viewer(
    place: Place, office: str, document: dict[str, Any], panel: dict[str, Any]
) -> None:
    now = int(time.time() * 1000)
    span = SPAN_MS.get(panel.get("timeFrom") or document["time"]["from"], 30 * DAY_MS)
    # Variables that stand for all, as Grafana's own page sends them.
    text = json.dumps(panel["targets"]).replace("$__", "\0")
    for variable in sorted((each["name"] for each in document["templating"]["list"]), key=len, reverse=True):
        for form in (f"${{{variable}:regex}}", f"${{{variable}}}", f"${variable}"):
            text = text.replace(form, ".*")
    targets = [
        {**target, "intervalMs": 600_000, "maxDataPoints": 500} for target in json.loads(text.replace("\0", "$__"))
    ]
    body = {"queries": targets, "from": str(now - span), "to": str(now)}
    status, answer = place.viewer(office).call("POST", "/api/ds/query", body)
    assert status == 200, answer
    rows = 0
    for ref, result in answer["results"].items():
        assert "error" not in result, (ref, result["error"])
        rows += sum(len(frame["data"]["values"][0]) for frame in result["frames"] if frame["data"]["values"])
    assert rows or panel["title"] in MAY_BE_EMPTY


def _karte(place: Place, monkeypatch: pytest.MonkeyPatch, *arguments: str, **settings: str) -> Result:
    config = place.config
    for name, value in {
        "KARTE_DATABASE_URL": config.database_url,
        "KARTE_SECRET_KEY": config.secret_key,
        "KARTE_GRAFANA_URL": str(config.grafana_url),
        "KARTE_GRAFANA_PASSWORD": str(config.grafana_password),
        "KARTE_GRAFANA_SOURCE_URL": str(config.grafana_source_url),
        "KARTE_GRAFANA_EXPORT_DIR": str(config.grafana_export_dir),
        **settings,
    }.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(karte, ["dashboards", "sync", "--lang", "en", *arguments])
    assert "Traceback" not in result.output
    return result


def test_a_dry_run_prints_the_plan_and_changes_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    made = place.contract("計画だけ")
    orgs = place.admin.get("/api/orgs?perpage=1000")
    result = _karte(place, monkeypatch, "--dry-run", "--contract", made)
    assert result.exit_code == 0
    assert f'make the organisation "計画だけ [{made}]"' in result.output
    assert 'make the dashboard "オフィスカルテ"' in result.output
    assert place.admin.get("/api/orgs?perpage=1000") == orgs
    with place.database.reading() as session:
        assert session.query(GrafanaOrg).join(GrafanaOrg.contract).filter_by(public_id=made).all() == []
        assert session.query(ReadToken).join(ReadToken.contract).filter_by(public_id=made).all() == []
    assert _karte(place, monkeypatch, "--contract", made).exit_code == 0
    assert place.org(made)


@pytest.mark.parametrize(
    "name",
    [
        "「引用」\"double\" 'single' `tick` \\",
        "🍣🏢 絵文字商店 👍🏽",
        "長" * 200,
        "<b>&amp;</b>; DROP TABLE org --",
    ],
    ids=["quotes", "emoji", "200", "markup"],
)
def test_any_name_of_a_customer_will_do(place: Place, name: str) -> None:
    made = place.contract(name)
    place.sync(made)
    found = place.admin.get(f"/api/orgs/{place.org(made)}")["name"]
    assert found.endswith(f"[{made}]")
    assert found.startswith(name[:20])
    assert place.told(made, is_deep=True) == []


def test_a_name_that_another_organisation_has_is_told_and_mended_by_the_next_run(place: Place) -> None:
    made = place.contract("先着")
    named = {"name": f"先着 [{made}]"}
    place.sync(made)
    org = place.org(made)
    assert place.admin.call("PUT", f"/api/orgs/{org}", {"name": f"free {made}"})[0] == 200
    squatter = place.admin.call("POST", "/api/orgs", named)[1]["orgId"]
    outcome = place.runner().run(How(contract=made))
    assert not outcome.is_good
    assert "rename that one in Grafana" in "\n".join(line.en for line in lines(outcome))
    assert place.admin.call("PUT", f"/api/orgs/{squatter}", {"name": f"moved {made}"})[0] == 200
    place.sync(made)
    assert place.admin.get(f"/api/orgs/{org}")["name"] == named["name"]


def test_a_grafana_that_is_down_is_told_in_one_line(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    result = _karte(place, monkeypatch, KARTE_GRAFANA_ADMIN_URL="http://127.0.0.1:9")
    assert result.exit_code == 1
    assert "cannot be reached" in result.output


def test_a_wrong_password_and_a_user_who_may_only_read_are_told(place: Place, contract: str) -> None:
    with pytest.raises(GrafanaDenied, match="does not take the password"):
        place.runner(grafana_password="another one").run()
    viewer = place.viewer(contract)
    with pytest.raises(GrafanaDenied, match="no server administrator"):
        place.runner(grafana_user=viewer.user, grafana_password=viewer.password).run()


def test_a_slow_grafana_is_given_up_and_told(place: Place) -> None:
    sync = place.runner()
    sync._grafana._timeout_s = 1e-6  # no machine is as fast
    with pytest.raises(GrafanaAway):
        sync.run()
