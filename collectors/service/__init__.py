"""What the service itself stores: how devices, contracts, rules and its own parts stand. Declarations only."""
