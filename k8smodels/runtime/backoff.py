"""How long the kubelet waits before it starts a failed container again.

References
----------
pkg/kubelet/kubelet.go: newCrashLoopBackOff, NewMainKubelet; pkg/kubelet/kuberuntime/kuberuntime_manager.go: doBackOff;
staging/src/k8s.io/client-go/util/flowcontrol/backoff.go (v1.37)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from k8smodels.api.durations import SECOND_NS, format_duration, parse_duration
from k8smodels.api.errors import invalid

STABLE_SECONDS = 600
"""A container that ends more than this after its last restart begins anew, without a wait."""

MAX_PERIOD_SECONDS = 300
"""Upper limit, and default, of `crashLoopBackOff.maxContainerRestartPeriod`."""


@dataclass(frozen=True, slots=True)
class BackoffSettings:
    """The first wait and the longest one.

    Attributes
    ----------
    initial_ns, max_ns
        In nanoseconds.
    """

    initial_ns: int = 10 * SECOND_NS
    max_ns: int = MAX_PERIOD_SECONDS * SECOND_NS

    @classmethod
    def of(
        cls, *, max_container_restart_period: str = "5m", reduce_default_crash_loop_back_off_decay: bool = False
    ) -> BackoffSettings:
        """The settings of a kubelet.

        Parameters
        ----------
        max_container_restart_period
            ``crashLoopBackOff.maxContainerRestartPeriod`` of its configuration, e.g. ``30s``.
        reduce_default_crash_loop_back_off_decay
            The alpha feature gate: begin with 1 s. The longest wait stays the configured one.

        Raises
        ------
        FieldError
            A period outside of 1s to 300s.
        """
        path = "crashLoopBackOff.maxContainerRestartPeriod"
        try:
            max_ns = parse_duration(max_container_restart_period)
        except ValueError as error:
            raise invalid(path, max_container_restart_period, str(error)) from None
        if not SECOND_NS <= max_ns <= MAX_PERIOD_SECONDS * SECOND_NS:
            raise invalid(path, max_container_restart_period, "must be set between 1s and 300s")
        initial_seconds = 1 if reduce_default_crash_loop_back_off_decay else 10
        return cls(min(initial_seconds * SECOND_NS, max_ns), max_ns)


DEFAULT_BACKOFF = BackoffSettings()
"""The settings of a kubelet without configuration: 10 s, doubled up to 5 min."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """What is remembered of the restarts of one container.

    Attributes
    ----------
    delay_ns
        The wait after the next exit; 0 before the first restart.
    updated_ns
        When the last restart was decided.
    """

    settings: BackoffSettings = DEFAULT_BACKOFF
    delay_ns: int = 0
    updated_ns: int = 0

    def waits(self, exited_ns: int, now_ns: int) -> bool:
        """Whether a container that ended at `exited_ns` must still wait: the wait counts from its end."""
        return not self._is_forgotten(exited_ns) and now_ns - exited_ns < self.delay_ns

    def restarted(self, exited_ns: int, now_ns: int) -> Backoff:
        """The memory after the restart at `now_ns`: twice the wait, or the initial one."""
        doubled = min(2 * self.delay_ns, self.settings.max_ns)
        delay_ns = self.settings.initial_ns if self._is_forgotten(exited_ns) else doubled
        return replace(self, delay_ns=delay_ns, updated_ns=now_ns)

    def waits_since_update(self, now_ns: int) -> bool:
        """Whether something that is tried anew, such as a pull, must still wait: the wait counts from the last try."""
        return not self._pull_is_forgotten(now_ns) and now_ns - self.updated_ns < self.delay_ns

    def pull_failed(self, now_ns: int) -> Backoff:
        """The memory after a failed pull at `now_ns`."""
        doubled = min(2 * self.delay_ns, self.settings.max_ns)
        delay_ns = self.settings.initial_ns if self._pull_is_forgotten(now_ns) else doubled
        return replace(self, delay_ns=delay_ns, updated_ns=now_ns)

    def _pull_is_forgotten(self, now_ns: int) -> bool:
        return self.delay_ns == 0 or now_ns - self.updated_ns > 2 * self.settings.max_ns

    def _is_forgotten(self, exited_ns: int) -> bool:
        return self.delay_ns == 0 or exited_ns - self.updated_ns > STABLE_SECONDS * SECOND_NS

    def message(self, container: str, pod: str) -> str:
        """What the status says while the container waits; `pod` as in ``web_default(<uid>)``."""
        return f"back-off {format_duration(self.delay_ns)} restarting failed container={container} pod={pod}"
