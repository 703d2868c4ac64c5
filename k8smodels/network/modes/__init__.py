"""Ways to connect pods: each makes a `Network` of a `Cluster`."""

from k8smodels.network.modes.builder import build
from k8smodels.network.modes.mode import MODES, Mode

__all__ = ["MODES", "Mode", "build"]
