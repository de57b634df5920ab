"""What `docker version` tells of a client and its engine, by release.

Measured with client 28.2.2 on Engine 28.5.2, and with client and engine 29.8.0 as they were built in August 2026.
"""

from __future__ import annotations

from typing import Any

from .structures import ClientStruct
from .template.values import Nil, Struct

_CLIENT: dict[str, Any] = {
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
CLIENT_VERSIONS: dict[str, dict[str, Any]] = {
    "28": _CLIENT,
    "29": {
        **_CLIENT,
        "Platform": Struct("struct { Name string }", {"Name": "Docker Engine - Community"}),
        "Version": "29.8.0",
        "APIVersion": "1.55",
        "DefaultAPIVersion": "1.55",
        "GitCommit": "28f7560",
        "GoVersion": "go1.26.10",
        "BuildTime": "Thu Aug 20 10:38:49 2026",
    },
}
_ENGINE = {
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
_ENGINE_29 = {
    **_ENGINE,
    "ApiVersion": "1.56",
    "BuildTime": "Sun Aug 23 00:28:30 2026",
    "GitCommit": "b985e23",
    "GoVersion": "go1.26.10",
    "MinAPIVersion": "1.40",
}
# Each component with its version, and what else it tells of itself.
_COMPONENTS: dict[str, list[tuple[str, str, dict[str, str]]]] = {
    "28": [("Engine", "28.5.2", _ENGINE)],
    "29": [
        ("Engine", "29.8.0", _ENGINE_29),
        ("containerd", "2.1.9+unknown", {"GitCommit": ""}),
        ("runc", "1.3.6+ds1", {"GitCommit": "1.3.6+ds1-1"}),
        ("docker-init", "0.19.0", {"GitCommit": ""}),
    ],
}
_BUILT = {"28": "2026-09-15T11:02:57.000000000+00:00", "29": "2026-08-23T00:28:30.000000000+00:00"}


def versions(client: str, server: str) -> Struct:
    """What a template of `docker version` is applied to, of a release of the client and one of the engine."""
    components = [
        Struct("types.ComponentVersion", {"Name": name, "Version": version, "Details": details})
        for name, version, details in _COMPONENTS[server]
    ]
    _, version, engine = _COMPONENTS[server][0]
    told: dict[str, Any] = {
        "Platform": Struct("struct { Name string }", {"Name": ""}),
        "Components": components,
        "Version": version,
        "APIVersion": engine["ApiVersion"],
        **{name: engine[name] for name in ("MinAPIVersion", "GitCommit", "GoVersion", "Os", "Arch", "KernelVersion")},
        "Experimental": False,
        "BuildTime": _BUILT[server],
    }
    own = ClientStruct("system.clientVersion", CLIENT_VERSIONS[client])
    return Struct("system.versionInfo", {"Client": own, "Server": ClientStruct("*types.Version", told)})


# Docker too has a template for what it shows without one.
FORM = """\
{{with .Client -}}
Client:{{with .Platform}} {{.Name}}{{end}}
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
{{- if eq .Name "Engine"}}{{with .Details}}
  API version:      {{.ApiVersion}} (minimum version {{.MinAPIVersion}})
  Go version:       {{.GoVersion}}
  Git commit:       {{.GitCommit}}
  Built:            {{.BuildTime}}
  OS/Arch:          {{.Os}}/{{.Arch}}
  Experimental:     {{.Experimental}}
{{- end}}{{else}}
  GitCommit:        {{.Details.GitCommit}}
{{- end}}
{{- end}}"""
