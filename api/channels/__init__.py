"""Where messages go: one module for each kind of channel, one seam to them all."""
