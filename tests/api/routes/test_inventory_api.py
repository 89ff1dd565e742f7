import json

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.models import AuditEntry, Licence
from collectors.inventory import AssetItem, SoftwareItem
from tests.api.office import Office
from tests.api.possessing import Possessing
from tests.api.queries import counted
from tests.api.signed_in import Api

PRINTER = AssetItem(
    asset="mfp-1", kind="printer", maker="例示事務機", model="MX-100", names=("複合機１",), ip=("192.0.2.9",)
)


@pytest.fixture
def boss(app: Flask, staff: str) -> Api:
    return Api(app.test_client(), staff)


@pytest.fixture
def taro(app: Flask, customer: str) -> Api:
    return Api(app.test_client(), customer)


@pytest.fixture
def having(office: Office) -> Possessing:
    return Possessing(office)


@pytest.fixture
def path(office: Office) -> str:
    return f"/contracts/{office.contract}"


def names(api: Api, path: str) -> list[str]:
    status, rows = api("GET", path)
    assert status == 200, rows
    return [row["name"] for row in rows]


def test_it_lists_what_is_installed_on_which_device(taro: Api, path: str, having: Possessing) -> None:
    one = having.has("keiri", "Chrome 1.0", "7-Zip 24.08")
    having.has("soumu", "Chrome 2.0")
    rows = taro("GET", f"{path}/software")[1]
    assert [(row["name"], row["version"], row["device"]["hostname"]) for row in rows] == [
        ("7-Zip", "24.08", "host-keiri"),
        ("Chrome", "1.0", "host-keiri"),
        ("Chrome", "2.0", "host-soumu"),
    ]
    assert rows[0]["device"]["id"] == one.device
    assert rows[0]["publisher"] == "例示ソフト"


def test_it_filters_by_name_publisher_and_device(taro: Api, path: str, having: Possessing) -> None:
    one = having.has("1", SoftwareItem(name="Ｅｘａｍｐｌｅ Ｏｆｆｉｃｅ", publisher="例示ソフト"), "Chrome 1")
    having.has("2", SoftwareItem(name="Example Reader", publisher="Ｒｅａｄｅｒ社"))
    assert names(taro, f"{path}/software?name=example+OFFICE") == ["Ｅｘａｍｐｌｅ Ｏｆｆｉｃｅ"]
    assert names(taro, f"{path}/software?name=reader") == ["Example Reader"]
    assert names(taro, f"{path}/software?name=例示") == []
    assert names(taro, f"{path}/software?publisher=reader") == ["Example Reader"]
    assert names(taro, f"{path}/software?publisher=office") == []
    assert names(taro, f"{path}/software?device={one.device}") == ["Chrome", "Ｅｘａｍｐｌｅ Ｏｆｆｉｃｅ"]


@pytest.mark.parametrize("wild", ["%", "_", "/", "%25", "Chr%me", "Chr_me", "*", "C*", "\\", "'", '"', "' OR 1=1 --"])
def test_no_sign_of_a_search_means_anything_but_itself(taro: Api, path: str, having: Possessing, wild: str) -> None:
    having.has("1", "Chrome 1.0", f"Odd{wild}Name")
    rows = taro.client.get(f"/api/v1{path}/software", query_string={"name": wild}).get_json()
    assert [row["name"] for row in rows] == [f"Odd{wild}Name".partition(" ")[0]] or " " in wild
    assert "Chrome" not in json.dumps(rows)
    found = taro.client.get(f"/api/v1{path}/search", query_string={"q": wild}).get_json()
    assert "Chrome" not in json.dumps(found["software"])


@pytest.mark.parametrize("name", ["", " ", "\u3000", "x" * 101, "a\0b", "a\u202eb"])
@pytest.mark.parametrize("place", ["software?name=", "assets?name=", "search?q=", "software/holders?name="])
def test_it_refuses_words_that_are_none(taro: Api, path: str, place: str, name: str) -> None:
    resource, _, key = place.partition("?")
    answer = taro.client.get(f"/api/v1{path}/{resource}", query_string={key.rstrip("="): name})
    assert answer.status_code == 422


def test_it_tells_products_and_on_how_many_devices_they_are(taro: Api, path: str, having: Possessing) -> None:
    having.has("1", "Chrome 1.0")
    having.has("2", "Chrome 1.0")
    having.has("3", "Chrome 2.0")
    rows = taro("GET", f"{path}/software/products?name=chrome")[1]
    assert [(row["version"], row["devices"]) for row in rows] == [("1.0", 2), ("2.0", 1)]


