"""ImageLocality: a node that has the pod's images already need not pull them.

References
----------
pkg/scheduler/framework/plugins/imagelocality/image_locality.go (v1.37)
"""

# ruff: noqa: ARG002
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from k8smodels.api.pod import Pod
from k8smodels.scheduling.cluster import Cluster
from k8smodels.scheduling.framework import MAX_NODE_SCORE, ScorePlugin
from k8smodels.scheduling.node_info import NodeInfo
from k8smodels.scheduling.pod_info import PodInfo

MIN_BYTES = 23 * 1024 * 1024
"""Less than this is not worth a point."""

MAX_BYTES_PER_IMAGE = 1000 * 1024 * 1024
"""More than this counts no further."""

Images = Mapping[str, tuple[int, frozenset[str]]]
"""Image name to its size in bytes and the nodes that have it."""


def normalized_image_name(name: str) -> str:
    """`name` with the tag ``latest`` if it has neither tag nor digest.

    Examples
    --------
    >>> normalized_image_name("localhost:5000/web"), normalized_image_name("web:1.0")
    ('localhost:5000/web:latest', 'web:1.0')
    """
    return name if name.rfind(":") > name.rfind("/") else f"{name}:latest"


def images_of(pod: Pod) -> Iterator[str]:
    """The images of containers and of image volumes, each as often as it is named."""
    yield from (normalized_image_name(container.image) for container in pod.all_containers)
    yield from (normalized_image_name(volume.image.reference) for volume in pod.spec.volumes if volume.image)


def images_on(cluster: Cluster, names: frozenset[str]) -> Images:
    """Size and whereabouts of the images `names`; the first node that has one tells its size."""
    sizes: dict[str, int] = {}
    nodes: dict[str, set[str]] = {}
    for node in cluster.nodes:
        for image in node.status.images:
            for name in names.intersection(image.names):
                sizes.setdefault(name, image.size_bytes)
                nodes.setdefault(name, set()).add(node.name)
    return {name: (sizes[name], frozenset(nodes[name])) for name in sizes}


def weighed_size(size_bytes: int, nodes_with_image: int, nodes: int) -> int:
    """The size of an image, less the fewer nodes have it: or else these few would get all the pods."""
    return int(size_bytes * (nodes_with_image / nodes))


def points(found_bytes: int, images: int) -> int:
    """0..100 for `found_bytes` that need not be pulled, of a pod with so many `images`."""
    most = MAX_BYTES_PER_IMAGE * images
    counted = min(max(found_bytes, MIN_BYTES), max(most, MIN_BYTES))
    return MAX_NODE_SCORE * (counted - MIN_BYTES) // (most - MIN_BYTES)


class ImageLocality(ScorePlugin):
    """Prefers nodes that have the pod's images."""

    name = "ImageLocality"

    def pre_score(
        self,
        pod: PodInfo,
        cluster: Cluster,
        nodes: Sequence[NodeInfo],
    ) -> tuple[Sequence[str], Images, int]:
        """Find out where the images are."""
        wanted = tuple(images_of(pod.pod))
        return wanted, images_on(cluster, frozenset(wanted)), len(cluster.nodes)

    def score(self, state: tuple[Sequence[str], Images, int], pod: PodInfo, node: NodeInfo) -> int:
        """Add up the images that the node has."""
        wanted, images, nodes = state
        on_node = [images[name] for name in wanted if name in images and node.name in images[name][1]]
        return points(sum(weighed_size(size, len(holders), nodes) for size, holders in on_node), len(wanted))
