"""All that an organisation holds, as JSON files, before it is removed."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from api.grafana.api import Grafana
from api.grafana.errors import GrafanaError
from collectors.atomic import replace_file, sync_directory
from collectors.text import Text

_LISTS: Mapping[str, str] = {
    "organisation": "/org",
    "preferences": "/org/preferences",
    "members": "/org/users",
    "datasources": "/datasources",
    "folders": "/folders?limit=1000",
    "library-elements": "/library-elements?perPage=1000",
    "annotations": "/annotations?limit=10000",
}
"""File -> path of Grafana's API; secrets of data sources are in no answer."""

_SAFE = re.compile(r"[^A-Za-z0-9_-]")


class ExportError(GrafanaError):
    """What an organisation holds could not be written; nothing is removed then."""


def export_org(grafana: Grafana, org: int, contract: str, root: Path, now: datetime) -> Path:
    """Write all that an organisation holds to a new directory, whole or not at all, and return that.

    Raises:
        ExportError: the files could not be written.
        GrafanaError: Grafana did not give what is in the organisation.
    """
    whole = root / f"{contract}-{now:%Y%m%dT%H%M%SZ}"
    draft = whole.with_name(f"{whole.name}.part")
    found: dict[str, Any] = {f"{name}.json": grafana.read(org, path) for name, path in _LISTS.items()}
    for each in grafana.listing(org):
        if not each.is_folder:
            name = _SAFE.sub("_", each.uid)
            found[f"dashboards/{name}.json"] = grafana.read(org, f"/dashboards/uid/{each.uid}")
    try:
        (draft / "dashboards").mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, value in found.items():
            text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
            replace_file(draft / name, text.encode())
        draft.rename(whole)
        sync_directory(root)
    except OSError as error:
        where = error.filename or root
        raise ExportError(
            Text(
                f"{where} に書き出せないため、組織を削除しませんでした: {error.strerror}。"
                "KARTE_GRAFANA_EXPORT_DIR を確認してください",
                f"{where} cannot be written, so the organisation stays: {error.strerror}; see KARTE_GRAFANA_EXPORT_DIR",
            )
        ) from None
    return whole
