"""Grafana: dashboards checked against the catalogue, and organisations kept in step with the contracts."""
