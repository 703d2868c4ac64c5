"""Views of rules and of the ways of packets through them."""

from k8smodels.views.netfilter.balancer import server_list
from k8smodels.views.netfilter.hooks import hook_map
from k8smodels.views.netfilter.rules import rule_list, visit_summary
from k8smodels.views.netfilter.shares import split_bar
from k8smodels.views.netfilter.text import rule_text

__all__ = ["hook_map", "rule_list", "rule_text", "server_list", "split_bar", "visit_summary"]
