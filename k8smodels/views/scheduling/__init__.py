"""Scheduling decisions as boards, tables and text."""

from k8smodels.views.scheduling.board import cluster_board
from k8smodels.views.scheduling.domains import domain_board
from k8smodels.views.scheduling.lanes import lane
from k8smodels.views.scheduling.message import message_parts
from k8smodels.views.scheduling.scores import plugin_scores, score_table
from k8smodels.views.scheduling.sentences import decided
from k8smodels.views.scheduling.terminal import events, verdicts

__all__ = [
    "cluster_board",
    "decided",
    "domain_board",
    "events",
    "lane",
    "message_parts",
    "plugin_scores",
    "score_table",
    "verdicts",
]
