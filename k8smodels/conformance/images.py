"""Adapters of the suites ``images/...``: changesets, identities, names, garbage collection."""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.conformance.report import JSON
from k8smodels.conformance.suites import Adapter
from k8smodels.images.apply import apply_layers
from k8smodels.images.diff import diff
from k8smodels.images.digest import Digest, DigestError, chain_ids, digest_of
from k8smodels.images.gc import delete_unused_images, garbage_collect
from k8smodels.images.gc_records import ImageFilesystem, ImageGCPolicy, ImageGCPolicyError, ImageRecord
from k8smodels.images.layer import Entry, FileTree, Inode, file, file_tree, symlink
from k8smodels.images.reference import ImageReference, ReferenceFormatError
from k8smodels.images.rootfs import ApplyError

A_MOMENT = 0.001
"""The recorded ages were taken a moment before the pass started, which decides where an age equals a limit."""


def differences(case: JSON) -> JSON:
    """The suite ``images/diff``."""
    return [_written(entry) for entry in diff(_tree(case["base"]), _tree(case["changed"]))]


def unpacking(case: JSON) -> JSON:
    """The suite ``images/apply``."""
    try:
        return {"tree": _paths(apply_layers(map(_layer, case["layers"])).tree)}
    except ApplyError as error:
        return {"failedLayer": error.layer, "error": str(error)}


def identity(case: JSON) -> JSON:
    """The suite ``images/identity``."""
    if "bytes" in case:
        content = case["bytes"].encode()
        return {"digest": digest_of(content), "size": len(content)}
    if "digest" not in case:
        return {"chainIDs": chain_ids(case.get("diffIDs", []))}
    try:
        digest = Digest.parse(case["digest"])
    except DigestError as error:
        return {"error": str(error)}
    return {"valid": True, "algorithm": digest.algorithm, "encoded": digest.encoded}


def reference(case: JSON) -> JSON:
    """The suite ``images/reference``."""
    try:
        name = ImageReference.parse(case["reference"])
    except (ReferenceFormatError, DigestError) as error:
        return {"error": str(error)}
    return {
        "domain": name.domain,
        "path": name.path,
        "tag": name.tag,
        "digest": name.digest,
        "full": str(name.with_default_tag()),
        "familiar": name.familiar(),
        "docker": str(name.pulled()),
    }


def garbage_collection(case: JSON) -> JSON:
    """The suite ``images/gc``."""
    try:
        policy = ImageGCPolicy(
            case["highThresholdPercent"], case["lowThresholdPercent"], case["minAgeSeconds"], case["maxAgeSeconds"]
        )
    except ImageGCPolicyError as error:
        return {"error": str(error)}
    listed = case["images"] or []
    images = [_record(image) for image in listed]
    fails = {image["id"] for image in listed if image.get("removalFails")}
    if case.get("deleteAllUnused"):
        done = delete_unused_images(images, policy, now=A_MOMENT, removal_fails=fails)
    else:
        disk = ImageFilesystem(case["capacityBytes"], case["availableBytes"])
        started = -case["kubeletUpSeconds"]
        done = garbage_collect(images, policy, disk, now=A_MOMENT, kubelet_started=started, removal_fails=fails)
    return {"removed": list(done.removed), "error": done.error}


def _tree(paths: Mapping[str, str]) -> FileTree:
    return file_tree({path: _inode(content) for path, content in paths.items()})


def _inode(content: str) -> Inode:
    return symlink(content.removeprefix("->")) if content.startswith("->") else file(content)


def _paths(tree: FileTree) -> JSON:
    return {path + "/" * (inode.type == "dir"): _content(inode) for path, inode in tree.items()}


def _content(inode: Inode) -> str:
    return f"->{inode.target}" if inode.type == "symlink" else (inode.content or b"").decode()


def _layer(entries: list[JSON]) -> list[Entry]:
    return [_entry(item["name"], item["type"], item.get("content", ""), item.get("link", "")) for item in entries]


def _entry(name: str, kind: str, content: str, link: str) -> Entry:
    written = content.encode()
    mode = 0o755 if kind == "dir" else 0o644
    return Entry(name, kind, mode, len(written), written if kind == "file" else None, link=link)  # type: ignore[arg-type]


def _written(entry: Entry) -> JSON:
    content = entry.content.decode() if entry.content else ""
    optional = {"content": content, "link": entry.link}
    return {"name": entry.name, "type": entry.type, **{key: value for key, value in optional.items() if value}}


def _record(image: JSON) -> ImageRecord:
    last_used = image.get("lastUsedSecondsAgo")
    return ImageRecord(
        image["id"],
        image["size"],
        first_detected=-image["firstDetectedSecondsAgo"],
        last_used=None if last_used is None else -last_used,
        in_use=image.get("inUse", False),
        pinned=image.get("pinned", False),
    )


SUITES: Mapping[str, Adapter] = {
    "images/diff": Adapter(differences),
    "images/apply": Adapter(unpacking),
    "images/identity": Adapter(identity),
    "images/reference": Adapter(reference),
    "images/gc": Adapter(garbage_collection),
}
