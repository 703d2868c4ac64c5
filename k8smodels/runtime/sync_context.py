"""What one sync of a pod works with."""

from __future__ import annotations

from dataclasses import dataclass, field

from k8smodels.api.pod import Pod
from k8smodels.runtime.backoff import DEFAULT_BACKOFF, Backoff, BackoffSettings
from k8smodels.runtime.image_manager import ImageManager
from k8smodels.runtime.pod_event import PodEvent
from k8smodels.runtime.simulated_runtime import RuntimeStatus, SimulatedRuntime


@dataclass(frozen=True, slots=True)
class Memory:
    """What the kubelet remembers from sync to sync.

    Attributes
    ----------
    backoffs
        By the container's name, image and resources: a change of them begins a new count.
    """

    images: ImageManager
    settings: BackoffSettings = DEFAULT_BACKOFF
    backoffs: dict[tuple[str, str, str], Backoff] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SyncContext:
    """The pod, the runtime, and what is found and said on the way.

    Attributes
    ----------
    status
        What the runtime said before the sync began. Decisions rest on it, also after calls that change the runtime.
    events
        The events so far.
    """

    pod: Pod
    runtime: SimulatedRuntime
    memory: Memory
    status: RuntimeStatus
    now_ns: int = 0
    events: list[PodEvent] = field(default_factory=list)

    @property
    def pod_name(self) -> str:
        """The pod as the kubelet's messages name it: ``web_default(0001)``."""
        return f"{self.pod.name}_{self.pod.namespace}({self.pod.metadata.uid})"

    def record(self, kind: str, reason: str, message: str, container: str = "") -> None:
        """Write an event, about a container or the whole pod."""
        self.events.append(PodEvent(kind, reason, message, container))
