"""Exercises of the chapter on CNI, with answers from the models."""

from __future__ import annotations

import json
import random
from ipaddress import ip_network

from k8smodels.explore import Step, Task
from k8smodels.i18n import _
from k8smodels.network.cni import SimulatedNode, conf_files, network_config_list, perform
from k8smodels.network.cni.ranges import given_ranges, range_set, round_robin
from k8smodels.scenes.cni import NETNS, runtime_conf
from k8smodels.scenes.cni_leases import V4, Move, play
from k8smodels.scenes.dice import dice_of
from k8smodels.views.html import bullets, el, inline, join

__all__ = ["chain", "how_many", "next_address", "which_file"]

_NUMBERS = ("5", "9", "10", "20", "87", "100")
_NAMES = ("calico", "cilium", "flannel", "pods")
_ENDINGS = (".conflist", ".conflist", ".conf", ".conflist.bak", ".yaml")


def which_file(seed: int) -> Task:
    """Ask which of some files containerd takes."""
    dice = dice_of(seed)
    numbers = dice.sample(_NUMBERS, 4)
    endings = [".conflist", *dice.choices(_ENDINGS, k=3)]
    files = [f"{number}-{dice.choice(_NAMES)}{ending}" for number, ending in zip(numbers, endings, strict=True)]
    dice.shuffle(files)
    considered = conf_files(files)
    by_number = min(considered, key=lambda name: int(name.split("-")[0]))
    wrong = dict.fromkeys(set(files) - set(considered), _("Only .conf, .conflist and .json are looked at."))
    if by_number != considered[0]:
        sorted_as_text = _("The names are sorted as text: `{first}` comes before it, character by character.")
        wrong[by_number] = sorted_as_text.format(first=considered[0])
    return Task(
        join([el("p", inline(_("`ls /etc/cni/net.d` on a node with containerd shows:"))), el("pre", "\n".join(files))]),
        [
            Step(
                _("How many of them have an ending that counts?"),
                len(considered),
                wrong=_wrong_counts(len(files), len(considered)),
                why=_("`.conf`, `.conflist` and `.json` count, at the very end of the name."),
            ),
            Step(
                _("Which one is used?"), considered[0], options=files, wrong=wrong, why=_("The first by name, as text.")
            ),
        ],
        [_("First strike out the endings that do not count."), _("Then compare the names from the left.")],
        bullets(f"{i}. `{name}`" for i, name in enumerate(considered, 1)),
    )


def _wrong_counts(files: int, counted: int) -> dict[str, str]:
    """Why it is wrong to count all files, or only the one that is used."""
    wrong = {
        files: _("Not all of them: some names end in something else."),
        1: _("One of them is used. How many could be, by their endings?"),
    }
    return {str(number): why for number, why in wrong.items() if number != counted}


def next_address(seed: int) -> Task:
    """Ask for the address of the next pod after some have come and gone."""
    dice = dice_of(seed)
    moves = _some_moves(dice)
    last = play((V4,), moves)[-1]
    (address,) = (name for name in last.changed if not name.startswith("last"))
    number = int(address.rpartition(".")[2])
    held = {int(name.rpartition(".")[2]) for name in last.files if not name.startswith("last")}
    lowest = min({2, 3, 4, 5, 6} - (held - {number}))
    wrong = {"1": _("That is the gateway's."), "7": _("That is the broadcast address: .6 is the last one to give.")}
    wrong |= (
        {str(lowest): _("It is free; but host-local goes on after the address that it gave last.")}
        if lowest != number
        else {}
    )
    told = ", ".join(f"{command} {pod}" for command, pod in moves[:-1])
    asked = _("A node gives addresses from `{range}`. So far: {moves}.").format(range=V4, moves=told)
    return Task(
        el("p", inline(asked)),
        [
            Step(
                _("Which address does {pod} get? Write the last number.").format(pod=moves[-1][1]),
                number,
                wrong=wrong,
                why=_("Round robin: go on after the last one that was given, and skip what is taken."),
            )
        ],
        [_("The range has five addresses for Pods: .2 to .6."), _("Remember which one was given last.")],
        inline(_("`{address}`").format(address=address)),
    )


def _some_moves(dice: random.Random) -> list[Move]:
    """Moves that end with an ADD that finds an address."""
    names, living, moves = iter("abcdefghijk"), list[str](), list[Move]()
    for _i in range(dice.randint(5, 8)):
        if living and (len(living) == 5 or dice.random() < 0.35):
            pod = dice.choice(living)
            living.remove(pod)
            moves.append(("DEL", pod))
        else:
            living.append(next(names))
            moves.append(("ADD", living[-1]))
    if len(living) == 5:
        moves.append(("DEL", living[dice.randrange(5)]))
    return [*moves, ("ADD", next(names))]


