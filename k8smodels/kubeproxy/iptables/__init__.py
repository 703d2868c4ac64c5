"""kube-proxy's iptables mode: the text for iptables-restore, and the rules that stand in the kernel afterwards."""
