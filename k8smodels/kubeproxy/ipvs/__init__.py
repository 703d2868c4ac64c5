"""kube-proxy's IPVS mode: the kernel's load balancer, with sets of addresses for what iptables must still do.

It is deprecated; nftables does what it was made for.
"""
