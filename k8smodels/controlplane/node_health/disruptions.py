"""What the loss of nodes means for the rates of the zones.

References
----------
pkg/controller/nodelifecycle/node_lifecycle_controller.go: handleDisruption, setLimiterInZone (v1.37)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from k8smodels.controlplane.node_health.flags import Flags
from k8smodels.controlplane.node_health.writes import ZoneChange
from k8smodels.controlplane.node_health.zones import ZoneCount, ZoneState, eviction_rate, zone_state
from k8smodels.i18n import _


@dataclass(frozen=True, slots=True)
class Disruption:
    """The zones after a pass.

    Attributes
    ----------
    states
        Of every zone that has nodes.
    changes
        The zones whose rate is set anew.
    entered, left
        Whether the last ready node of the cluster was lost in this pass, or one came back.
    """

    states: Mapping[str, ZoneState]
    changes: tuple[ZoneChange, ...] = ()
    entered: bool = False
    left: bool = False


def disruption(before: Mapping[str, ZoneState], counts: Mapping[str, ZoneCount], flags: Flags) -> Disruption:
    """The new states and rates of the zones.

    A zone that is lost keeps its rate while another one lives. If all are lost, the controller has more reason to
    doubt its own network than all machines, and stops tainting.

    Parameters
    ----------
    before
        The states after the last pass; a zone that is no longer counted is dropped.
    counts
        The nodes of each zone now.
    flags
        Rates and thresholds.
    """
    before = {zone: before.get(zone, "Initial") for zone in counts}
    states = {zone: zone_state(count, flags) for zone, count in counts.items()}
    all_lost = all(state == "FullDisruption" for state in states.values())
    all_were_lost = all(state == "FullDisruption" for state in before.values())
    if all_lost and all_were_lost:
        return Disruption(before)
    if all_lost:
        text = _("no node of any zone is ready")
        changes = tuple(ZoneChange(zone, before[zone], "FullDisruption", 0.0, text) for zone in states)
        return Disruption(states, changes, entered=True)
    changed = [zone for zone in states if all_were_lost or states[zone] != before[zone]]
    changes = tuple(_change(zone, before[zone], states[zone], counts[zone], flags) for zone in changed)
    return Disruption(states, changes, left=all_were_lost)


def _change(zone: str, before: ZoneState, after: ZoneState, count: ZoneCount, flags: Flags) -> ZoneChange:
    rate = eviction_rate(after, count.size, flags)
    text = _("{lost} of {size} nodes are not ready").format(lost=count.not_ready, size=count.size)
    return ZoneChange(zone, before, after, rate, text)
