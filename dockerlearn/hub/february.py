"""Docker Hub as it was in February 2025, as scale models: what the pages show.

What is more than 100 kB in a real image is 1:1000 here, smaller files keep their size; so nginx has 192 kB where the real
one has 192 MB. Tags, variants, layers, history rows and settings follow the real images.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

from ..model.clock import utc
from ..model.image import Image
from ..model.layer import Layer
from ..model.tree import Content, Directory, Symlink, node
from . import programs
from .dockerfile import (
    BUILDKIT,
    GROUP,
    MAINTAINER,
    NGINX_HELPERS,
    NGINX_START,
    PASSWD,
    PATH,
    PYTHON_LINKS,
    SCRATCH,
    Build,
    Files,
    busybox,
    debian_files,
    nginx_files,
    os_release,
)

# Contents


def _scaled(files: Mapping[str, Content], size: int, rest: str) -> Files:
    """`files`, and a file at the path `rest` that brings their sizes to `size` bytes in all."""
    missing = size - sum(node(content).size for content in files.values())
    return {**files, rest: _filler(rest, missing)}


def _filler(path: str, size: int) -> bytes:
    """`size` bytes that say what they stand for."""
    line = f"Scale model of /{path}: one byte for every thousand of the real thing.\n".encode()
    return (line * (size // len(line) + 1))[:size]


def _debian_files(name: str, id: str, version: str, codename: str) -> Files:
    """What Debian and Ubuntu have alike, and a library."""
    library = "usr/lib/x86_64-linux-gnu/libc.so.6"
    return {**debian_files(os_release(name, id, version, codename)), library: _filler(library, 1922)}


FEBRUARY = 1738540800  # 2025-02-03
NOVEMBER = 1731283200  # 2024-11-11
DEBIAN_VERSIONS = {FEBRUARY: "12.9", NOVEMBER: "12.8"}


@cache
def _debian(stamp: int, kilobytes: float) -> Image:
    """Debian 12 as its maintainers build it, for an instant given in seconds since 1970. One layer, one row."""
    files: Files = {
        **_debian_files("Debian GNU/Linux", "debian", "12 (bookworm)", "bookworm"),
        "etc/debian_version": f"{DEBIAN_VERSIONS[stamp]}\n",
    }
    layer = Layer.of(_scaled(files, int(kilobytes * 1000), "usr/lib/x86_64-linux-gnu/libcrypto.so.3"))
    by = f"# debian.sh --arch 'amd64' out/ 'bookworm' '@{stamp}'"
    created = datetime.fromtimestamp(stamp, UTC)
    return SCRATCH.with_layer(layer, by=by, created=created, comment="debuerreotype 0.15")


def _slim(stamp: int = FEBRUARY) -> Image:
    return _debian(stamp, 74.8)


@cache
def _debian_slim() -> Image:
    return _slim().with_config(
        cmd=["bash"], created=datetime.fromtimestamp(FEBRUARY, UTC), comment="debuerreotype 0.15"
    )


# nginx


def _with_nginx_scripts(build: Build) -> Build:
    build.copy("docker-entrypoint.sh /", {"docker-entrypoint.sh": programs.NGINX_ENTRYPOINT.file})
    for name, size in NGINX_HELPERS:
        script = programs.script("#!/bin/sh\n# Nothing to prepare in the scale model.\n", size)
        build.copy(f"{name} /docker-entrypoint.d", {f"docker-entrypoint.d/{name}": script})
    return build.set(**NGINX_START)


@cache
def _nginx(version: str, base: int, start: str, kilobytes: float, njs: str) -> Image:
    build = Build(_slim(base), start)
    build.set(labels=MAINTAINER, env={"NGINX_VERSION": version, "NJS_VERSION": njs, "NJS_RELEASE": "1~bookworm"})
    build.set(env={"PKG_RELEASE": "1~bookworm", "DYNPKG_RELEASE": "1~bookworm"})
    installed = {
        **nginx_files(version),
        "etc/passwd": PASSWD + "nginx:x:101:101:nginx user:/nonexistent:/bin/false\n",
        "etc/group": GROUP + "nginx:x:101:\n",
    }
    build.run(
        "set -x     && groupadd --system --gid 101 nginx     && useradd --system --gid nginx --no-create-home "
        '--home /nonexistent --comment "nginx user" --shell /bin/false --uid 101 nginx     && apt-get update     '
        "&& apt-get install --no-install-recommends --no-install-suggests -y $nginxPackages gettext-base curl",
        _scaled(installed, int(kilobytes * 1000), "usr/lib/nginx/modules/modules.so"),
    )
    return _with_nginx_scripts(build).image


def _nginx_1_27_4() -> Image:
    return _nginx("1.27.4", FEBRUARY, "2025-02-05T21:27:16", 105.43, "0.8.9")


def _nginx_1_27_3() -> Image:
    return _nginx("1.27.3", NOVEMBER, "2024-11-26T18:42:08", 105.23, "0.8.7")


def _nginx_stable() -> Image:
    return _nginx("1.26.3", FEBRUARY, "2025-02-05T20:31:49", 105.03, "0.8.9")


@cache
def _nginx_alpine_slim() -> Image:
    build = Build(_alpine(), "2025-02-14T23:04:10")
    build.set(labels=MAINTAINER, env={"NGINX_VERSION": "1.27.4", "PKG_RELEASE": "1", "DYNPKG_RELEASE": "1"})
    build.run(
        "set -x     && addgroup -g 101 -S nginx     && adduser -S -D -H -u 101 -h /var/cache/nginx -s /sbin/nologin "
        '-G nginx -g nginx nginx     && apk add -X "$nginxRepository" --no-cache '
        "$nginxPackages",
        _scaled(nginx_files("1.27.4"), 4300, "usr/lib/nginx/nginx.so"),
    )
    return _with_nginx_scripts(build).image


@cache
def _nginx_alpine() -> Image:
    build = Build(_nginx_alpine_slim(), "2025-02-14T23:05:31")
    build.set(env={"NJS_VERSION": "0.8.9", "NJS_RELEASE": "1"})
    build.run(
        'set -x     && apk add -X "$nginxRepository" --no-cache $nginxPackages '
        "&& apk add --no-cache curl ca-certificates",
        _scaled(
            {"usr/bin/curl": programs.script('#!/bin/sh\nexec wget -qO- "$2"\n')}, 24100, "usr/lib/nginx/modules/njs.so"
        ),
    )
    return build.image


# Alpine and Ubuntu


@cache
def _alpine() -> Image:
    files: Files = {
        **{
            each: Directory()
            for each in "dev home lib media mnt opt proc root run sbin srv sys usr/bin var/log".split()
        },
        "tmp": Directory(mode=0o1777),
        "etc/os-release": os_release("Alpine Linux", "alpine", "3.21.3", "none"),
        "etc/alpine-release": "3.21.3\n",
        "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n",
        "etc/group": "root:x:0:root\nnobody:x:65534:\n",
        "bin/busybox": programs.BUSYBOX,
        **busybox("bin", "/bin/busybox"),
        "lib/ld-musl-x86_64.so.1": _filler("lib/ld-musl-x86_64.so.1", 662),
        "sbin/apk": programs.APK.file,
    }
    layer = Layer.of(_scaled(files, 7830, "lib/libcrypto.so.3"))
    image = SCRATCH.with_layer(
        layer,
        by="ADD alpine-minirootfs-3.21.3-x86_64.tar.gz / # buildkit",
        created=utc("2025-02-14T03:28:36"),
        comment=BUILDKIT,
    )
    return image.with_config(cmd=["/bin/sh"], comment=BUILDKIT)


@cache
def _ubuntu(version: str, codename: str, start: str, kilobytes: float, added: str) -> Image:
    files = _debian_files("Ubuntu", "ubuntu", f"{version} LTS", codename)
    layer = Layer.of(_scaled(files, int(kilobytes * 1000), "usr/lib/x86_64-linux-gnu/libcrypto.so.3"))
    created, shell = utc(start), "/bin/sh -c #(nop) "
    image = SCRATCH
    for row in (
        "ARG RELEASE",
        "ARG LAUNCHPAD_BUILD_ARCH",
        "LABEL org.opencontainers.image.ref.name=ubuntu",
        f"LABEL org.opencontainers.image.version={version}",
    ):
        image = image.with_instruction(f"{shell} {row}", created=created)
    labels = {"org.opencontainers.image.ref.name": "ubuntu", "org.opencontainers.image.version": version}
    image = image.with_layer(layer, by=f"{shell}ADD file:{added} in / ", created=created)
    return image.with_instruction(f'{shell} CMD ["/bin/bash"]', created=created, labels=labels, cmd=("/bin/bash",))


def _jammy() -> Image:
    added = "1b6c8c9518be42fa2afe5e241ca31677fce58d27cdfa88baa91a65a259be3637"
    return _ubuntu("22.04", "jammy", "2025-01-26T05:31:10", 77.9, added)


def _noble() -> Image:
    added = "6df775300d76441aa33f31b22c1afce8dfe35c8ffbc14ef27c27009235b12a95"
    return _ubuntu("24.04", "noble", "2025-01-27T04:14:00", 78.1, added)


# Python and Node.js, which share Debian's build tools


@cache
def _buildpack() -> Image:
    build = Build(_debian(FEBRUARY, 117.0), "2025-02-03T22:10:05")
    rows = (
        ("ca-certificates 		curl 		gnupg 		netbase 		sq 		wget", 48.5, "usr/bin/curl"),
        (
            "git 		mercurial 		openssh-client 		subversion 				procps",
            177.0,
            "usr/bin/git",
        ),
        (
            "autoconf 		automake 		bzip2 		default-libmysqlclient-dev 		dpkg-dev 		file 		g++ 		gcc",
            588.0,
            "usr/bin/gcc",
        ),
    )
    for packages, kilobytes, path in rows:
        command = f"set -eux; 	apt-get update; 	apt-get install -y --no-install-recommends 		{packages} 	; 	rm -rf /var/lib/apt/lists/*"
        build.run(command, _scaled({"var/log/dpkg.log": f"install {path}\n"}, int(kilobytes * 1000), path))
    return build.image


def _with_python(build: Build, apt: tuple[str, float], kilobytes: float) -> Image:
    build.set(env={"PATH": f"/usr/local/bin:{PATH}"})
    packages, size = apt
    build.run(
        f"set -eux; 	apt-get update; 	apt-get install -y --no-install-recommends 		{packages} 	; 	rm -rf /var/lib/apt/lists/*",
        _scaled({"var/log/dpkg.log": "install\n"}, int(size * 1000), "usr/share/zoneinfo/tzdata"),
    )
    build.set(env={"GPG_KEY": "7169605F62C751356D054A26A821E680E5FA6305", "PYTHON_VERSION": "3.12.9"})
    build.set(env={"PYTHON_SHA256": "7220835d9f90b37c006e9842a8dff4580aaca4318674f947302b8d28f3f81112"})
    build.run(
        'set -eux; 		savedAptMark="$(apt-mark showmanual)"; 	apt-get update; 	apt-get install -y --no-install-recommends '
        '		dpkg-dev 		gcc 	; 		wget -O python.tar.xz "$PYTHON_SOURCE"',
        _scaled(
            {
                "usr/local/bin/python3.12": programs.PYTHON["3.12.9"].file,
                **{f"usr/local/bin/{name}": Symlink("python3.12") for name in PYTHON_LINKS},
                "usr/local/lib/python3.12/os.py": _filler("usr/local/lib/python3.12/os.py", 40),
            },
            int(kilobytes * 1000),
            "usr/local/lib/libpython3.12.so.1.0",
        ),
    )
    build.run(
        'set -eux; 	for src in idle3 pip3 pydoc3 python3 python3-config; do 		dst="$(echo "$src" | tr -d 3)"; 		'
        '[ -s "/usr/local/bin/$src" ]; 		[ ! -e "/usr/local/bin/$dst" ]; 		ln -svT "$src" "/usr/local/bin/$dst"; 	done',
        {f"usr/local/bin/{name.replace('3', '')}": Symlink(name) for name in PYTHON_LINKS},
    )
    return build.set(cmd=["python3"]).image


@cache
def _python() -> Image:
    apt = ("libbluetooth-dev 		tk-dev 		uuid-dev", 18.2)
    return _with_python(Build(_buildpack(), "2025-02-04T21:33:12"), apt, 71.0)


@cache
def _python_slim() -> Image:
    apt = ("ca-certificates 		netbase 		tzdata", 9.24)
    return _with_python(Build(_slim(), "2025-02-04T21:35:40"), apt, 40.6)


def _with_node(build: Build, command: str, kilobytes: float, yarn: float) -> Image:
    build.set(env={"NODE_VERSION": "22.14.0"})
    installed: Files = {
        "usr/local/bin/node": programs.NODE["22.14.0"].file,
        "usr/local/bin/nodejs": Symlink("node"),
        "usr/local/lib/node_modules/npm/package.json": '{"name": "npm", "version": "10.9.2"}\n',
    }
    build.run(command, _scaled(installed, int(kilobytes * 1000), "usr/local/include/node/node.h"))
    build.set(env={"YARN_VERSION": "1.22.22"})
    build.run(
        "set -ex   && for key in     6A010C5166006599AA17F08146C2130DFD2497F5   ; do     gpg --batch --keyserver "
        '"$KEYSERVER" --recv-keys "$key"   ; done   && yarn --version   && rm -rf /tmp/*',
        _scaled(
            {"usr/local/bin/yarn": Symlink("/opt/yarn-v1.22.22/bin/yarn")},
            int(yarn * 1000),
            "opt/yarn-v1.22.22/bin/yarn",
        ),
    )
    build.copy(
        "docker-entrypoint.sh /usr/local/bin/", {"usr/local/bin/docker-entrypoint.sh": programs.NODE_ENTRYPOINT.file}
    )
    return build.set(entrypoint=["docker-entrypoint.sh"], cmd=["node"]).image


@cache
def _node() -> Image:
    build = Build(_buildpack(), "2025-02-11T12:40:28")
    account = "node:x:1000:1000::/home/node:/bin/bash\n"
    build.run(
        "groupadd --gid 1000 node   && useradd --uid 1000 --gid node --shell /bin/bash --create-home node",
        {
            "etc/passwd": PASSWD + account,
            "etc/group": GROUP + "node:x:1000:\n",
            "home/node/.bashrc": _filler("home/node/.bashrc", 3526),
        },
    )
    return _with_node(
        build,
        'ARCH= OPENSSL_ARCH= && dpkgArch="$(dpkg --print-architecture)"   && curl -fsSLO node.tar.xz',
        178.0,
        5.35,
    )


@cache
def _node_alpine() -> Image:
    command = "addgroup -g 1000 node     && adduser -u 1000 -G node -s /bin/sh -D node     && apk add --no-cache         libstdc++"
    return _with_node(Build(_alpine(), "2025-02-14T23:31:02"), command, 144.6, 5.35)


# PostgreSQL


def _with_postgres_tools(build: Build) -> Build:
    build.run(
        "set -eux; 	groupadd -r postgres --gid=999; 	useradd -r -g postgres --uid=999 --home-dir=/var/lib/postgresql "
        "--shell=/bin/bash postgres; 	install --verbose --directory --owner postgres --group postgres --mode 1777 /var/lib/postgresql",
        {
            "etc/passwd": PASSWD + "postgres:x:999:999::/var/lib/postgresql:/bin/bash\n",
            "etc/group": GROUP + "postgres:x:999:\n",
            "var/lib/postgresql": Directory(mode=0o1777),
        },
    )
    build.run(
        "set -ex; 	apt-get update; 	apt-get install -y --no-install-recommends 		gnupg 		less 	; 	rm -rf /var/lib/apt/lists/*",
        _scaled({}, 9660, "usr/bin/gpg"),
    )
    build.set(env={"GOSU_VERSION": "1.17"})
    build.run(
        'set -eux; 	savedAptMark="$(apt-mark showmanual)"; 	apt-get update; 	gosu --version',
        _scaled({}, 2560, "usr/local/bin/gosu"),
    )
    build.run(
        "set -eux; 	if [ -f /etc/dpkg/dpkg.cfg.d/docker ]; then 		grep -q '/usr/share/locale' /etc/dpkg/dpkg.cfg.d/docker; 	fi; 	locale-gen",
        _scaled({}, 25400, "usr/lib/locale/locale-archive"),
    )
    build.set(env={"LANG": "en_US.utf8"})
    build.run(
        "set -eux; 	apt-get update; 	apt-get install -y --no-install-recommends 		libnss-wrapper 		xz-utils 		zstd 	; 	rm -rf /var/lib/apt/lists/*",
        _scaled({}, 4170, "usr/bin/zstd"),
    )
    return build.run("mkdir /docker-entrypoint-initdb.d", {"docker-entrypoint-initdb.d": Directory()})


@cache
def _postgres() -> Image:
    build = _with_postgres_tools(Build(_slim(), "2025-02-14T19:21:53"))
    build.set(env={"PG_MAJOR": "16", "PATH": f"{PATH}:/usr/lib/postgresql/16/bin", "PG_VERSION": "16.7-1.pgdg120+1"})
    build.run(
        'set -ex; 		export PYTHONDONTWRITEBYTECODE=1; 		dpkgArch="$(dpkg --print-architecture)"; 	apt-get install -y postgresql-$PG_MAJOR',
        _scaled(
            {"usr/lib/postgresql/16/bin/postgres": programs.POSTGRES["16.7"].file},
            270000,
            "usr/lib/postgresql/16/lib/plpgsql.so",
        ),
    )
    build.run(
        'set -eux; 	dpkg-divert --add --rename --divert "/usr/share/postgresql/postgresql.conf.sample.dpkg"',
        {"usr/share/postgresql/postgresql.conf.sample": _filler("usr/share/postgresql/postgresql.conf.sample", 30000)},
    )
    build.run(
        "install --verbose --directory --owner postgres --group postgres --mode 3777 /var/run/postgresql",
        {"run/postgresql": Directory(mode=0o3777)},
    )
    build.set(env={"PGDATA": "/var/lib/postgresql/data"})
    build.run(
        'install --verbose --directory --owner postgres --group postgres --mode 1777 "$PGDATA"',
        {"var/lib/postgresql/data": Directory(mode=0o1777)},
    )
    build.set(volumes=["/var/lib/postgresql/data"])
    build.copy(
        "docker-entrypoint.sh docker-ensure-initdb.sh /usr/local/bin/",
        {
            "usr/local/bin/docker-entrypoint.sh": programs.POSTGRES_ENTRYPOINT.file,
            "usr/local/bin/docker-ensure-initdb.sh": programs.script(
                '#!/bin/sh\nexec docker-entrypoint.sh "$@"\n', 1170
            ),
        },
    )
    build.run(
        "ln -sT docker-ensure-initdb.sh /usr/local/bin/docker-enforce-initdb.sh",
        {"usr/local/bin/docker-enforce-initdb.sh": Symlink("docker-ensure-initdb.sh")},
    )
    build.set(entrypoint=["docker-entrypoint.sh"], stop_signal="SIGINT", exposed_ports=["5432/tcp"], cmd=["postgres"])
    return build.image


# What the registry offers: repository, day of release, tags, image. Later lines move tags of earlier ones.
RELEASES = (
    ("nginx", "2024-11-26", "1.27.3 1.27 1 latest", _nginx_1_27_3),
    ("ubuntu", "2025-01-26", "22.04", _jammy),
    ("ubuntu", "2025-01-27", "24.04 latest", _noble),
    ("debian", "2025-02-03", "bookworm-slim", _debian_slim),
    ("python", "2025-02-04", "3.12", _python),
    ("python", "2025-02-04", "3.12-slim", _python_slim),
    ("nginx", "2025-02-05", "stable", _nginx_stable),
    ("nginx", "2025-02-05", "1.27.4 1.27 1 latest", _nginx_1_27_4),
    ("node", "2025-02-11", "22", _node),
    ("alpine", "2025-02-14", "latest", _alpine),
    ("nginx", "2025-02-14", "1.27.4-alpine-slim", _nginx_alpine_slim),
    ("nginx", "2025-02-14", "1.27.4-alpine", _nginx_alpine),
    ("node", "2025-02-14", "22-alpine", _node_alpine),
    ("postgres", "2025-02-14", "16", _postgres),
)
