"""A node whose plugins are simulated: it can be asked for what the plugins left, and what they did."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from k8smodels.api.errors import unsupported
from k8smodels.network.cni.call import Answer, Call
from k8smodels.network.cni.execution import Done, Program, execute
from k8smodels.network.cni.node import Node, simple_node
from k8smodels.network.cni.plugins import PROGRAMS


class SimulatedNode:
    """A node on which `perform` can run plugins.

    Parameters
    ----------
    node
        Where it begins; none is a node with one network card.
    installed
        The plugins in ``/opt/cni/bin``; none means all that there are models of.

    Raises
    ------
    FieldError
        There is no model of a plugin.

    Attributes
    ----------
    node
        Its network now.
    done
        Every plugin that the runtime ran, with its effects. What a plugin delegated is part of its own effects.
    """

    def __init__(self, node: Node | None = None, installed: Collection[str] | None = None) -> None:
        self.node = node or simple_node()
        self.done: list[Done] = []
        names = PROGRAMS if installed is None else installed
        for name in names:
            if name not in PROGRAMS:
                raise unsupported("installed", name, PROGRAMS)
        self.programs: Mapping[str, Program] = {name: PROGRAMS[name] for name in names}

    def new_pod(self, netns: str) -> None:
        """Make the network namespace of a pod, as the runtime does before it calls CNI."""
        self.node = self.node.with_netns(netns)

    def end_pod(self, netns: str) -> None:
        """Remove the network namespace of a pod."""
        self.node = self.node.without_netns(netns)

    def has(self, plugin: str) -> bool:
        """Whether the plugin is installed."""
        return plugin in self.programs

    def execute(self, call: Call) -> Answer:
        """Run a plugin."""
        done = execute(call, self.node, self.programs)
        self.node = done.node
        self.done.append(done)
        return done.answer
