"""Netfilter: the kernel's tables of rules, read from iptables-save, and the way of a packet through them."""