def test_it_tells_who_has_a_product(taro: Api, path: str, having: Possessing) -> None:
    having.has("1", "Chrome 1.0")
    having.has("2", "Chrome-Beta 2.0", "Other 1")
    revoked = having.has("3", "Chrome 1.0")
    having.office.revoke(revoked.device)

    def holders(name: str) -> list[str]:
        rows = taro.client.get(f"/api/v1{path}/software/holders", query_string={"name": name}).get_json()
        return [row["device"]["hostname"] for row in rows]

    assert holders("chrome") == ["host-1"]
    assert holders("ｃｈｒｏｍｅ*") == ["host-1", "host-2"]
    assert holders("%") == []


def test_it_tells_what_changed(taro: Api, path: str, having: Possessing) -> None:
    having.has("1", "Chrome 1.0", "Old 1")
    having.has("1", "Chrome 2.0", "New 1", hours=24)
    having.sees("p", PRINTER)
    having.sees("p", hours=30)
    rows = taro("GET", f"{path}/software/changes")[1]
    assert {(row["change"], row["name"], row["version_before"], row["version_after"]) for row in rows} == {
        ("updated", "Chrome", "1.0", "2.0"),
        ("removed", "Old", "1", None),
        ("added", "New", None, "1"),
    }
    assert names(taro, f"{path}/software/changes?change=added") == ["New"]
    assert names(taro, f"{path}/software/changes?name=chrom") == ["Chrome"]
    assert names(taro, f"{path}/software/changes?name=%25") == []
    (gone,) = taro("GET", f"{path}/assets/changes")[1]
    assert (gone["change"], gone["asset"], gone["before"]["maker"], gone["after"]) == (
        "removed",
        "mfp-1",
        "例示事務機",
        None,
    )


def test_changes_are_cut_by_days_in_japan(taro: Api, path: str, having: Possessing) -> None:
    having.has("1", "Chrome 1")
    # Lists begin on 1 March, 18:00 in Japan, so that seven hours later it is the 2nd there and the 1st in UTC still.
    having.has("1", "Chrome 2", hours=7)
    assert len(taro("GET", f"{path}/software/changes?since=2026-03-02&until=2026-03-02")[1]) == 1
    assert taro("GET", f"{path}/software/changes?until=2026-03-01")[1] == []
    assert taro("GET", f"{path}/software/changes?since=2026-03-03")[1] == []
    for wrong in ("since=0001-01-01", "until=9999-12-31", "since=soon", "change=eaten"):
        assert taro("GET", f"{path}/software/changes?{wrong}")[0] == 422


def test_it_lists_what_is_on_the_lan(taro: Api, path: str, having: Possessing) -> None:
    router = AssetItem(asset="rt", kind="router", maker="Example", model="R1", mac=("00:00:5e:00:53:01",))
    having.sees("p", PRINTER, router)
    rows = taro("GET", f"{path}/assets")[1]
    assert [(row["asset"], row["probe"]["hostname"], row["site"]) for row in rows] == [
        ("mfp-1", "host-p", "本社"),
        ("rt", "host-p", "本社"),
    ]
    for asked, found in (
        ("name=複合機1", "mfp-1"),
        ("name=00:00:5E", "rt"),
        ("name=192.0.2", "mfp-1"),
        ("kind=router", "rt"),
    ):
        assert [row["asset"] for row in taro("GET", f"{path}/assets?{asked}")[1]] == [found]


def test_a_search_goes_through_all_that_a_contract_has(taro: Api, path: str, having: Possessing) -> None:
    having.has("複合機室", "複合機ドライバー 1")
    having.sees("p", PRINTER)
    found = taro("GET", f"{path}/search?q=複合機")[1]
    assert [device["hostname"] for device in found["devices"]] == ["host-複合機室"]
    assert [each["name"] for each in found["software"]] == ["複合機ドライバー"]
    assert [each["asset"] for each in found["assets"]] == ["mfp-1"]
    assert found["more"] == []
    one = found["devices"][0]["id"]
    assert [each["id"] for each in taro("GET", f"{path}/search?q={one.upper()}")[1]["devices"]] == [one]


