"""Networks of pods: results of `k8smodels.network` as HTML."""

from k8smodels.views.network.calls import effect_list, marked_json, shown_environment
from k8smodels.views.network.json_text import json_lines
from k8smodels.views.network.leases import lease_table
from k8smodels.views.network.node import node_nest
from k8smodels.views.network.plugins import plugin_list, source_list

__all__ = [
    "effect_list",
    "json_lines",
    "lease_table",
    "marked_json",
    "node_nest",
    "plugin_list",
    "shown_environment",
    "source_list",
]
