"""Scenes of the chapter on images that play on a node: pulling, looking a path up, writing, collecting."""

from __future__ import annotations

from functools import cache

from k8smodels.i18n import _
from k8smodels.images import (
    Entry,
    Image,
    ImageFilesystem,
    ImageGCPolicy,
    ImageRecord,
    ImageReference,
    Inode,
    NodeStore,
    OverlayMount,
    Registry,
    build_image,
    diff,
    file_tree,
    garbage_collect,
    image_layer,
    sized_file,
)
from k8smodels.images.image import HistoryEntry
from k8smodels.images.overlay import Outcome
from k8smodels.images.registry import Pull
from k8smodels.scenes.images import MB
from k8smodels.views.frame import Frame
from k8smodels.views.html import Html, el, join
from k8smodels.views.images import byte_bars, collection_table, grid, layer_matrix, lookup_table, pull_table, size

# Pulling.

SHOPS = {"shop/web": 3, "shop/api": 5, "shop/cart": 2, "shop/mail": 8, "shop/search": 4}
"""The layer of each app in MB."""
BASES = ("shared", "own")


@cache
def app_image(name: str, base: str) -> Image:
    """An app on Python on Debian; with a base of its own it has the same sizes and other contents."""
    mark = name if base == "own" else "shared"
    contents: dict[str, dict[str, Inode | str | bytes | int]] = {
        "debian": {"etc/built-for": mark, "usr/lib/libc.so": 75 * MB},
        "python": {"usr/share/built-for": mark, "usr/bin/python3": 40 * MB},
        name.partition("/")[2]: {f"srv/{name}": SHOPS[name] * MB},
    }
    layers = [image_layer(diff({}, file_tree(files))) for files in contents.values()]
    return build_image(layers, history=[HistoryEntry(step) for step in contents])


def pulled(count: int, base: str, warm: bool) -> list[tuple[str, Image, Pull]]:
    """The pulls of the first `count` apps, one after the other, to a node that may have Python already."""
    registry, store = Registry(), NodeStore()
    if warm:
        whole = app_image("shop/web", "shared")
        python = build_image(whole.layers[:2], history=whole.history[:2])
        registry = registry.push("python:3.13", python)
        store = store.pull(registry, "python:3.13").store
    done = []
    for name in list(SHOPS)[:count]:
        image = app_image(name, base)
        registry = registry.push(name, image)
        done.append((name, image, store.pull(registry, name)))
        store = done[-1][2].store
    return done


def pulling(count: int, base: str, warm: bool) -> Frame:
    """The last of `count` pulls layer by layer, and what all of them moved and stored."""
    done = pulled(count, base, warm)
    name, image, last = done[-1]
    moved = sum(pull.moved_bytes for _name, _image, pull in done)
    alone = sum(pull.without_sharing_bytes for _name, _image, pull in done)
    rows = [
        (_("moved"), moved, "new"),
        (_("stored"), last.store.stored_bytes, "new"),
        (_("alone"), alone, ""),
    ]
    head = el("p", _("The pull of {name}, its layers from the top:").format(name=name))
    says = _("{n} images: **{moved}** moved and {stored} stored. Without sharing it would be {alone}.").format(
        n=count, moved=size(moved), stored=size(last.store.stored_bytes), alone=size(alone)
    )
    return Frame(join([head, pull_table(image, last), byte_bars(rows, 600 * MB)]), says)


# Which layer answers?

MIB = 1024 * 1024
LAYERS = [
    [
        Entry("etc/motd", "file", size_bytes=40),
        Entry("etc/conf", "file", size_bytes=200),
        Entry("etc/old", "file", size_bytes=90),
        Entry("var/x", "file", size_bytes=10),
    ],
    [
        Entry("etc/.wh.old", "file"),
        Entry("var/.wh..wh..opq", "file"),
        Entry("var/y", "file", size_bytes=10),
    ],
    [Entry("etc/conf", "file", size_bytes=250)],
]
ASKED = ("etc/conf", "etc/motd", "etc/old", "var/x", "var", "etc/nope")


