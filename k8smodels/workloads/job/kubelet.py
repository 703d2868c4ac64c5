"""The kubelet's part in a run of a Job: containers run as a script says, and start again where their pod asks for it.

References
----------
pkg/kubelet/kuberuntime/kuberuntime_manager.go: doBackOff (v1.37)
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from k8smodels.runtime.crash_loop import crash_loop
from k8smodels.workloads.job.work import Script, Work

if TYPE_CHECKING:
    from k8smodels.workloads.job.run import JobRun


class Kubelet:
    """Lets the pods of one Job do what `script` says.

    A container that fails is started again in place if its pod's `restartPolicy` is ``OnFailure``, after the kubelet's
    own back-off: at once the first time, then 10 s, doubled with each failure, 5 minutes at most.
    """

    def __init__(self, script: Script) -> None:
        self._script = script
        self._runs: Counter[int | None] = Counter()

    def start(self, run: JobRun, name: str) -> None:
        """The pod's container starts for the first time."""
        run.begin(name)
        self._work(run, name, ())

    def _work(self, run: JobRun, name: str, lengths: tuple[float, ...]) -> None:
        """Do the next work; `lengths` in seconds are those of the pod's runs before it."""
        index = run.lives[name].index
        work = self._script(index, self._runs[index])
        self._runs[index] += 1
        run.after(timedelta(seconds=work.seconds), partial(self._worked, run, name, work, (*lengths, work.seconds)))

    def _worked(self, run: JobRun, name: str, work: Work, lengths: tuple[float, ...]) -> None:
        if not run.has_running(name):
            return
        pod = run.lives[name].pod
        if work.exit_code and not work.condition and pod.spec.restart_policy == "OnFailure" and not pod.is_terminating:
            wait = timedelta(microseconds=crash_loop(lengths)[-1].waited_ns // 1000)
            run.after(wait, partial(self._again, run, name, lengths))
        else:
            run.end(name, work)

    def _again(self, run: JobRun, name: str, lengths: tuple[float, ...]) -> None:
        if run.has_running(name) and not run.lives[name].pod.is_terminating:
            run.restart(name)
            self._work(run, name, lengths)
