"""The organisation of a contract that has ended: exported, then removed, or emptied where Grafana cannot remove it."""

from datetime import datetime
from pathlib import Path

from api.grafana.api import Grafana
from api.grafana.errors import GrafanaRefused
from api.grafana.export import export_org
from api.grafana.notes import Notes
from api.grafana.organisation import empty_org
from api.grafana.outcome import Kind
from api.grafana.wanted import Subject
from collectors.text import Text

PLANNED = (Text("すべてを JSON に書き出す", "export all of it as JSON"), Text("組織を削除", "remove the organisation"))
"""What is to be done, told before it is."""

_REMOVED = Text("組織を削除した", "organisation removed")
_EMPTIED = Text(
    "組織の中身と利用者をすべて削除した。Grafana の不具合（issue 127386）で組織は残るため、後の実行でも削除を試す",
    "emptied, nobody is in it; Grafana fails to remove organisations (its issue 127386), later runs try again",
)
_SERVER_ERROR = 500


def end_org(
    grafana: Grafana,
    notes: Notes,
    subject: Subject,
    org: int,
    us: str,
    export_dir: Path,
    now: datetime,
    told: list[Text],
) -> Kind:
    """Export an organisation, end its tokens and remove it. Each step is noted, so that none is done twice.

    Args:
        grafana: where.
        notes: what is noted of it.
        subject: whose it is.
        org: Grafana's number of it.
        us: the user that we are, who stays in what cannot be removed.
        export_dir: where the export goes.
        now: the moment of the run.
        told: gets what was done.

    Raises:
        GrafanaError: it could not be done.
    """
    if not subject.noted.exported_to or not Path(subject.noted.exported_to).is_dir():
        where = export_org(grafana, org, subject.contract, export_dir, now)
        notes.exported(subject, str(where))
        told.append(Text(f"すべてを {where} に書き出した", f"all of it exported to {where}"))
    notes.revoke_tokens(subject, now)
    try:
        grafana.remove_org(org)
    except GrafanaRefused as refused:
        # Grafana 12.0, 13.1 and 13.2 fail at every removal.
        if refused.status < _SERVER_ERROR:
            raise
    else:
        notes.removed(subject, now)
        told.append(_REMOVED)
        return "removed"
    if not subject.noted.is_emptied:
        empty_org(grafana, org, us)
        told.append(_EMPTIED)
    notes.emptied(subject, org, now)
    return "unchanged" if subject.noted.is_emptied else "emptied"
