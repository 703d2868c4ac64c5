"""kube-proxy: from Services and EndpointSlices to the rules that answer a packet on one node.

One input, `k8smodels.kubeproxy.state.ProxyState`, and a package for each mode: `iptables`, `nftables`, `ipvs` and
`userspace`. `k8smodels.kubeproxy.netfilter` walks a packet through rules, kube-proxy's or anybody's.
"""
