"""The committed dashboards, with links to this service where it really is."""

from api.grafana.boards import boards_at, boards_for
from api.grafana.wanted import Boards
from dashboards.links import SERVICE, SERVICE_DEFAULT
from dashboards.uids import OVERVIEW


def _address(boards: Boards) -> list[str]:
    return [each["query"] for each in boards.documents[OVERVIEW]["templating"]["list"] if each["name"] == SERVICE]


def test_its_links_lead_to_where_the_service_is() -> None:
    assert _address(boards_for(False, "ja")) == [SERVICE_DEFAULT]
    assert _address(boards_at("https://karte.example/")(False, "ja")) == ["https://karte.example"]


def test_another_address_is_another_set_of_dashboards() -> None:
    here, there = boards_at("https://a.example")(False, "en"), boards_at("https://b.example")(False, "en")
    assert here.digest != there.digest
    assert here.documents.keys() == boards_for(False, "en").documents.keys()
    assert here.documents["karte-assets"] is boards_for(False, "en").documents["karte-assets"]
