"""How devices, contracts, findings and the service itself stand, as points that the service stores by itself."""
