"""What of Python the reader's browser gets. That it runs every example there, tests/browser shows."""

import json
import platform
import subprocess
import sys
from hashlib import sha256
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from dockerlearn.course import runtime
from dockerlearn.course.runtime import compiled, is_lean, model, prepare, stdlib, write


@pytest.mark.parametrize(
    ("module", "lean"),
    [
        ("json/decoder.py", True),
        ("encodings/utf_8.py", True),
        ("encodings/cp1252.py", False),
        ("unittest/mock.py", False),
        ("concurrent/futures/thread.py", True),
        ("concurrent/futures/process.py", False),
        ("pydoc.py", False),
        ("pydoc_data/topics.py", False),
        ("trace.py", False),
        ("traceback.py", True),
    ],
)
def test_what_no_example_can_use_is_left_out(module: str, lean: bool) -> None:
    assert is_lean(PurePosixPath(module)) is lean


def test_a_compiled_module_is_imported_without_its_source_and_names_where_it_came_from(tmp_path: Path) -> None:
    archive = tmp_path / "library.zip"
    with ZipFile(tmp_path / "source.zip", "w") as source:
        source.writestr("small.py", "def where():\n    return where.__code__.co_filename\n")
        source.writestr("unittest/__init__.py", "")
        source.writestr("data.txt", "as it is")
    with ZipFile(tmp_path / "source.zip") as source:
        write(archive, stdlib(source))
    with ZipFile(archive) as made:
        assert made.namelist() == ["data.txt", "small.pyc"]
        assert made.read("data.txt") == b"as it is"
    program = f"import sys; sys.path.insert(0, {str(archive)!r}); import small; print(small.where())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "/lib/small.py\n"


