"""An index: one name for the same image on several platforms, which is what Docker Hub serves for an official image.

Source of the rules: OCI image specification 1.1 (image-index.md), and what BuildKit writes: beside the manifest of each
platform stands one of an attestation, which says how the image was built. Docker never starts a container from that.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from .digest import canonical_json, sha256
from .errors import InvalidReference
from .value import Value, instance

if TYPE_CHECKING:
    from .image import Image

CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
STATEMENT_TYPE = "application/vnd.in-toto+json"
PREDICATE = "https://slsa.dev/provenance/v1"


ALIASES = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "i386": "386"}
ARCHITECTURES = {*ALIASES, *"386 amd64 arm arm64 loong64 mips64le ppc64le riscv64 s390x wasm".split()}
SYSTEMS = {*"darwin freebsd linux windows".split()}


class Descriptor(Value):
    """What points to a blob: its media type, its digest and its size in bytes."""

    media_type: str
    digest: str
    size: int

    def json(self) -> dict[str, Any]:
        """The descriptor as manifests and indexes hold it."""
        return {"mediaType": self.media_type, "digest": self.digest, "size": self.size}

    @classmethod
    def of(cls, media_type: str, content: bytes) -> Descriptor:
        """The descriptor of a blob."""
        return cls(media_type, sha256(content), len(content))


class Platform(Value):
    """What a program is made for: an operating system and a processor, of which there may be variants."""

    os: str = "linux"
    architecture: str = "amd64"
    variant: str = ""

    @classmethod
    def parse(cls, text: str) -> Platform:
        """Read `linux/arm64/v8`; a processor alone means Linux, and arm64 is v8. Raises `InvalidReference`."""
        os, *rest = instance("platform", str, text).lower().split("/")
        if not rest and os in ARCHITECTURES:
            os, rest = "linux", [os]
        elif not rest and os in SYSTEMS:
            rest = ["amd64"]
        if len(rest) not in (1, 2) or not all((os, *rest)):
            raise InvalidReference(f'"{text}": unknown operating system or architecture: invalid argument')
        architecture, variant = (*rest, "")[:2]
        architecture = ALIASES.get(architecture, architecture)
        return cls(os, architecture, variant or ("v8" if architecture == "arm64" else ""))

    @property
    def shortest(self) -> str:
        """What the engine calls it in refusals: a variant that is the usual one goes without saying."""
        return str(self).removesuffix("/v8") if self.architecture == "arm64" else str(self)

    def json(self) -> dict[str, str]:
        """The platform as descriptors hold it."""
        every = {"architecture": self.architecture, "os": self.os, "variant": self.variant}
        return {name: text for name, text in every.items() if text}

    def __str__(self) -> str:
        return "/".join(filter(None, (self.os, self.architecture, self.variant)))


HERE = Platform()  # that of this machine


class Attestation(Value):
    """What was written down about how an image was built: a statement about the manifest of that digest."""

    __slots__ = ("__dict__",)  # what is derived is kept there

    subject: str
    statement: bytes

    @cached_property
    def config_json(self) -> bytes:
        """A configuration of no platform, since a manifest has to have one."""
        rootfs = {"type": "layers", "diff_ids": [sha256(self.statement)]}
        return canonical_json({"architecture": "unknown", "os": "unknown", "config": {}, "rootfs": rootfs})

    @cached_property
    def manifest(self) -> bytes:
        """The manifest, whose only layer is the statement."""
        statement = Descriptor.of(STATEMENT_TYPE, self.statement).json()
        return canonical_json(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST_TYPE,
                "config": Descriptor.of(CONFIG_TYPE, self.config_json).json(),
                "layers": [{**statement, "annotations": {"in-toto.io/predicate-type": PREDICATE}}],
            }
        )

    @property
    def digest(self) -> str:
        """The manifest's digest."""
        return sha256(self.manifest)

    @property
    def blobs(self) -> dict[str, int]:
        """The size in bytes of each blob that belongs to it, by digest."""
        return {sha256(blob): len(blob) for blob in (self.manifest, self.config_json, self.statement)}


class Index(Value):
    """The images of one name, each for another platform, and the attestations of how they were built."""

    __slots__ = ("__dict__",)

    images: tuple[Image, ...]
    attestations: tuple[Attestation, ...] = ()

    @cached_property
    def json(self) -> bytes:
        """The index as a registry serves it."""
        manifests = []
        for image in self.images:
            manifest = Descriptor.of(MANIFEST_TYPE, image.manifest).json()
            manifests.append({**manifest, "platform": image.platform.json()})
        for each in self.attestations:
            about = {"vnd.docker.reference.digest": each.subject, "vnd.docker.reference.type": "attestation-manifest"}
            manifest = {**Descriptor.of(MANIFEST_TYPE, each.manifest).json(), "annotations": about}
            manifests.append({**manifest, "platform": {"architecture": "unknown", "os": "unknown"}})
        return canonical_json({"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": manifests})

    @cached_property
    def digest(self) -> str:
        """The index's digest: what a name with this index behind it is pinned by."""
        return sha256(self.json)

    def image(self, platform: Platform = HERE) -> Image | None:
        """The image for a platform, if there is one."""
        return next((each.replace(index=self) for each in self.images if each.platform == platform), None)

    def attestations_of(self, image: Image) -> list[Attestation]:
        """What is stated about one of the images."""
        return [each for each in self.attestations if each.subject == image.digest]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Index) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<Index {self.digest[:19]} {', '.join(str(each.platform) for each in self.images)}>"
