"""The audit log, searched."""

import json
from datetime import date, datetime, time, timedelta

from flask import request

from api.audit.search import Wanted, newest_first
from api.db import read_session
from api.display.tokyo import TOKYO
from api.models import AuditEntry
from api.portal.frame import staff_page
from api.portal.pager import asked_words, cut
from api.portal.room import staff_room

blueprint = staff_room("audit", __name__)


@blueprint.get("/audit")
def listing() -> str:
    """List entries, the newest first."""
    asked = {name: asked_words(name).strip() for name in ("contract", "actor", "action")}
    since, until = _day("since"), _day("until")
    wanted = Wanted(
        **asked,
        since=_begin(since) if since else None,
        until=_begin(until + timedelta(days=1)) if until else None,
    )
    return staff_page(
        "portal/staff/audit.html",
        "portal_staff_audit.listing",
        page=cut(read_session(), newest_first(wanted)),
        asked={**asked, "since": since or "", "until": until or ""},
        details=_details,
    )


def _day(name: str) -> date | None:
    try:
        found = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found <= date(9000, 1, 1) else None


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), TOKYO)


def _details(entry: AuditEntry) -> str:
    return json.dumps(entry.details, ensure_ascii=False, sort_keys=True) if entry.details else ""
