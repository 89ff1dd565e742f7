"""The rules as Grafana's: values only, no I/O. What they are sent with is `api.grafana.alerting`.

A rule must mean the same there as in `alert_rules.machine`. Sources: Grafana 13, pkg/expr and pkg/services/ngalert.
"""
