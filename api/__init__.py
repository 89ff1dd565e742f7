"""The service: gateway, contracts, reports, and the `karte` command."""