def looking(path: str) -> Frame:
    """Who is asked for a path in a container of three layers that has written nothing."""
    mount = OverlayMount.of(LAYERS)
    found = mount.lookup(path)
    names = [*(_("lower {n}").format(n=n) for n in (1, 2, 3)), _("upper")]
    return Frame(
        join([layer_matrix(mount, _paths(mount)), lookup_table(found, names)]), _found(found.layers, names, path)
    )


def _paths(mount: OverlayMount) -> list[str]:
    return sorted({path for layer in mount.lower for path in (*layer.tree, *layer.whiteouts)} - {"etc"})


def _found(layers: tuple[int, ...], names: list[str], path: str) -> str:
    if not layers:
        return _(
            "Nobody has `{path}`, or a whiteout or an opaque directory ends the search: **No such file or directory**."
        ).format(path=path)
    if len(layers) > 1:
        return _("`{path}` is a directory of several layers, merged.").format(path=path)
    return _("**{layer}** answers for `{path}`; those below it are not asked.").format(
        layer=names[layers[0]], path=path
    )


# Writing.

IMAGE = [
    [
        Entry("cache/", "dir"),
        Entry("cache/old", "file", size_bytes=300),
        Entry("conf", "file", size_bytes=200),
        Entry("data.db", "file", size_bytes=MIB),
        Entry("www/index.html", "file", size_bytes=500),
    ],
    [Entry("conf", "file", size_bytes=250)],
]
WRITTEN_PATHS = ("cache", "cache/old", "conf", "data.db", "new.db", "www", "www/index.html")


@cache
def writing_story() -> tuple[tuple[str, OverlayMount, Outcome | None, str], ...]:
    """Commands, the mount before each, what each did, and what to see in it."""
    now = OverlayMount.of(IMAGE)
    story: list[tuple[str, OverlayMount, Outcome | None, str]] = [
        ("ls", now, None, _("A new container. Its upper layer is empty and takes no space.")),
        ("head -c 1 data.db", now, None, _("Reading goes through to the layer that has the file. Nothing is copied.")),
    ]
    calls = [
        ("printf x | dd of=data.db bs=1 conv=notrunc", "write", ("data.db", sized_file(MIB)),
         _("One byte is written, and first the whole file is **copied up**: {bytes}.")),
        ("printf y | dd of=data.db bs=1 conv=notrunc", "write", ("data.db", sized_file(MIB)),
         _("The second write costs nothing: the file is in the upper layer now. Copied up: {bytes}.")),
        ("rm conf", "delete", ("conf",),
         _("Both lower layers still have `conf`. A **whiteout** in the upper layer hides it.")),
        ("rm -r cache", "delete_all", ("cache",),
         _("One whiteout hides a directory with all that is in it.")),
        ("mkdir cache", "mkdir", ("cache",),
         _("The new directory is **opaque**, so that the old files do not come back.")),
        ("mv data.db new.db", "rename", ("data.db", "new.db"),
         _("A file moves within the upper layer; its old name needs a whiteout.")),
        ("mv www web", "rename", ("www", "web"),
         _("The kernel refuses to rename a directory of a lower layer: EXDEV, “{error}”. `mv` then copies "
           "it file by file.")),
    ]  # fmt: skip
    for command, name, arguments, says in calls:
        outcome: Outcome = getattr(now, name)(*arguments)
        said = says.format(bytes=f"{outcome.copied_up_bytes:,} B", error=outcome.error)
        story.append((command, now, outcome, said))
        now = outcome.mount
    return tuple(story)


WRITING_STEPS = 9


def writing(step: int) -> Frame:
    """One command in a container: what each layer holds afterwards."""
    command, before, outcome, says = writing_story()[step]
    after = outcome.mount if outcome else before
    shell = el("div", el("pre", el("kbd", command)), class_="term")
    upper = el("p", _("The upper layer takes {size}.").format(size=size(after.upper_bytes)))
    return Frame(join([shell, layer_matrix(after, WRITTEN_PATHS, before), upper]), says)


