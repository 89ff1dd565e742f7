"""The local stack that `karte up` starts: influxd, the service, the agent, and a simulated office."""