def test_a_search_gives_fifty_of_a_kind_and_says_that_there_is_more(taro: Api, path: str, having: Possessing) -> None:
    having.has("1", *(f"Tool{number} 1" for number in range(51)))
    found = taro("GET", f"{path}/search?q=tool")[1]
    assert (len(found["software"]), found["more"]) == (50, ["software"])


def test_nothing_of_another_contract_is_listed_or_found(
    taro: Api, path: str, having: Possessing, other_office: Office
) -> None:
    theirs = Possessing(other_office)
    theirs.has("secret", "SecretTool 1")
    theirs.has("secret", "SecretTool 2", hours=5)
    theirs.sees("secret-probe", AssetItem(asset="secret-printer", kind="printer"))
    having.has("1", "Chrome 1")
    for place in ("software", "software/products", "software/changes", "assets", "assets/changes", "licences"):
        assert "secret" not in json.dumps(taro("GET", f"{path}/{place}")[1]).lower()
    for place in ("search?q=secret", "software/holders?name=*secret*"):
        assert "secret" not in json.dumps(taro("GET", f"{path}/{place}")[1]).lower()
    for place in ("software", "software/products", "software/changes", "software/holders?name=x", "assets"):
        assert taro("GET", f"/contracts/{other_office.contract}/{place}")[0] == 404
    for place in ("assets/changes", "search?q=secret", "licences"):
        assert taro("GET", f"/contracts/{other_office.contract}/{place}")[0] == 404
    foreign = theirs.device("secret").device
    assert taro("GET", f"{path}/software?device={foreign}")[1] == []


def test_licences_are_counted_once_a_device(taro: Api, path: str, having: Possessing) -> None:
    both = [SoftwareItem(name="Example Office", version=each, source="registry") for each in ("1", "2")]
    having.has("1", *both)
    having.has("2", "ＥＸＡＭＰＬＥ-OFFICE 1", "Example 9")
    having.has("3", SoftwareItem(name="Example Office", version="1"))
    status, made = taro("POST", f"{path}/licences", {"product": "example*office", "owned": 2})
    assert (status, made["installed"], made["short_by"]) == (201, 3, 1)
    assert made["text"] == "installed 3 of 2 owned, short by 1"
    having.office.revoke(having.device("3").device)
    (shown,) = taro("GET", f"{path}/licences")[1]
    assert (shown["installed"], shown["short_by"], shown["text"]) == (2, 0, "installed 2 of 2 owned")
    rows = taro("GET", f"{path}/licences/{made['id']}/holders")[1]
    assert [row["device"]["hostname"] for row in rows] == ["host-1", "host-1", "host-2"]


@pytest.mark.parametrize(
    ("product", "version", "installed"),
    [
        ("Example Office", "", 2),
        ("example office", "2024", 1),
        ("Example Office", "20*", 1),
        ("Example", "", 0),
        ("Example*", "", 2),
        ("*", "", 2),
        ("Example_Office", "", 0),
        ("Example%", "", 0),
        ("例示ソフト", "", 0),
        ("*例示*", "", 0),
    ],
)
def test_a_pattern_covers_what_it_says(
    taro: Api, path: str, having: Possessing, product: str, version: str, installed: int
) -> None:
    maker = "例示ソフト"
    having.has("1", SoftwareItem(name="Example Office", version="2024", publisher=maker))
    having.has("2", SoftwareItem(name="Example Office", version="1.0", publisher=maker))
    body = {"product": product, "version": version, "owned": 1}
    assert taro("POST", f"{path}/licences", body)[1]["installed"] == installed


