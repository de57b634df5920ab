"""Plant faults in the model and in pages, one at a time, and show that a real engine gives each away.

python -m tests.docker.plant_faults               # all
python -m tests.docker.plant_faults containerd    # those whose witness or file has that in its name
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import copy, copytree
from typing import NamedTuple

from tests.course.course_pages import ROOT

FOLDERS = ["dockerlearn", "docs", "overrides", "tests"]
FILES = ["mkdocs.yml", "conftest.py", "pyproject.toml", "README.md"]


class Fault(NamedTuple):
    """A text in a file, what stands there instead, and the witness: a page whose examples give it away, or a test."""

    file: str
    right: str
    wrong: str
    witness: str


def typed_at_containerd(page: str) -> str:
    """The test that types a page at an engine with containerd's store."""
    return f"tests/docker/test_pages_containerd.py::test_containerds_store_does_what_the_model_does_as_29[{page}]"


CLASSIC, CONTAINERD = (f"dockerlearn/model/store/{name}.py" for name in ("classic", "containerd"))


FAULTS = [
    # in pages: a digest, a size, a refusal, an exit status, a line left out
    Fault("docs/index.md", "Digest: sha256:216d786e", "Digest: sha256:216d7865", "docs/index.md"),
    Fault("docs/index.md", "days ago   162MB", "days ago   163MB", "docs/index.md"),
    Fault("docs/tags-and-digests.md", "pull access denied for ngnix", "no access to ngnix", "docs/tags-and-digests.md"),
    Fault("docs/why-did-it-exit.md", "$ echo $?\n127", "$ echo $?\n126", "docs/why-did-it-exit.md"),
    Fault("README.md", "C /usr/share\n", "", "README.md"),
    # in the model: bytes of layers, JSON, a state, what a change is, the rounding of ages, a text, a column
    Fault(
        "dockerlearn/model/layer.py",
        'kind, link.encode(), b"ustar\x0000"',
        'kind, link.encode(), b"ustar  \x00"',
        "docs/index.md",
    ),
    Fault("dockerlearn/model/digest.py", 'separators=(",", ":")', 'separators=(", ", ": ")', "docs/index.md"),
    Fault(
        "dockerlearn/model/process.py",
        "= 126, 127, 137",
        "= 126, 127, 143",
        "docs/container-lifecycle.md",
    ),
    Fault(
        "dockerlearn/model/tree.py", 'yield "A" if old is None', 'yield "C" if old is None', "docs/writable-layer.md"
    ),
    Fault("dockerlearn/client/human.py", "(days < 730,", "(days < 365,", "docs/tags-and-digests.md"),
    Fault(
        "dockerlearn/model/store/images.py",
        'Removal("Untagged", name.familiar)',
        'Removal("Deleted", name.familiar)',
        "docs/tags-and-digests.md",
    ),
    Fault("dockerlearn/client/human.py", "COLUMN_GAP = 3", "COLUMN_GAP = 2", "docs/index.md"),
    # in the classic store: what a pull says of layers, a refusal, what is dangling, what a prune frees
    Fault(
        CLASSIC, '("Pull complete", "Already exists")', '("Pull complete", "Pull complete")', "docs/sharing-layers.md"
    ),
    Fault(CLASSIC, "(must force) - container", "(must be forced) - container", "docs/pull-list-remove.md"),
    Fault(CLASSIC, "not any(name.tag for name in names)", "not names", "docs/pull-list-remove.md"),
    Fault(CLASSIC, "before.keys() - self.layers.layers.keys()", "set[str]()", "docs/pull-list-remove.md"),
    # in containerd's store: what an ID is, what a pull says of layers, a refusal, blocks on ext4, sizes of an index
    Fault(
        CONTAINERD, "return image.descriptor.digest", "return image.id", typed_at_containerd("docs/tags-and-digests.md")
    ),
    Fault(
        CONTAINERD, "if chain not in self.layers.layers:", "if chain:", typed_at_containerd("docs/sharing-layers.md")
    ),
    Fault(
        CONTAINERD,
        "(must be forced) - {reason}",
        "(must force) - {reason}",
        typed_at_containerd("docs/pull-list-remove.md"),
    ),
    Fault(
        "dockerlearn/model/ext4.py",
        "(1 + overlay.raised + overlay.marked)",
        "(1 + overlay.raised)",
        typed_at_containerd("docs/writable-layer.md"),
    ),
    Fault(
        "dockerlearn/model/overlay.py",
        "            if old.entries:",
        "            if False:",
        "tests/docker/test_sizes.py",
    ),
    Fault(CONTAINERD, "[*map(self._blobs, here), *attested]", "[self._blobs(here[0])]", "tests/docker/test_index.py"),
]


def run_witness(folder: Path, witness: str) -> tuple[int, str]:
    """Type a page of a copy of the course at a real engine, or run another test: pytest's exit status, and what it said."""
    test = witness
    if witness.endswith(".md"):
        test = f"tests/docker/test_pages.py::test_a_real_engine_prints_what_the_page_says[{witness}]"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", test]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout


def main() -> int:
    """Plant each fault, print what the witness says, and tell by the exit status whether it noticed them all."""
    wanted = sys.argv[1] if sys.argv[1:] else ""
    faults = [fault for fault in FAULTS if wanted in fault.file or wanted in fault.witness]
    unnoticed = 0
    with tempfile.TemporaryDirectory() as temporary:
        copied = Path(temporary) / "course"
        for folder in FOLDERS:
            copytree(ROOT / folder, copied / folder)
        for file in FILES:
            copy(ROOT / file, copied / file)
        for witness in sorted({fault.witness for fault in faults}):
            status, said = run_witness(copied, witness)
            print(f"as it stands  {witness}: {said.splitlines()[-1]}", flush=True)
            if status != 0:
                return status
        for fault in faults:
            target = copied / fault.file
            original = target.read_text(encoding="utf-8")
            if fault.right not in original:
                sys.exit(f"{fault.file} does not say {fault.right!r} any more")
            target.write_text(original.replace(fault.right, fault.wrong), encoding="utf-8")
            status, said = run_witness(copied, fault.witness)
            target.write_text(original, encoding="utf-8")
            report = next((line for line in said.splitlines() if re.search(r"(?:^|: )\$ |^E   +assert", line)), None)
            unnoticed += status != 1 or report is None
            print(
                f"{'noticed' if status == 1 and report else 'UNNOTICED':<12}  {fault.file}: {fault.right!r} now reads {fault.wrong!r}"
            )
            print(f"              {report or said.splitlines()[-1]}", flush=True)
    print(f"{len(faults) - unnoticed} of {len(faults)} planted faults noticed")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
