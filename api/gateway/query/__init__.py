"""The read side: InfluxQL as any client sends it, scoped to one contract, bounded, and answered as InfluxDB does."""
