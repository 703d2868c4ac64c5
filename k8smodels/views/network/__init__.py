"""Networks of pods: results of `k8smodels.network` as HTML, and measured speeds as a figure."""

from k8smodels.views.network.cable import cable_drawing
from k8smodels.views.network.calls import effect_list, marked_json, shown_environment
from k8smodels.views.network.headers import nested_headers
from k8smodels.views.network.hops import entries, walk_list
from k8smodels.views.network.json_text import json_lines
from k8smodels.views.network.leases import lease_table
from k8smodels.views.network.map import cluster_map
from k8smodels.views.network.matrix import policy_matrix, row_reasons
from k8smodels.views.network.node import node_nest
from k8smodels.views.network.plugins import plugin_list, source_list
from k8smodels.views.network.speed_figure import speeds

__all__ = [
    "cable_drawing",
    "cluster_map",
    "effect_list",
    "entries",
    "json_lines",
    "lease_table",
    "marked_json",
    "nested_headers",
    "node_nest",
    "plugin_list",
    "policy_matrix",
    "row_reasons",
    "shown_environment",
    "source_list",
    "speeds",
    "walk_list",
]
