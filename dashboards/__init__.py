"""Dashboards as code: what customers and staff see in Grafana, in Japanese and English."""
