"""`docker version`: which client this is, and which engine."""

from __future__ import annotations

from typing import Any

from ..model.errors import DockerError
from ..model.inspection import ENGINE_VERSION
from .call import Call, Verb
from .structures import ClientStruct
from .template import GoError, Nil, Struct
from .usage import Flags, read_template


def version(call: Call, flags: Flags, operands: list[str]) -> None:
    """Show the versions of client and engine."""
    form = flags.text("format") or FORM
    template = read_template("{{json .}}" if form == "json" else form, "version")
    try:
        call.out(template.render(VERSION) + "\n")
    except GoError as error:
        call.out("\n")
        call.refuse(DockerError(error.reason))


CLIENT: dict[str, Any] = {
    "Platform": Nil("<nil>"),
    "Version": "28.2.2",
    "APIVersion": "1.50",
    "DefaultAPIVersion": "1.50",
    "GitCommit": "e6534b4",
    "GoVersion": "go1.24.3",
    "Os": "linux",
    "Arch": "amd64",
    "BuildTime": "Fri May 30 12:07:14 2025",
    "Context": "default",
}
ENGINE = {
    "ApiVersion": "1.51",
    "Arch": "amd64",
    "BuildTime": "Tue Sep 15 11:02:57 2026",
    "Experimental": "false",
    "GitCommit": "3ef3c07",
    "GoVersion": "go1.27.1",
    "KernelVersion": "6.18.44",
    "MinAPIVersion": "1.24",
    "Os": "linux",
}
COMPONENT = {"Name": "Engine", "Version": ENGINE_VERSION, "Details": ENGINE}
SERVER: dict[str, Any] = {
    "Platform": Struct("struct { Name string }", {"Name": ""}),
    "Components": [Struct("types.ComponentVersion", COMPONENT)],
    "Version": ENGINE_VERSION,
    "APIVersion": ENGINE["ApiVersion"],
    **{name: ENGINE[name] for name in ("MinAPIVersion", "GitCommit", "GoVersion", "Os", "Arch", "KernelVersion")},
    "Experimental": False,
    "BuildTime": "2026-09-15T11:02:57.000000000+00:00",
}
VERSION = Struct(
    "system.versionInfo",
    {"Client": ClientStruct("system.clientVersion", CLIENT), "Server": ClientStruct("*types.Version", SERVER)},
)
# Docker too has a template for what it shows without one.
FORM = """\
{{with .Client -}}
Client:
 Version:           {{.Version}}
 API version:       {{.APIVersion}}
 Go version:        {{.GoVersion}}
 Git commit:        {{.GitCommit}}
 Built:             {{.BuildTime}}
 OS/Arch:           {{.Os}}/{{.Arch}}
 Context:           {{.Context}}
{{- end}}

Server:
{{- range .Server.Components}}
 {{.Name}}:
  Version:          {{.Version}}
{{- with .Details}}
  API version:      {{.ApiVersion}} (minimum version {{.MinAPIVersion}})
  Go version:       {{.GoVersion}}
  Git commit:       {{.GitCommit}}
  Built:            {{.BuildTime}}
  OS/Arch:          {{.Os}}/{{.Arch}}
  Experimental:     {{.Experimental}}
{{- end}}
{{- end}}"""


VERBS = {
    "docker version": Verb(version, "format"),
}
