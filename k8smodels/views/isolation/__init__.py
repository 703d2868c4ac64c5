"""Machines of processes as tables: calls and what came of them, who sees what, numbers, roots, signals."""

from k8smodels.views.isolation.calls import call_rows, call_text, outcome, refusal, verdict
from k8smodels.views.isolation.cells import grid, note, process
from k8smodels.views.isolation.links import consequence, ls_text, shared_table
from k8smodels.views.isolation.numbers import number_table, ps_table, state_word
from k8smodels.views.isolation.roots import tree_text

__all__ = [
    "call_rows",
    "call_text",
    "consequence",
    "grid",
    "ls_text",
    "note",
    "number_table",
    "outcome",
    "process",
    "ps_table",
    "refusal",
    "shared_table",
    "state_word",
    "tree_text",
    "verdict",
]
