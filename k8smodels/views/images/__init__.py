"""Images: stacks of layers, builds, union mounts, pulls and digests as tables and pictures."""

from k8smodels.views.images.bars import byte_bars, usage_bars
from k8smodels.views.images.cells import grid
from k8smodels.views.images.identity import identity_table, short
from k8smodels.views.images.overlay import answer_text, layer_matrix, lookup_table
from k8smodels.views.images.pulls import collection_table, outcome_text, pull_table
from k8smodels.views.images.sizes import size, size_to_kb
from k8smodels.views.images.stack import layer_stack
from k8smodels.views.images.steps import build_table, instruction_table, reason

__all__ = [
    "answer_text",
    "build_table",
    "byte_bars",
    "collection_table",
    "grid",
    "identity_table",
    "instruction_table",
    "layer_matrix",
    "layer_stack",
    "lookup_table",
    "outcome_text",
    "pull_table",
    "reason",
    "short",
    "size",
    "size_to_kb",
    "usage_bars",
]
