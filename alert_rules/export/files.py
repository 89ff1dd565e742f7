"""The same as files that Grafana reads at its start (provisioning/alerting/*.yaml)."""

from collections.abc import Iterable, Mapping

from alert_rules.export.expressions import Json
from alert_rules.export.notify import CONTACT_POINT, POLICY, TEMPLATE, TEMPLATES
from alert_rules.export.rules import Group, duration

SECRET_VARIABLE = "KARTE_GRAFANA_WEBHOOK_SECRET"  # noqa: S105  # a name, no secret
"""Variable of Grafana's own environment that holds what it signs with: the files hold no secret."""

_RENAMED = {"keep_firing_for": "keepFiringFor", "missingSeriesEvalsToResolve": "missing_series_evals_to_resolve"}
_NOT_IN_FILES = {"orgID", "folderUID", "ruleGroup"}


def files(groups: Iterable[Group], contact: Mapping[str, object], org: int) -> dict[str, Json]:
    """Return the files: name -> content.

    Args:
        groups: the rules.
        contact: the contact point, its secret `$KARTE_GRAFANA_WEBHOOK_SECRET`.
        org: Grafana's number of the staff's organisation.
    """
    found: dict[str, Json] = {}
    for group in groups:
        name = f"{group.folder}.yaml"
        found.setdefault(name, {"apiVersion": 1, "groups": []})["groups"].append(_group(group, org))
    receiver = {key: value for key, value in contact.items() if key != "name"}
    found["karte-notifications.yaml"] = {
        "apiVersion": 1,
        "contactPoints": [{"orgId": org, "name": CONTACT_POINT, "receivers": [receiver]}],
        # A file holds a whole tree of policies.
        "policies": [{"orgId": org, "receiver": CONTACT_POINT, "group_by": ["alertname"], "routes": [POLICY]}],
        "templates": [{"orgId": org, "name": TEMPLATE, "template": TEMPLATES}],
    }
    return found


def _group(group: Group, org: int) -> Json:
    rules = [
        {_RENAMED.get(key, key): value for key, value in rule.items() if key not in _NOT_IN_FILES}
        for rule in group.rules.values()
    ]
    return {
        "orgId": org,
        "name": group.name,
        "folder": group.folder_title,
        "interval": duration(group.interval_s),
        "rules": rules,
    }
