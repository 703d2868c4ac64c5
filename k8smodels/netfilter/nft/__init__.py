"""Rulesets of nftables: read from ``nft list ruleset`` or from commands, and walked."""
