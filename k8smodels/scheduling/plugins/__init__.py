"""The plugins of the default profile, one module a plugin.

The rules are functions at the top of each module; the class below them only puts them into the framework's verbs.

Not modelled: devices (DynamicResources), NodeDeclaredFeatures. Their plugins let every node pass and give no points.
"""

from k8smodels.scheduling.plugins.balanced_allocation import NodeResourcesBalancedAllocation
from k8smodels.scheduling.plugins.image_locality import ImageLocality
from k8smodels.scheduling.plugins.inter_pod_affinity import InterPodAffinity
from k8smodels.scheduling.plugins.node_affinity import NodeAffinity
from k8smodels.scheduling.plugins.node_name import NodeName
from k8smodels.scheduling.plugins.node_ports import NodePorts
from k8smodels.scheduling.plugins.node_resources_fit import NodeResourcesFit
from k8smodels.scheduling.plugins.node_unschedulable import NodeUnschedulable
from k8smodels.scheduling.plugins.node_volume_limits import NodeVolumeLimits
from k8smodels.scheduling.plugins.pod_topology_spread import PodTopologySpread
from k8smodels.scheduling.plugins.taint_toleration import TaintToleration
from k8smodels.scheduling.plugins.volume_binding import VolumeBinding
from k8smodels.scheduling.plugins.volume_restrictions import VolumeRestrictions
from k8smodels.scheduling.plugins.volume_zone import VolumeZone

__all__ = [
    "ImageLocality",
    "InterPodAffinity",
    "NodeAffinity",
    "NodeName",
    "NodePorts",
    "NodeResourcesBalancedAllocation",
    "NodeResourcesFit",
    "NodeUnschedulable",
    "NodeVolumeLimits",
    "PodTopologySpread",
    "TaintToleration",
    "VolumeBinding",
    "VolumeRestrictions",
    "VolumeZone",
]
