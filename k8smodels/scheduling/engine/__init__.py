"""Placing many pods on many nodes, with the decisions of the rules and without their cost.

The plugins of `k8smodels.scheduling.plugins` say what kube-scheduler decides, and look at every node and every pod for
each decision. `Engine` decides the same from what it remembers:

- Pods of equal spec share everything that does not depend on the hour (`signature`, `kind`).
- A set of nodes is one integer, a bit a node in the order of their names (`bits`).
- How the nodes rate for a size of pod is kept, and rated anew only for nodes that have got a pod since (`shape`).
- Pods are counted once, when they come: by selector and domain (`census`, `topology`). Rules meet the pods that they
  mean through their labels (`board`).
"""

from k8smodels.scheduling.engine.engine import Engine, Placement

__all__ = ["Engine", "Placement"]
