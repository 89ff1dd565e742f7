"""Pages of the staff, across contracts."""
