"""The controllers in the cluster: each turns what it has seen into the writes that a rule function asks for."""
