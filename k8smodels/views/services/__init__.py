"""Views of Services: who stands behind them, how they are reached, and what their names lead to."""

from k8smodels.views.services.created import Band, band_table, filled_lines, filled_pieces, warning_list
from k8smodels.views.services.lookups import answer_text, lookup_steps, resolv_conf_text
from k8smodels.views.services.slices import Standing, slice_listing, slice_tables, standing_table
from k8smodels.views.services.terminal_text import terminal
from k8smodels.views.services.ways import Reach, reach_table, service_listing

__all__ = [
    "Band",
    "Reach",
    "Standing",
    "answer_text",
    "band_table",
    "filled_lines",
    "filled_pieces",
    "lookup_steps",
    "reach_table",
    "resolv_conf_text",
    "service_listing",
    "slice_listing",
    "slice_tables",
    "standing_table",
    "terminal",
    "warning_list",
]
