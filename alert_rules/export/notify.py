"""How Grafana tells of alerts: a contact point that calls the relay, a policy that sends ours there, templates."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from alert_rules.export.expressions import Json

CONTACT_POINT = "karte"
CONTACT_UID = "karte-relay"
TEMPLATE = "karte"

POLICY: Json = {
    "receiver": CONTACT_POINT,
    # An alert of Grafana's own, that a rule has no data or fails, is of no contract: that is for the staff.
    "object_matchers": [["contract", "=~", ".+"], ["rule", "=~", ".+"]],
    "group_by": ["contract", "rule"],
    # The relay groups and waits by itself; what it did not get comes again within the hour.
    "group_wait": "5s",
    "group_interval": "30s",
    "repeat_interval": "1h",
    # Staff may have routes of their own for the same alerts.
    "continue": True,
}

TEMPLATES = """{{ define "karte.title" -}}
[{{ .Status }}] {{ .CommonLabels.rule }} {{ .CommonLabels.contract }} ({{ len .Alerts }})
{{- end }}
{{ define "karte.message" -}}
{{ range .Alerts }}
{{ .Status }} {{ .Labels.severity }} {{ .Labels.contract }} {{ .Labels.host }}{{ .Labels.asset }}
{{ .Annotations.summary }}
{{ .Annotations.summary_en }}
{{ .Annotations.runbook_url }}
{{ end }}
{{- end }}
"""
"""For contact points that staff make themselves: `{{ template "karte.message" . }}`."""

_SHOWN = 12


def contact_point(url: str, secret: str, header: str, timestamp_header: str) -> Json:
    """Return the contact point.

    Grafana never tells a secret that it has; so that a new one is seen to be wanted, the title, which the webhook's
    default form does not send anywhere that counts, says which one it is, by a part of its hash.

    Args:
        url: of the relay's webhook.
        secret: what Grafana signs with.
        header: in which it puts the signature.
        timestamp_header: in which it puts the time that is signed too.
    """
    return {
        "uid": CONTACT_UID,
        "name": CONTACT_POINT,
        "type": "webhook",
        "disableResolveMessage": False,
        "settings": {
            "url": url,
            "httpMethod": "POST",
            "title": f"karte {hashlib.sha256(secret.encode()).hexdigest()[:_SHOWN]}",
            "hmacConfig": {"secret": secret, "header": header, "timestampHeader": timestamp_header},
        },
    }


def with_policy(tree: Mapping[str, Any]) -> Json:
    """Return a tree of policies in which ours comes first and is as it should be; all others stay as they are."""
    routes: Sequence[Mapping[str, Any]] = tree.get("routes") or ()
    others = [route for route in routes if route.get("receiver") != CONTACT_POINT]
    return {**tree, "routes": [POLICY, *others]}


def has_policy(tree: Mapping[str, Any]) -> bool:
    """Tell whether a tree of policies has ours, first and as it should be."""
    routes: Sequence[Mapping[str, Any]] = tree.get("routes") or ()
    ours = [route for route in routes if route.get("receiver") == CONTACT_POINT]
    return ours == list(routes[:1]) and len(ours) == 1 and all(ours[0].get(key) == POLICY[key] for key in POLICY)