def test_the_models_compiled_modules_are_imported_from_their_archive_and_tracebacks_show_the_source(
    tmp_path: Path,
) -> None:
    package = tmp_path / "tiny"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "part.py").write_text("raise ValueError('compiled')  # as it was\n")
    archive = tmp_path / "model.zip"
    write(archive, model(package))
    with ZipFile(archive) as right, ZipFile(tmp_path / "changed.zip", "w") as changed:
        for name in right.namelist():  # source that was changed afterwards tells whether it is looked at again
            changed.writestr(name, right.read(name).replace(b"compiled')  # as it was", b"changed')  # as it is"))

    def said(archive: Path) -> str:
        lines = ["import sys, traceback", f"sys.path.insert(0, {str(archive)!r})"]
        lines += ["try:", "    import tiny.part", "except ValueError:", "    traceback.print_exc()"]
        return subprocess.run(
            [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True
        ).stderr

    assert "    raise ValueError('compiled')  # as it was\n" in said(archive)
    assert "    raise ValueError('changed')  # as it is\n" in said(tmp_path / "changed.zip")
    assert "ValueError: compiled\n" in said(tmp_path / "changed.zip")


def test_the_model_reads_its_data_from_the_archive(tmp_path: Path) -> None:
    archive = tmp_path / "model.zip"
    write(archive, model(Path("dockerlearn")))
    program = f"import sys; sys.path.insert(0, {str(archive)!r})\nfrom dockerlearn.client.usage import help_texts\n"
    program += "print(sys.modules['dockerlearn'].__file__, help_texts()['docker pull'].line)"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == f"{archive}/dockerlearn/__init__.pyc Usage:  docker pull [OPTIONS] NAME[:TAG|@DIGEST]\n"


def test_the_stdlib_has_no_docstrings_but_where_they_are_read(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "source.zip", "w") as source:
        for name in ("small.py", "pyodide/small.py"):
            source.writestr(name, '"""What it says."""\nassert False\n')
    with ZipFile(tmp_path / "source.zip") as source:
        made = dict(stdlib(source))
    assert b"What it says." not in made["small.pyc"]
    assert b"What it says." in made["pyodide/small.pyc"]


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pyodide as npm has it, in small."""
    folder = tmp_path / "pyodide"
    folder.mkdir()
    for part in ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"):
        (folder / part).write_text(part)
    (folder / "package.json").write_text('{"name": "pyodide", "version": "1.2.3"}')
    (folder / "pyodide-lock.json").write_text('{"info": {"python": "3.14"}, "packages": {"numpy": {}}}')
    with ZipFile(folder / "python_stdlib.zip", "w") as source:
        source.writestr("small.py", "x = 1\n")
    monkeypatch.setattr(runtime, "PYODIDE", folder)
    monkeypatch.chdir(Path(__file__).parents[2])
    return folder


@pytest.mark.usefixtures("published")
def test_the_folder_has_all_that_the_worker_fetches_by_names_that_change_with_the_content(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "assets/runtime"
    prepare(folder)
    manifest = json.loads((folder / "runtime.json").read_text(encoding="utf-8"))
    assert manifest["pyodide"] == "1.2.3"
    assert manifest["python"] == platform.python_version()
    assert manifest["lock"] == {"info": {"python": "3.14"}, "packages": {}}
    archives = {manifest["stdlib"], manifest["model"]}
    parts = {"pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"}
    assert {file.name for file in folder.iterdir()} == {*parts, "runtime.json", *archives}
    assert all((folder / part).read_text() == part for part in parts)
    for name, what, inside in (
        (manifest["stdlib"], "stdlib", "small.pyc"),
        (manifest["model"], "model", "dockerlearn/learn/browser.pyc"),
    ):
        assert name == f"{what}-{sha256((folder / name).read_bytes()).hexdigest()[:12]}.zip"
        with ZipFile(folder / name) as archive:
            assert inside in archive.namelist()
    megabytes = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
    said = f"{folder}: Pyodide 1.2.3, Python {platform.python_version()}, {megabytes:.1f} MB\n"
    assert capsys.readouterr().out == said


def test_the_folder_is_made_anew_or_stays_as_it_is(published: Path, tmp_path: Path) -> None:
    folder = tmp_path / "assets/runtime"
    prepare(folder)
    (folder / "old.zip").write_text("of the last time")
    prepare(folder)
    assert not (folder / "old.zip").exists()
    before = sorted(folder.iterdir())
    half = folder.with_name(".runtime.new")
    half.mkdir()
    (half / "half.zip").write_text("of a time that was interrupted")
    prepare(folder)
    assert sorted(folder.iterdir()) == before
    (published / "pyodide.asm.wasm").unlink()
    with pytest.raises(FileNotFoundError):
        prepare(folder)
    assert sorted(folder.iterdir()) == before


def test_the_folder_is_the_one_that_the_worker_fetches_from() -> None:
    worker = (Path(__file__).parents[2] / "docs/assets/worker.js").read_text(encoding="utf-8")
    assert 'new URL("runtime/", import.meta.url)' in worker
    assert Path("docs/assets/runtime") == runtime.FOLDER
    assert Path("node_modules/pyodide") == runtime.PYODIDE


def test_an_archive_of_the_same_files_is_the_same(tmp_path: Path) -> None:
    for name in ("one.zip", "other.zip"):
        write(tmp_path / name, model(Path("dockerlearn")))
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()
    with ZipFile(tmp_path / "one.zip") as archive:
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o644}
        assert {entry.compress_type for entry in archive.infolist()} == {ZIP_DEFLATED}
    with ZipFile(tmp_path / "one.zip") as archive:
        assert "dockerlearn/learn/browser.py" in archive.namelist()
        assert not [name for name in archive.namelist() if "course" in name]


def test_a_module_is_compiled_as_the_import_system_would_compile_it() -> None:
    assert compiled(b"x = 1\n", "x.py")[:8].hex() == compiled(b"x = 2\n", "x.py")[:8].hex()
    assert compiled(b"x = 1\n", "x.py")[8:16] != compiled(b"x = 2\n", "x.py")[8:16]


def test_npm_is_told_versions_and_hashes_and_no_address() -> None:
    wanted = json.loads(Path("package.json").read_text(encoding="utf-8"))
    for version in [*wanted["dependencies"].values(), *wanted["devDependencies"].values()]:
        assert version[0].isdigit()
    locked = json.loads(Path("package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in locked["packages"].items() if name}
    assert packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert "http" not in Path("package-lock.json").read_text(encoding="utf-8")