def how_many(seed: int) -> Task:
    """Ask how many pods a range has addresses for, and what runs out first."""
    dice = dice_of(seed)
    subnet = f"10.244.{dice.randint(0, 9)}.0/{dice.choice([24, 25, 26, 27])}"
    network = ip_network(subnet)
    given: dict[str, str] = {"subnet": subnet}
    if dice.random() < 0.6:
        given["rangeStart"] = str(network[dice.randint(3, 12)])
    count = sum(1 for _one in round_robin(range_set(given_ranges([given])), None))
    most = dice.choice([most for most in (30, 110, 250) if most != count])
    addresses, pods = _("the addresses"), _("maxPods")
    wrong = _wrong_ranges(network.num_addresses, count, given.get("rangeStart", ""))
    asked = _("A node's range is `{range}`; its kubelet has `maxPods: {n}`.").format(range=json.dumps(given), n=most)
    first = addresses if count < most else pods
    return Task(
        el("p", inline(asked)),
        [
            Step(
                _("How many Pods can get an address?"),
                count,
                wrong=wrong,
                why=_("Count from the first address that is given to the last but one of the subnet."),
            ),
            Step(_("What runs out first?"), first, options=(addresses, pods), why=_("Compare the two numbers.")),
        ],
        [
            _("A /24 has 256 addresses, a /25 has 128, a /26 has 64, a /27 has 32."),
            _("Without rangeStart the range begins with the gateway, which is skipped."),
        ],
        inline(_("{n} addresses against {most} Pods: {first}.").format(n=count, most=most, first=first)),
    )


def _wrong_ranges(size: int, count: int, start: str) -> dict[str, str]:
    """Why a number of addresses is wrong: `size` addresses in the subnet, `count` of them to give from `start` on."""
    never = _("Three addresses are never given to a Pod: the network's, the gateway's, the broadcast.")
    wrong = {size: never, size - 2: _("The gateway's address is taken, too, by the node's end.")}
    if start:
        before = _("The range begins at rangeStart, {start}: what lies before it is never given.").format(start=start)
        wrong = {size: before, size - 2: before, size - 3: before}
        wrong[count + 1] = _("The last address of the subnet is its broadcast address.")
        wrong[count - 1] = _("rangeStart itself is given, too.")
    return {str(number): why for number, why in wrong.items() if number != count}


def chain(seed: int) -> Task:
    """Ask in which order a list is run, and who is told what."""
    dice = dice_of(seed)
    main = {
        "type": dice.choice(["bridge", "ptp"]),
        "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.244.1.0/24"}]]},
    }
    able: dict[str, dict[str, object]] = {
        "portmap": {"capabilities": {"portMappings": True}},
        "bandwidth": {"capabilities": {"bandwidth": True}},
        "firewall": {},
        "tuning": {"mtu": 1400},
    }
    names = ["portmap", "bandwidth", dice.choice(["firewall", "tuning"])]
    dice.shuffle(names)
    forgets = dice.choice(["portmap", "bandwidth", ""])
    plugins = [main, *({"type": name, **({} if name == forgets else able[name])} for name in names)]
    text = json.dumps({"cniVersion": "1.0.0", "name": "pods", "plugins": plugins})
    machine, network, runtime = SimulatedNode(), network_config_list(text), runtime_conf("hostPort 8080, 8 Mbit/s")
    machine.new_pod(NETNS)
    added = perform("ADD", network, runtime, machine)
    deleted = perform("DEL", network, runtime, machine, added.cache)
    told = {item.call.plugin for item in added.exchanges if "runtimeConfig" in item.call.stdin}
    ran = [item.call.plugin for item in deleted.exchanges]
    all_of_them = [str(main["type"]), *names]
    why = _("Only a plugin that declares the capability in the configuration is told.")
    lines = "\n".join(json.dumps(plugin) for plugin in plugins)
    return Task(
        join(
            [
                el("p", inline(_("The Pod has a `hostPort` and a limit of its bandwidth. The network's plugins:"))),
                el("pre", lines, tabindex="0"),
            ]
        ),
        [
            Step(
                _("Which are given `runtimeConfig` at ADD?"),
                frozenset(told),
                options=all_of_them,
                wrong={forgets: _("It could; but this configuration does not declare its capability.")},
                why=why,
            ),
            Step(
                _("Which is the second one that DEL runs?"),
                ran[1],
                options=all_of_them,
                wrong={all_of_them[1]: _("That is the second one of ADD.")},
                why=_("DEL goes backwards."),
            ),
        ],
        [why, _("Write down the list, and read it from the end.")],
        bullets(
            [
                _("told: {names}").format(names=", ".join(sorted(told)) or "—"),
                _("DEL: {names}").format(names=", ".join(ran)),
            ]
        ),
    )
