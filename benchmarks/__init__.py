"""Measurements, one file a subject; `make bench` runs them all."""
