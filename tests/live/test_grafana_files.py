"""The files of `docker/grafana/` in a real Grafana: an office's own, which nobody keeps in step."""

import os
import re
import shutil
from pathlib import Path

from sqlalchemy import select

from api.grafana.boards import boards_for
from api.identity.reading import issue_read_token
from api.local.child import stop_child
from api.local.datadir import DataDir
from api.local.grafana import comes_up, find_grafana, password_path, start_grafana
from api.models import Contract
from api.models.base import utc_now
from dashboards.build import GENERATED
from dashboards.registry import BOARDS
from tests.live.grafana_place import HOME, MARKS, Caller, Place

pytestmark = MARKS

FILES = Path(__file__).resolve().parents[2] / "docker" / "grafana" / "provisioning"
COMPLAINT = re.compile(r"level=(error|eror|warn|warning).*provisioning|provisioning.*level=(error|eror|warn)")


def test_they_load_without_a_complaint_and_show_the_office(place: Place, tmp_path: Path) -> None:
    made = place.contract("自前の Grafana")
    with place.database.writing.begin() as session:
        contract = session.scalars(select(Contract).where(Contract.public_id == made)).one()
        _token, plain = issue_read_token(session, contract, "own grafana", utc_now())
    shown = tmp_path / "dashboards"
    shown.mkdir()
    for entry in BOARDS:
        if entry.audience == "customer":
            shutil.copy(GENERATED / "ja" / f"{entry.name}.json", shown)
    data = DataDir(tmp_path / "own")
    data.create()
    found = find_grafana(Path(HOME))
    assert found is not None
    provisioning = tmp_path / "provisioning"
    shutil.copytree(FILES, provisioning)
    for name in ("plugins", "alerting"):  # which every installed Grafana has
        (provisioning / name).mkdir()
    settings = {
        "GF_PATHS_PROVISIONING": str(provisioning),
        "KARTE_URL": str(place.config.grafana_source_url),
        "KARTE_READ_TOKEN": plain,
        "KARTE_DASHBOARDS": str(shown),
    }
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        process = start_grafana(found, data)
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
    try:
        admin = Caller(found.url, "admin", password_path(data).read_text(encoding="ascii"))
        assert comes_up(found.url), "Grafana did not come up"
        assert admin.get("/api/datasources/uid/karte/health")["status"] == "OK"
        documents = boards_for(False, "ja").documents
        listed = {each["uid"]: each["folderTitle"] for each in admin.get("/api/search?type=dash-db")}
        assert listed == dict.fromkeys(documents, "オフィスカルテ")
    finally:
        stop_child(process)
    log = (data.log / "grafana.log").read_text(encoding="utf-8")
    assert "finished to provision dashboards" in log
    assert [line for line in log.splitlines() if COMPLAINT.search(line)] == []
