"""Python for the reader's browser: what the site needs to run its examples where they are read.

    node dockerlearn/course/runtime.mjs dockerlearn.course.runtime

is called by make and puts Pyodide, a lean standard library and the model into docs/assets/runtime, which both site
generators carry along. Pyodide comes from npm, whose lock file has its hash; nothing else is fetched.

Most of what Pyodide does when it starts is to compile its library. So that is done here, beforehand, and by Pyodide itself,
since compiled modules suit one version of Python only. The model's source lies beside its compiled modules, since
tracebacks show it.
"""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Iterator
from hashlib import sha256
from importlib.util import MAGIC_NUMBER, source_hash
from marshal import dumps
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

PYODIDE = Path("node_modules/pyodide")
MODEL = Path("dockerlearn")
FOLDER = Path("docs/assets/runtime")
MANIFEST = "runtime.json"
PARTS = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
STDLIB = "python_stdlib.zip"

LEFT_OUT = {
    "needs a network, processes, threads or a terminal, which the browser's Python has not": (
        "_pyrepl cmd code concurrent/futures/process concurrent/interpreters ftplib getpass http imaplib mailbox "
        "multiprocessing poplib pty smtplib socketserver ssl telnetlib tty urllib/request urllib/robotparser "
        "webbrowser wsgiref xmlrpc ensurepip venv"
    ),
    "is for developing Python": (
        "_pyio _ios_support _apple_support _android_support bdb cProfile compileall doctest lib2to3 modulefinder pdb pickletools "
        "profile profiling pstats pyclbr py_compile pydoc pydoc_data tabnanny timeit trace unittest zipapp test turtledemo "
        "idlelib tkinter turtle"
    ),
    "reads what no example has": (
        "dbm email html mimetypes netrc plistlib quopri sqlite3 wave xml ctypes mmap curses configparser optparse "
        "_aix_support _osx_support"
    ),
    "is for Pyodide's packages, of which there are none": "sysconfig _sysconfigdata__emscripten_wasm32-emscripten",
}
READS_ITS_DOCSTRINGS = ("pyodide", "_pyodide")
ENCODINGS = frozenset(
    "__init__ aliases ascii cp437 hex_codec idna latin_1 punycode raw_unicode_escape undefined "
    "unicode_escape utf_16 utf_16_be utf_16_le utf_32 utf_8 utf_8_sig base64_codec rot_13".split()
)


def is_lean(module: PurePosixPath) -> bool:
    """Whether a file of the standard library belongs into the browser."""
    name = module.with_suffix("").as_posix()
    if module.parts[0] == "encodings":
        return module.stem in ENCODINGS
    return not any(name == left or name.startswith(f"{left}/") for names in LEFT_OUT.values() for left in names.split())


def compiled(source: bytes, shown_as: str, *, documented: bool = True) -> bytes:
    """A module as this Python imports it; it never looks whether the source has changed since (PEP 552)."""
    code = compile(source, shown_as, "exec", dont_inherit=True, optimize=0 if documented else 2)
    return MAGIC_NUMBER + (0b01).to_bytes(4, "little") + source_hash(source) + dumps(code)


def stdlib(archive: ZipFile) -> Iterator[tuple[str, bytes]]:
    """What the browser gets of Pyodide's standard library: modules without their source.

    Nor have they docstrings, a seventh of their bytes: the `help` that would show them is left out.
    """
    for name in sorted(archive.namelist()):
        module = PurePosixPath(name)
        if not is_lean(module) or name.endswith("/"):
            continue
        content = archive.read(name)
        if module.suffix == ".py":
            yield f"{name}c", compiled(content, f"/lib/{name}", documented=module.parts[0] in READS_ITS_DOCSTRINGS)
        else:
            yield name, content


def model(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The modules of the model, each beside its source, as Python imports them from an archive, and the data they read."""
    for file in sorted(file for file in folder.rglob("*") if file.suffix in (".py", ".txt")):
        name = f"{folder.name}/{file.relative_to(folder).as_posix()}"
        if name.startswith(f"{folder.name}/course/"):
            continue
        yield name, file.read_bytes()
        if file.suffix == ".py":
            yield f"{name}c", compiled(file.read_bytes(), name)


def write(archive: Path, files: Iterator[tuple[str, bytes]]) -> None:
    """An archive, the same bytes for the same files."""
    with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=9) as zipped:
        for name, content in files:
            entry = ZipInfo(name)
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o644 << 16
            zipped.writestr(entry, content)


def prepare(folder: Path) -> None:
    """Make the folder anew, whole or not at all."""
    made = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    for part in PARTS:
        shutil.copyfile(PYODIDE / part, made / part)
    with ZipFile(PYODIDE / STDLIB) as archive:
        write(made / "stdlib.zip", stdlib(archive))
    write(made / "model.zip", model(MODEL))
    names = {file.name: f"{file.stem}-{sha256(file.read_bytes()).hexdigest()[:12]}.zip" for file in made.glob("*.zip")}
    for name, new in names.items():
        (made / name).rename(made / new)
    manifest = {
        "pyodide": json.loads((PYODIDE / "package.json").read_text(encoding="utf-8"))["version"],
        "lock": {**json.loads((PYODIDE / "pyodide-lock.json").read_text(encoding="utf-8")), "packages": {}},
        "python": platform.python_version(),
        "stdlib": names["stdlib.zip"],
        "model": names["model.zip"],
    }
    (made / MANIFEST).write_text(f"{json.dumps(manifest, indent=1)}\n", encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    made.rename(folder)
    size = sum(file.stat().st_size for file in folder.iterdir())
    print(f"{folder}: Pyodide {manifest['pyodide']}, Python {manifest['python']}, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    prepare(FOLDER)
