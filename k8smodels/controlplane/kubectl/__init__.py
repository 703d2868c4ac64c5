"""kubectl in front of the simulated cluster: the same commands, tables and messages.

::

    from k8smodels.controlplane import Cluster

    cluster = Cluster.of(3)
    cluster.apply(manifest)
    cluster.run(10)
    cluster.kubectl("get pods -o wide")

A command is a function from a `Call` to the lines that it prints. It asks the API server of the cluster and has no rule
of the cluster's a second time; its own are what kubectl itself decides: columns, words, the merge of ``apply``, the
order of ``drain``.
"""

from k8smodels.controlplane.kubectl.errors import KubectlError
from k8smodels.controlplane.kubectl.front import Kubectl, Output

__all__ = ["Kubectl", "KubectlError", "Output"]
