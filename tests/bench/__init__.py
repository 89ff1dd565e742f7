"""Measurements on real engines, printed as ratios of one run by `make bench`; never asserted."""