def test_a_licence_is_changed_by_who_has_read_it(
    taro: Api, boss: Api, path: str, having: Possessing, session: Session, customer: str
) -> None:
    body = {"product": "X", "owned": 1, "note": "契約書"}
    made = taro("POST", f"{path}/licences", body, Idempotency_Key="one")[1]
    assert taro("POST", f"{path}/licences", body, Idempotency_Key="one")[1]["id"] == made["id"]
    one = f"{path}/licences/{made['id']}"
    tag = boss.client.get(f"/api/v1{one}").headers["ETag"]
    assert taro("PATCH", one, {"owned": 2})[0] == 428
    # What is installed changes; what people wrote does not.
    having.has("1", "X 1")
    answer = taro.client.patch(f"/api/v1{one}", json={"owned": 2}, headers={**taro.headers, "If-Match": tag})
    assert (answer.status_code, answer.get_json()["owned"], answer.get_json()["installed"]) == (200, 2, 1)
    assert boss("PATCH", one, {"owned": 9}, If_Match=tag)[1]["error"]["code"] == "changed_meanwhile"
    newer = answer.headers["ETag"]
    assert boss("PATCH", one, {"product": "a\u202eb"}, If_Match=newer)[0] == 422
    assert boss("DELETE", one, If_Match=tag)[0] == 412
    assert boss("DELETE", one, If_Match=newer)[0] == 204
    assert taro("GET", one)[0] == 404
    assert session.scalars(select(Licence)).all() == []
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("licence."))).all()
    assert [(each.action, each.actor_name) for each in entries] == [
        ("licence.add", customer),
        ("licence.change", customer),
        ("licence.remove", "boss"),
    ]
    assert entries[1].details == {"owned": {"before": 1, "after": 2}}


@pytest.mark.parametrize(
    "change",
    [
        {"product": ""},
        {"product": "x" * 201},
        {"product": "a\nb\u202e"},
        {"product": None},
        {"owned": -1},
        {"owned": 1_000_001},
        {"owned": "5"},
        {"owned": 1.5},
        {"owned": None},
        {"note": "x" * 501},
        {"contract_id": 2},
        {"public_id": "l-0000000000"},
        {"product_like": "%"},
        {"installed": 0},
    ],
)
def test_it_refuses_a_licence_that_cannot_be(taro: Api, path: str, change: dict[str, object]) -> None:
    assert taro("POST", f"{path}/licences", {"product": "X", "owned": 1, **change})[0] == 422
    assert taro("GET", f"{path}/licences") == (200, [])


def test_half_a_character_is_no_text(taro: Api, path: str) -> None:
    body = r'{"product": "X\ud800", "owned": 1}'
    headers = {**taro.headers, "Content-Type": "application/json"}
    assert taro.client.post(f"/api/v1{path}/licences", data=body, headers=headers).status_code == 422


def test_a_licence_is_found_only_under_its_own_contract(taro: Api, boss: Api, path: str, other_office: Office) -> None:
    theirs = f"/contracts/{other_office.contract}/licences"
    made = boss("POST", theirs, {"product": "X", "owned": 1})[1]["id"]
    assert taro("POST", theirs, {"product": "X", "owned": 1})[0] == 404
    for method in ("GET", "PATCH", "DELETE"):
        body = {"owned": 2} if method == "PATCH" else None
        assert taro(method, f"{path}/licences/{made}", body, If_Match='"x"')[0] == 404
        assert taro(method, f"{theirs}/{made}", body, If_Match='"x"')[0] == 404
    assert taro("GET", f"{path}/licences/{made}/holders")[0] == 404


def test_lists_cost_as_many_queries_with_many_rows_as_with_few(
    app: Flask, taro: Api, path: str, having: Possessing
) -> None:
    def fill(devices: range) -> None:
        for number in devices:
            having.has(f"{number}", "Chrome 1", f"Tool{number} 1")
            having.has(f"{number}", "Chrome 2", f"Tool{number} 2", hours=9)
            items = [AssetItem(asset=f"a{number}-{each}", kind="pc") for each in devices]
            having.sees("p", *items, hours=number * 10)
            taro("POST", f"{path}/licences", {"product": f"Tool{number}", "owned": 1})

    def asked() -> list[int]:
        found = []
        for place in places:
            with counted(app) as statements:
                status, rows = taro("GET", f"{path}/{place}")
            assert status == 200
            assert rows
            found.append(len(statements))
        return found

    places = ["software", "software/products", "software/changes", "software/holders?name=*", "assets"]
    places += ["assets/changes", "licences", "search?q=o"]
    fill(range(1, 3))
    asked()
    few = asked()
    fill(range(3, 9))
    assert asked() == few


def test_lists_come_in_pages(taro: Api, path: str, having: Possessing) -> None:
    having.has("1", *(f"Tool{number} 1" for number in range(5)))
    answer = taro.client.get(f"/api/v1{path}/software?page=2&page_size=3")
    assert [row["name"] for row in answer.get_json()] == ["Tool3", "Tool4"]
    assert json.loads(answer.headers["X-Pagination"])["total"] == 5