# What a name stands for.


def reading_name(text: str) -> Frame:
    """The parts of a reference, written or completed."""
    name = text.strip()
    written = ImageReference.parse(name)
    full = written.with_default_tag()
    rows = [
        [_("registry"), el("code", full.domain), _origin(name.startswith((f"{full.domain}/", "index.docker.io/")))],
        [_("repository"), el("code", full.path), _origin(full.path in name)],
        [_("tag"), el("code", full.tag) if full.tag else "–", _origin(written.tag is not None) if full.tag else ""],
        [_("digest"), el("code", full.digest) if full.digest else "–", _origin(True) if full.digest else ""],
    ]
    asked = written.pulled()
    says = _("The registry is asked for `{name}`.").format(name=asked)
    if written.digest:
        says = _(
            "The registry is asked for `{name}`: these bytes and no others. A tag beside a digest is not looked at."
        ).format(name=asked)
    return Frame(grid([_("part"), _("value"), _("origin")], rows), says)


def _origin(written: bool) -> Html:
    return el("span", _("written")) if written else el("mark", _("completed"))


def names() -> dict[str, str]:
    """References to read."""
    digest = "sha256:" + "0123456789abcdef" * 4
    return {
        "nginx": "nginx",
        "a registry": "registry.k8s.io/pause:3.10.2",
        "a port": "localhost:5000/shop/web",
        "a digest": f"team/app:1.4@{digest}",
        "a mistake": "shop/Web:1",
    }


# Collecting.

DAY = 86_400.0
NOW, STARTED = 40 * DAY, 0.0
GB = 1_000 * MB


def node_images() -> list[ImageRecord]:
    """What lies on a node."""
    return [
        ImageRecord("pause", MB, 0, NOW, pinned=True),
        ImageRecord("web:8", 4 * GB, 39 * DAY, NOW, in_use=True),
        ImageRecord("web:7", 4 * GB, 30 * DAY, NOW - 3 * DAY),
        ImageRecord("batch:2", 5 * GB, 20 * DAY, NOW - 10 * DAY),
        ImageRecord("debug", 2 * GB, 10 * DAY),
        ImageRecord("api:5", 3 * GB, NOW - 60, NOW - 60),
    ]


DISKS = {"80": (80, 0), "88": (88, 0), "96": (96, 0), "80, old": (80, 7)}
"""How full the disk is in percent, and the greatest age of an unused image in days (0: any)."""


def collecting(disk: str) -> Frame:
    """A pass of the kubelet over a disk of 100 GB."""
    used_percent, max_age_days = DISKS[disk]
    images = node_images()
    policy = ImageGCPolicy(max_age_seconds=max_age_days * DAY)
    filesystem = ImageFilesystem(100 * GB, (100 - used_percent) * GB)
    done = garbage_collect(images, policy, filesystem, now=NOW, kubelet_started=STARTED)
    used = [_("always"), _("now"), _("3 days ago"), _("10 days ago"), _("never seen in use"), _("a minute ago")]
    bars = byte_bars(
        [(_("used"), used_percent * GB, "new"), (_("start"), 85 * GB, ""), (_("goal"), 80 * GB, "")], 100 * GB
    )
    error = el("p", el("b", done.error), class_="v no") if done.error else None
    return Frame(
        join([bars, collection_table(images, done, used), error]),
        _collected(done.to_free_bytes, done.freed_bytes, len(done.removed)),
    )


def _collected(to_free: int, freed: int, removed: int) -> str:
    if to_free:
        return _("Above 85 %: **{wanted}** are to be freed, to come down to 80 %. Removed for space: {freed}.").format(
            wanted=size(to_free), freed=size(freed)
        )
    if removed:
        return _("Below 85 % nothing is removed for space. **{n}** went for its age.").format(n=removed)
    return _("Below 85 %: nothing is removed.")
