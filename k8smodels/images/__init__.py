"""Images: changesets and the union of them, names and digests, pulling and storing, building, real archives.

`diff` and `apply_layers` are each other's inverse; `OverlayMount` is what a container writes to; `Registry` and
`NodeStore` move and keep layers; `garbage_collect` is the kubelet's; `build` is a build with its cache; `read_image`
reads an OCI layout or what ``docker save`` wrote, `write_layout_tar` writes what other tools read.
"""

from k8smodels.images.apply import Applied, apply_layer, apply_layers
from k8smodels.images.archive import read_image
from k8smodels.images.build import build
from k8smodels.images.build_steps import Build, BuildCache
from k8smodels.images.diff import diff
from k8smodels.images.digest import Digest, chain_ids, digest_of
from k8smodels.images.dockerfile import Dockerfile, DockerfileError, parse_dockerfile
from k8smodels.images.gc import delete_unused_images, garbage_collect
from k8smodels.images.gc_records import ImageFilesystem, ImageGCPolicy, ImageRecord
from k8smodels.images.image import Image, ImageLayer, build_image, image_layer
from k8smodels.images.layer import Entry, FileTree, Inode, Layer, directory, file, file_tree, sized_file, symlink
from k8smodels.images.layout import write_layout_directory, write_layout_tar
from k8smodels.images.limits import ArchiveError, Limits
from k8smodels.images.overlay import OverlayMount
from k8smodels.images.reference import ImageReference
from k8smodels.images.registry import NodeStore, Registry
from k8smodels.images.rootfs import ApplyError
from k8smodels.images.union import LayerDirectory, lookup, merged
from k8smodels.images.usage import ImageUsage, image_usage

__all__ = [
    "Applied",
    "ApplyError",
    "ArchiveError",
    "Build",
    "BuildCache",
    "Digest",
    "Dockerfile",
    "DockerfileError",
    "Entry",
    "FileTree",
    "Image",
    "ImageFilesystem",
    "ImageGCPolicy",
    "ImageLayer",
    "ImageRecord",
    "ImageReference",
    "ImageUsage",
    "Inode",
    "Layer",
    "LayerDirectory",
    "Limits",
    "NodeStore",
    "OverlayMount",
    "Registry",
    "apply_layer",
    "apply_layers",
    "build",
    "build_image",
    "chain_ids",
    "delete_unused_images",
    "diff",
    "digest_of",
    "directory",
    "file",
    "file_tree",
    "garbage_collect",
    "image_layer",
    "image_usage",
    "lookup",
    "merged",
    "parse_dockerfile",
    "read_image",
    "sized_file",
    "symlink",
    "write_layout_directory",
    "write_layout_tar",
]
