"""kube-proxy's nftables mode: one table of chains, sets and maps; a packet finds its Service by one look into a map."""
