"""The kubelet: one for each node, and what it does for each of its pods."""

from k8smodels.controlplane.kubelet.kubelet import Kubelet

__all__ = ["Kubelet"]
