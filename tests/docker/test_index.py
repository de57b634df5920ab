"""An image for several platforms, as Docker Hub serves official ones: what a real engine makes of it with either store."""

from collections.abc import Iterator

import pytest

from dockerlearn.hub.catalog import hub
from dockerlearn.model.digest import canonical_json
from dockerlearn.model.image import Image
from dockerlearn.model.index import INDEX_TYPE, MANIFEST_TYPE, Attestation, Index
from dockerlearn.model.layer import Layer
from dockerlearn.terminal.session import PAGE_SEED, Session

from .compare import Correspondence, difference, layers_in_order
from .editions import BESIDE
from .engine import REGISTRY, Machine, Store
from .terminal import Shown, Terminal


def _index() -> Index:
    """nginx for two platforms, each with an attestation of how it was built."""
    amd64 = hub().image("nginx:1.27.4").replace(index=None)
    arm64 = amd64.replace(architecture="arm64", variant="v8").with_layer(
        Layer.of({"etc/arch": "arm64\n"}), by="RUN arch > /etc/arch"
    )
    images: tuple[Image, ...] = (amd64, arm64)
    statements = (canonical_json({"subject": each.digest, "builder": "a test"}) for each in images)
    attestations = tuple(
        Attestation(each.digest, statement) for each, statement in zip(images, statements, strict=True)
    )
    return Index(images, attestations)


INDEX = _index()
AMD64, ARM64 = INDEX.images
SESSIONS = {
    "pulled, looked at, run and removed": [
        "docker pull multi:1",
        "docker pull multi:1",
        "docker images --digests",
        "docker image inspect -f '{{.Id}} {{json .RepoTags}} {{json .RepoDigests}} {{json .RootFS}}' multi:1",
        "docker image inspect -f '{{.Os}} {{.Architecture}} {{.Size}} {{json .Descriptor}}' multi:1",
        "docker history multi:1",
        "docker run --name box multi:1 cat /etc/os-release",
        "docker ps -a -s --format '{{.Image}} {{.Size}}'",
        "docker inspect -f '{{.Image}} {{json .ImageManifestDescriptor}}' box",
        "docker commit box mine",
        "docker images -a --format '{{.Repository}} {{.Tag}}'",
        "docker rm box",
        "docker rmi mine",
        "docker system df",
        f"docker rmi {INDEX.digest}",
        f"docker rmi multi@{INDEX.digest}",
        "docker images -a",
    ],
    "for another platform": [
        "docker pull --platform linux/arm64 multi:1",
        "docker images --digests",
        "docker image inspect -f '{{.Id}} {{.Architecture}} {{json .RepoDigests}} {{json .RootFS}}' multi:1",
        "docker history multi:1",
        "docker rmi multi:1",
        "docker images -a",
    ],
    "for a platform that there is none for": [
        "docker pull --platform linux/s390x multi:1",
        "docker pull --platform linux/arm/v7 multi:1",
        "docker pull --platform nonsense multi:1",
        "docker pull --platform windows multi:1",
        "docker pull -q --platform i386 multi:1",
        "docker pull --platform linux/arm64 nginx",
        "docker images -a",
    ],
    "for one platform after the other": [
        "docker pull multi:1",
        "docker pull --platform linux/arm64 multi:1",
        "docker images -a",
        "docker image inspect -f '{{.Id}} {{.Architecture}} {{.Size}}' multi:1",
        "docker image inspect --platform linux/amd64 -f '{{.Id}} {{.Architecture}} {{.Size}} {{json .Descriptor}}' multi:1",
        "docker image inspect --platform linux/arm64 -f '{{.Id}} {{.Architecture}} {{.Size}} {{json .Descriptor}}' multi:1",
        "docker image inspect --platform linux/amd64 -f '{{json .RepoTags}} {{json .RepoDigests}}' multi:1",
        "docker image inspect --platform linux/s390x multi:1",
        "docker image inspect --platform linux/arm64 nginx:1.27.4",
        "docker system df",
        "docker rmi multi:1",
        "docker images -a",
    ],
    "by digest": [
        f"docker pull multi@{INDEX.digest}",
        f"docker pull multi@{AMD64.digest}",
        "docker images --digests",
        f"docker image inspect -f '{{{{.Id}}}} {{{{json .RepoTags}}}} {{{{json .RepoDigests}}}}' multi@{INDEX.digest}",
        f"docker image inspect -f '{{{{.Id}}}} {{{{json .RepoTags}}}} {{{{json .RepoDigests}}}}' multi@{AMD64.digest}",
        "docker image prune -f",
        "docker image prune -a -f",
        "docker images -a",
    ],
    "beside the same image without an index": [
        "docker pull nginx:1.27.4",
        "docker pull multi:1",
        "docker images",
        "docker rmi nginx:1.27.4",
        "docker run --rm multi:1 cat /etc/os-release",
        "docker tag multi:1 other:1",
        "docker image inspect -f '{{json .RepoTags}} {{json .RepoDigests}}' other:1",
        "docker rmi multi:1",
        "docker image prune -a -f",
        "docker images -a",
    ],
}


