"""How the kubelet sees to it that a container's image is on the node.

Not modelled: pull secrets and the check that a pod may use an image that another pod pulled, parallel pulls.

References
----------
pkg/kubelet/images/image_manager.go: EnsureImageExists, pullImage (v1.37)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from k8smodels.api.gotext import quote
from k8smodels.runtime.backoff import Backoff
from k8smodels.runtime.cri_calls import ImageStatus, PullImage
from k8smodels.runtime.image_names import ImageNameError, with_default_tag
from k8smodels.runtime.pod_event import PodEvent
from k8smodels.runtime.simulated_runtime import SimulatedRuntime

Record = Callable[[PodEvent], None]


@dataclass(frozen=True, slots=True)
class ImageResult:
    """An image's reference, or why there is none.

    Attributes
    ----------
    reference
        What the runtime calls the image; empty on an error.
    error
        The reason of the waiting container, e.g. ``ErrImagePull``.
    message
        The message beside it.
    retry_at_ns
        When the next pull is tried, if one failed.
    """

    reference: str = ""
    error: str = ""
    message: str = ""
    retry_at_ns: int = 0


class ImageManager:
    """Looks for images, pulls them, and remembers failed pulls."""

    def __init__(self, runtime: SimulatedRuntime) -> None:
        self._runtime = runtime
        self._backoffs: dict[str, Backoff] = {}
        self._errors: dict[str, str] = {}

    def ensure_image_exists(self, image: str, policy: str, record: Record, now_ns: int = 0) -> ImageResult:
        """Have `image` on the node, as `policy` asks.

        ``Never`` only looks; ``IfNotPresent`` looks and pulls what is missing; ``Always`` pulls without a look: what is
        there already is not transferred again, but the registry is asked.
        """
        try:
            reference = with_default_tag(image)
        except ImageNameError as error:
            message = f"Failed to apply default image tag {quote(image)}: {error}"
            record(PodEvent("Warning", "InspectFailed", message))
            return ImageResult(error="InvalidImageName", message=message)
        if policy != "Always" and self._runtime.call(ImageStatus(reference)):
            message = f"Container image {quote(image)} already present on machine and can be accessed by the pod"
            record(PodEvent("Normal", "Pulled", message))
            return ImageResult(reference)
        if policy == "Never":
            message = f"Container image {quote(image)} is not present with pull policy of Never"
            record(PodEvent("Warning", "ErrImageNeverPull", message))
            return ImageResult(error="ErrImageNeverPull", message=message)
        return self._pull(image, reference, record, now_ns)

    def _pull(self, image: str, reference: str, record: Record, now_ns: int) -> ImageResult:
        backoff = self._backoffs.get(image, Backoff())
        if backoff.waits_since_update(now_ns):
            message = f"Back-off pulling image {quote(image)}"
            record(PodEvent("Normal", "BackOff", message))
            message = f"{message}: {self._errors[image]}"
            return ImageResult("", "ImagePullBackOff", message, backoff.updated_ns + backoff.delay_ns)
        record(PodEvent("Normal", "Pulling", f"Pulling image {quote(image)}"))
        problem = self._runtime.call(PullImage(reference))
        if problem:
            record(PodEvent("Warning", "Failed", f"Failed to pull image {quote(image)}: {problem}"))
            self._backoffs[image] = backoff.pull_failed(now_ns)
            self._errors[image] = f"ErrImagePull: {problem}"
            return ImageResult("", "ErrImagePull", problem, now_ns + self._backoffs[image].delay_ns)
        self._runtime.call(ImageStatus(reference))  # for its size
        took = f"in 0s (0s including waiting). Image size: {self._runtime.image_bytes} bytes."
        record(PodEvent("Normal", "Pulled", f"Successfully pulled image {quote(image)} {took}"))
        return ImageResult(reference)
