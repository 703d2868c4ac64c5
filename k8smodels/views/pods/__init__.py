"""Pods in tables: what containers see, where their namespaces and files are, and what outlives what."""

from k8smodels.views.pods.fates import fate_table, thing_words
from k8smodels.views.pods.files import mount_table, place_table
from k8smodels.views.pods.ports import conflict_table, listening_table, placement_table
from k8smodels.views.pods.sandbox import sandbox_board
from k8smodels.views.pods.sharing import membership_table, refused_fields, view_table

__all__ = [
    "conflict_table",
    "fate_table",
    "listening_table",
    "membership_table",
    "mount_table",
    "place_table",
    "placement_table",
    "refused_fields",
    "sandbox_board",
    "thing_words",
    "view_table",
]