@pytest.fixture
def terminal(each_engine: Machine) -> Iterator[Terminal]:
    """A terminal on an empty machine, whose registry has the index."""
    each_engine.push([("multi:1", INDEX)])
    each_engine.reset()
    with Terminal(each_engine) as it:
        yield it


def model(store: Store) -> Session:
    """A model beside it."""
    session = Session(docker=BESIDE[store], seed=PAGE_SEED)
    session.engine._registries["docker.io"].push("multi:1", INDEX)
    return session


@pytest.mark.parametrize("commands", SESSIONS.values(), ids=SESSIONS)
def test_an_index_does_what_the_model_says(commands: list[str], each_engine: Machine, terminal: Terminal) -> None:
    beside, same, wrong = model(each_engine.store), Correspondence(), []
    for command in commands:
        shown, said = terminal.run(command), beside.run(command)
        same.invented = each_engine.invented()
        found = _difference(said.output, shown, same, each_engine.store)
        if found is None and said.status != shown.status:
            found = f"exit status {shown.status}, and not {said.status}"
        if found is not None:
            wrong.append(f"$ {command}\n{found}")
    if wrong:
        pytest.fail("\n\n".join(wrong), pytrace=False)


def _difference(said: str, shown: Shown, same: Correspondence, store: Store) -> str | None:
    printed = shown.output
    if store is Store.CONTAINERD:
        said, printed = layers_in_order(said), layers_in_order(printed)
    return difference(
        said, printed, said, same, slack=5, unordered=any(it in said for it in ("Deleted Images", "REPOSITORY"))
    )


@pytest.mark.parametrize("platforms", [("amd64",), ("arm64",), ("amd64", "arm64"), ("arm64", "amd64")], ids=" ".join)
def test_each_platform_of_an_index_takes_up_what_the_model_says(
    platforms: tuple[str, ...], containerd_engine: Machine
) -> None:
    containerd_engine.push([("multi:1", INDEX)])
    containerd_engine.reset()
    beside = model(Store.CONTAINERD)
    for platform in platforms:
        containerd_engine.run("docker", "pull", "-q", "--platform", f"linux/{platform}", "multi:1")
        beside.engine.pull("multi:1", platform=f"linux/{platform}")
    [told] = containerd_engine.ask("/images/json?manifests=1")
    [image] = beside.engine.images()
    store = beside.engine.store
    assert told["Id"] == INDEX.digest
    assert told["Size"] == store.size(image)
    assert sum(each["Size"]["Content"] for each in told["Manifests"]) == store.summary(image).content
    theirs = {
        each["ID"]: (each["Size"]["Content"], each["Size"]["Content"] + each["ImageData"]["Size"]["Unpacked"])
        for each in told["Manifests"]
        if each["Kind"] == "image"
    }
    assert theirs == {part.id: (part.content, part.size) for part in store.parts(image)}


def test_an_index_is_pushed_as_it_is(each_engine: Machine) -> None:
    each_engine.push([("multi:1", INDEX)])
    manifests = {INDEX.digest: INDEX.json}
    manifests |= {image.digest: image.manifest for image in INDEX.images}
    manifests |= {attestation.digest: attestation.manifest for attestation in INDEX.attestations}
    accepted = [word for kind in (INDEX_TYPE, MANIFEST_TYPE) for word in ("-H", f"Accept: {kind}")]
    for digest, manifest in manifests.items():
        address = f"http://{REGISTRY}/v2/library/multi/manifests/{digest}"
        assert each_engine.run("curl", "-s", *accepted, address) == manifest.decode()
