import re

import pytest
from flask.testing import FlaskClient

from api.routes.collected import groups
from collectors import __version__
from collectors.catalogue import inventories, measurements
from collectors.catalogue_words import NEVER, PERSONAL, TYPES
from collectors.declaration import PersonalData
from tests.api.office import PASSWORD


def ids(html: str) -> list[str]:
    return re.findall(r' id="([^"]+)"', html)


@pytest.mark.parametrize(("lang", "title"), [("ja", "収集する項目"), ("en", "What is collected")])
def test_anybody_can_read_it_in_both_languages(client: FlaskClient, lang: str, title: str) -> None:
    response = client.get(f"/collected?lang={lang}")
    assert response.status_code == 200
    assert f'<html lang="{lang}">' in response.text
    assert f"<h1>{title}</h1>" in response.text
    assert f'href="/collected.json?lang={lang}"' in response.text


def test_it_is_japanese_where_nothing_is_asked_for(client: FlaskClient) -> None:
    assert '<html lang="ja">' in client.get("/collected").text


def test_it_shows_all_of_the_catalogue_once() -> None:
    shown = [section.anchor for group in groups() for section in group.sections]
    declared = [*(f"m-{name}" for name in measurements()), *(f"list-{each.name}" for each in inventories())]
    assert sorted(shown) == sorted(declared)


def test_every_value_is_there_with_its_unit_and_class(client: FlaskClient) -> None:
    text = client.get("/collected?lang=en").text
    for declared in measurements().values():
        assert f'<h3 id="m-{declared.name}">' in text
        for name in (*(tag.name for tag in declared.tags), *(field.name for field in declared.fields)):
            assert f"<code>{name}</code></th>" in text
    (row,) = re.findall(r"<tr><th[^>]*>[^<]*<code>serial_no</code>.*?</tr>", text)[:1]
    assert "identifies the device" in row
    assert re.search(
        r"<code>used_percent</code></th><td>decimal <span class=\"unit\">\(%\)</span></td><td>no</td>", text
    )


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_it_says_what_is_never_collected_and_what_the_classes_mean(client: FlaskClient, lang: str) -> None:
    text = client.get(f"/collected?lang={lang}").text
    for each in (*NEVER, *PERSONAL.values()):
        assert (each.ja if lang == "ja" else each.en) in text


def test_every_link_of_the_contents_leads_somewhere_and_ids_are_unique(client: FlaskClient) -> None:
    text = client.get("/collected").text
    found = ids(text)
    assert len(found) == len(set(found))
    targets = re.findall(r'href="#([^"]+)"', text)
    assert len(targets) > len(measurements())
    assert set(targets) <= set(found)


def test_nothing_of_one_request_is_kept_for_the_next(client: FlaskClient) -> None:
    client.get("/collected?lang=en&x=%3Cb%3Eodd")
    text = client.get("/collected?lang=en").text
    assert "odd" not in text
    assert "Contents" in text
    assert "目次" in client.get("/collected?lang=ja").text


def test_it_runs_no_script_and_nothing_inline(client: FlaskClient) -> None:
    text = client.get("/collected").text
    assert "<script" not in text
    assert "<style" not in text
    assert " style=" not in text


def test_it_is_asked_for_again_only_by_its_etag(client: FlaskClient) -> None:
    first = client.get("/collected?lang=ja")
    assert first.headers["Cache-Control"] == "no-cache"
    assert {"Accept-Language", "Cookie"} <= set(first.vary)
    tag = first.headers["ETag"]
    again = client.get("/collected?lang=ja", headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert client.get("/collected?lang=en", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("path", ["/collected", "/collected.json"])
def test_it_is_the_same_for_who_is_signed_in(client: FlaskClient, staff: str, path: str) -> None:
    before = client.get(path)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login").text)
    assert token
    form = {"username": staff, "password": PASSWORD, "csrf_token": token[1]}
    assert client.post("/login", data=form).status_code == 303
    after = client.get(path)
    assert after.headers["ETag"] == before.headers["ETag"]
    assert staff not in after.text


@pytest.mark.parametrize(("lang", "text"), [("ja", "メモリーの使用状況"), ("en", "memory")])
def test_the_json_is_the_catalogue_in_one_language(client: FlaskClient, lang: str, text: str) -> None:
    response = client.get(f"/collected.json?lang={lang}")
    assert response.mimetype == "application/json"
    body = response.get_json()
    assert (body["version"], body["lang"]) == (__version__, lang)
    assert {each["name"] for each in body["measurements"]} == set(measurements())
    assert {each["name"] for each in body["inventories"]} == {each.name for each in inventories()}
    assert text in next(each["text"] for each in body["measurements"] if each["name"] == "mem").lower()
    again = client.get(f"/collected.json?lang={lang}", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_the_footer_of_other_pages_leads_to_it(client: FlaskClient) -> None:
    assert '<a href="/collected">収集する項目</a>' in client.get("/login").text


def test_every_type_and_class_has_its_words() -> None:
    assert set(PERSONAL) == set(PersonalData)
    for group in groups():
        for section in group.sections:
            assert section.rows
    assert all(text.ja and text.en for text in TYPES.values())
