"""Docker Hub as it was on 21 August 2026, at its true weight.

What an image weighs on the way and on the disk is what was published, layer by layer: the compressed size to the byte,
the unpacked one as exactly as it was told, which is to four digits for a whole image. So are tags, steps, settings, dates,
and what is shared. Where only a neighbouring build of the same version was published, its sizes stand for those of the
build meant here; a comment says *inferred*. Contents are fillers and small scripts, so digests are not the real ones.

On Docker Hub each name has an index of two to nine platforms. Here it has two: linux/amd64, and a linux/arm64 that is as
light as it can be, since nobody pulls it but to see that it is there. Attestations are a line long.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial

from ..model.clock import utc
from ..model.digest import canonical_json
from ..model.filler import Filler
from ..model.image import Image
from ..model.index import PREDICATE, Attestation, Index, Platform
from ..model.layer import BLOCK, Layer
from ..model.tree import Directory, File, Node, Symlink
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
from .weights import weighed

AROUND = 100  # bytes of a blob around its archive, at most


class _Build(Build):
    """A build whose layers weigh what the real ones do."""

    def made(self, files: Files, packed: int, size: int = 0, rest: str = "") -> Layer:
        """A layer that is compressed to `packed` bytes, and has `size` bytes unpacked: what is missing lies at `rest`."""
        return _made(files, int(self.moment.timestamp()), packed, size, rest)

    def workdir(self, path: str) -> None:
        """WORKDIR, which makes the one layer that all the world shares: the real one, byte for byte."""
        self.layer(f"WORKDIR {path}", EMPTY)
        self.image = self.image.replace(config=self.image.config.replace(working_dir=path))


EMPTY = Layer.of(packed=32)


def _made(files: Files, time: int, packed: int, size: int, rest: str) -> Layer:
    if rest:
        nodes = [found for _, found in Directory.of({**files, rest: ""}).walk()]
        sizes = [found.size for found in nodes if not isinstance(found, Directory)]
        archived = BLOCK * (len(nodes) + 2) + sum(-(-size // BLOCK) * BLOCK for size in sizes)
        files = {**files, rest: Filler.packed(size - sum(sizes), max(packed - archived - AROUND, 0), f"{rest} {time}")}
    return weighed(Layer.of(files, packed=packed, time=time))


def _digest(beginning: str, end: str = "") -> str:
    """A digest of which only the beginning or the end was published; zeros stand for what was not."""
    return beginning.ljust(64 - len(end), "0") + end


# Debian, and its build tools

THEN = 1785715200  # 3 August, the build that every Debian image of 21 August stands on
JULY = 1783900800  # 13 July
LIBRARIES = "usr/lib/x86_64-linux-gnu/libcrypto.so.3"
DEBIAN = {
    # Release, packed and unpacked size. Of the full ones and of bookworm-slim, the unpacked size is inferred.
    ("trixie-slim", THEN): ("13", "13.6", 29_780_765, 78_640_000),
    ("trixie-slim", JULY): ("13", "13.6", 29_780_905, 78_640_000),
    ("trixie", THEN): ("13", "13.6", 49_312_314, 120_000_000),
    ("bookworm-slim", THEN): ("12", "12.15", 28_232_590, 74_800_000),
    ("bookworm", THEN): ("12", "12.15", 48_497_091, 117_000_000),
}


@cache
def _rootfs(suite: str, stamp: int = THEN) -> Image:
    """Debian's file system as a builder starts from it: one layer, one row."""
    number, version, packed, size = DEBIAN[suite, stamp]
    codename = suite.removesuffix("-slim")
    files: Files = {
        **debian_files(os_release("Debian GNU/Linux", "debian", f"{number} ({codename})", codename)),
        "etc/debian_version": f"{version}\n",
    }
    by = f"# debian.sh --arch 'amd64' out/ '{codename}' '@{stamp}'"
    created = datetime.fromtimestamp(stamp, UTC)
    # The version of the tool in the comment is inferred.
    return SCRATCH.with_layer(
        _made(files, stamp, packed, size, LIBRARIES), by=by, created=created, comment="debuerreotype 0.16"
    )


def _debian(suite: str) -> Callable[[], Image]:
    def build() -> Image:
        image = _rootfs(suite)
        return image.replace(config=image.config.replace(cmd=("bash",)))  # debian has no row for it

    return build


TOOLS = {
    # Packed and unpacked sizes of the three steps; the unpacked ones are inferred from images that stand on them.
    "trixie": ((25_638_637, 52_000_000), (67_797_999, 184_000_000), (236_319_920, 664_000_000)),
    "bookworm": ((24_044_139, 48_500_000), (64_408_267, 177_000_000), (211_659_733, 604_000_000)),
}
CLEAN = {"trixie": "apt-get dist-clean", "bookworm": "rm -rf /var/lib/apt/lists/*"}
PACKAGES = (
    ("ca-certificates 		curl 		gnupg 		netbase 		sq 		wget", "usr/bin/curl"),
    ("git 		mercurial 		openssh-client 		subversion 				procps", "usr/bin/git"),
    (
        "autoconf 		automake 		bzip2 		default-libmysqlclient-dev 		dpkg-dev 		file 		g++ 		gcc 		imagemagick",
        "usr/bin/gcc",
    ),
)


def _apt(packages: str, suite: str = "trixie") -> str:
    return f"set -eux; 	apt-get update; 	apt-get install -y --no-install-recommends 		{packages} 	; 	{CLEAN[suite]}"


@cache
def _buildpack(suite: str) -> Image:
    """What python, node and others compile with: Debian and three steps."""
    build = _Build(_rootfs(suite), "2026-08-05T02:17:00")
    for (packages, path), (packed, size) in zip(PACKAGES, TOOLS[suite], strict=True):
        log: Files = {"var/log/dpkg.log": f"install {path}\n"}
        build.run(_apt(packages, suite), build.made(log, packed, size, path))
    return build.image


# nginx

NGINX_PACKAGES = "nginx-module-xslt nginx-module-geoip nginx-module-image-filter nginx-module-njs nginx-module-acme"
NGINX_COPIES = (626, 956, 405, 1_211, 1_398)  # bytes of the five scripts, each in its layer
NGINX_ALPINE_COPIES = (628, 955, 404, 1_210, 1_397)


def _with_nginx_scripts(build: _Build, copies: tuple[int, ...]) -> Image:
    scripts = [("docker-entrypoint.sh", "", programs.NGINX_ENTRYPOINT.file)]
    for name, size in NGINX_HELPERS:
        helper = programs.script("#!/bin/sh\n# Nothing to prepare in the scale model.\n", size)
        scripts.append((name, "docker-entrypoint.d", helper))
    for (name, directory, script), packed in zip(scripts, copies, strict=True):
        build.copy(f"{name} /{directory}", build.made({f"{directory}/{name}": script}, packed))
    return build.set(**NGINX_START).image


def _nginx(version: str, start: str, packed: int, size: int, *, base: int = THEN) -> Callable[[], Image]:
    @cache
    def build() -> Image:
        build = _Build(_rootfs("trixie-slim", base), start)
        build.set(labels=MAINTAINER, env={"NGINX_VERSION": version, "NJS_VERSION": "1.0.0", "NJS_RELEASE": "1~trixie"})
        build.set(env={"ACME_VERSION": "0.4.1", "PKG_RELEASE": "1~trixie", "DYNPKG_RELEASE": "1~trixie"})
        _install_nginx(build, version, packed, size)
        return _with_nginx_scripts(build, NGINX_COPIES)

    return build


def _install_nginx(build: _Build, version: str, packed: int, size: int) -> None:
    installed: Files = {
        **nginx_files(version),
        "etc/passwd": PASSWD + "nginx:x:101:101:nginx user:/nonexistent:/bin/false\n",
        "etc/group": GROUP + "nginx:x:101:\n",
    }
    build.run(
        "set -x     && groupadd --system --gid 101 nginx     && useradd --system --gid nginx --no-create-home "
        '--home /nonexistent --comment "nginx user" --shell /bin/false --uid 101 nginx     && apt-get update     '
        "&& apt-get install --no-install-recommends --no-install-suggests -y $nginxPackages gettext-base curl",
        build.made(installed, packed, size, "usr/lib/nginx/modules/modules.so"),
    )


@cache
def _nginx_1_27_4() -> Image:
    """The frozen one. All of its weight is inferred: a thousand times that of the scale model, and 72 MB compressed."""
    created = datetime(2025, 2, 3, tzinfo=UTC)
    files: Files = {
        **debian_files(os_release("Debian GNU/Linux", "debian", "12 (bookworm)", "bookworm")),
        "etc/debian_version": "12.9\n",
    }
    stamp = int(created.timestamp())
    layer = _made(files, stamp, 28_200_000, 74_800_000, LIBRARIES)
    by = f"# debian.sh --arch 'amd64' out/ 'bookworm' '@{stamp}'"
    build = _Build(
        SCRATCH.with_layer(layer, by=by, created=created, comment="debuerreotype 0.15"), "2025-02-05T21:27:16"
    )
    build.set(labels=MAINTAINER, env={"NGINX_VERSION": "1.27.4", "NJS_VERSION": "0.8.9", "NJS_RELEASE": "1~bookworm"})
    build.set(env={"PKG_RELEASE": "1~bookworm", "DYNPKG_RELEASE": "1~bookworm"})
    _install_nginx(build, "1.27.4", 43_800_000, 117_188_000)
    return _with_nginx_scripts(build, NGINX_COPIES)


@cache
def _nginx_alpine_slim() -> Image:
    build = _Build(_alpine("3.24.1")(), "2026-08-19T19:08:08")
    build.set(labels=MAINTAINER, env={"NGINX_VERSION": "1.31.4", "PKG_RELEASE": "1", "DYNPKG_RELEASE": "1"})
    build.run(
        "set -x     && addgroup -g 101 -S nginx     && adduser -S -D -H -u 101 -h /var/cache/nginx -s /sbin/nologin "
        '-G nginx -g nginx nginx     && apk add -X "$nginxRepository" --no-cache $nginxPackages',
        build.made(nginx_files("1.31.4"), 1_902_283, 4_250_000, "usr/lib/nginx/nginx.so"),
    )
    return _with_nginx_scripts(build, NGINX_ALPINE_COPIES)


@cache
def _nginx_alpine() -> Image:
    build = _Build(_nginx_alpine_slim(), "2026-08-19T20:10:57")
    build.set(env={"NJS_VERSION": "1.0.0", "NJS_RELEASE": "1", "ACME_VERSION": "0.4.1"})
    build.run(
        'set -x     && apkArch="$(cat /etc/apk/arch)"     && nginxPackages="         nginx=${NGINX_VERSION}-r${PKG_RELEASE}'
        '         nginx-module-xslt=${NGINX_VERSION}-r${DYNPKG_RELEASE}     "     && apk add -X "$nginxRepository" '
        "--no-cache $nginxPackages     && apk add --no-cache curl ca-certificates",
        build.made(
            {"usr/bin/curl": programs.script('#!/bin/sh\nexec wget -qO- "$2"\n')},
            20_500_627,
            50_060_000,
            "usr/lib/nginx/modules/njs.so",
        ),
    )
    return build.image


# Alpine, Ubuntu, BusyBox, hello-world

ALPINE = {  # when, packed and unpacked size; the unpacked ones are inferred
    "3.24.1": ("2026-06-16T00:01:29", 3_846_391, 8_450_000),
    "3.23.5": ("2026-06-22T19:20:09", 3_844_421, 8_440_000),
}


def _alpine(version: str) -> Callable[[], Image]:
    @cache
    def build() -> Image:
        start, packed, size = ALPINE[version]
        places = "dev home lib media mnt opt proc root run sbin srv sys usr/bin var/log".split()
        files: Files = {
            **{each: Directory() for each in places},
            "tmp": Directory(mode=0o1777),
            "etc/os-release": os_release("Alpine Linux", "alpine", version, "none"),
            "etc/alpine-release": f"{version}\n",
            "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n",
            "etc/group": "root:x:0:root\nnobody:x:65534:\n",
            "bin/busybox": programs.BUSYBOX,
            **busybox("bin", "/bin/busybox"),
            "sbin/apk": programs.APK.file,
        }
        build = _Build(SCRATCH, start)
        build.layer(
            f"ADD alpine-minirootfs-{version}-x86_64.tar.gz / # buildkit",
            build.made(files, packed, size, "lib/libcrypto.so.3"),
        )
        return build.set(cmd=["/bin/sh"]).image

    return build


def _ubuntu(version: str, codename: str, start: str, packed: int, size: int, added: str) -> Callable[[], Image]:
    @cache
    def build() -> Image:
        files = debian_files(os_release("Ubuntu", "ubuntu", f"{version} LTS", codename))
        created, shell = utc(start), "/bin/sh -c #(nop) "
        image = SCRATCH
        for row in ("ARG RELEASE", "ARG LAUNCHPAD_BUILD_ARCH", f"LABEL org.opencontainers.image.version={version}"):
            image = image.with_instruction(f"{shell} {row}", created=created)
        layer = _made(files, int(created.timestamp()), packed, size, LIBRARIES)
        image = image.with_layer(layer, by=f"{shell}ADD file:{_digest(added)} in / ", created=created)
        labels = {"org.opencontainers.image.version": version}
        return image.with_instruction(f'{shell} CMD ["/bin/bash"]', created=created, labels=labels, cmd=("/bin/bash",))

    return build


@cache
def _ubuntu_26_04() -> Image:
    """Ubuntu as rockcraft builds it. What its rows say after their first words is inferred."""
    created = utc("2026-08-17T09:02:45")
    time = int(created.timestamp())
    files = debian_files(os_release("Ubuntu", "ubuntu", "26.04 LTS", "resolute"))
    labels = {
        "org.opencontainers.image.created": "2026-08-17T09:02:45Z",
        "org.opencontainers.image.description": "Ubuntu 26.04 LTS",
        "org.opencontainers.image.title": "ubuntu",
        "org.opencontainers.image.version": "26.04",
    }
    root = _made(files, time, 41_569_203, 100_149_000, LIBRARIES)
    notes = _made({"var/lib/rock/manifest": "ubuntu 26.04\n"}, time, 393, 0, "")
    image = SCRATCH.with_layer(root, by="umoci raw add-layer", created=created)
    image = image.with_layer(notes, by="umoci raw add-layer")
    image = image.with_instruction("umoci config --config.cmd /bin/bash", cmd=("/bin/bash",))
    for each in labels:
        so_far = {name: labels[name] for name in labels if name <= each}
        image = image.with_instruction(f"umoci config --config.label {each}={labels[each]}", labels=so_far)
    return image


@cache
def _busybox() -> Image:
    build = _Build(SCRATCH, "2026-05-13T02:21:49")
    files: Files = {
        "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n",
        "etc/group": "root:x:0:\nnobody:x:65534:\n",
        **{each: Directory() for each in "dev home root usr/bin var/www".split()},
        "tmp": Directory(mode=0o1777),
        "bin/busybox": programs.BUSYBOX,
        **busybox("bin", "busybox"),
    }
    # Unpacked, inferred: a little more than twice.
    build.layer("BusyBox 1.38.0 (glibc), Debian 13", build.made(files, 2_226_327, 4_420_000, "lib/libc.so.6"))
    return build.image.replace(config=build.image.config.replace(cmd=("sh",)))


@cache
def _hello() -> Image:
    build = _Build(SCRATCH, "2026-03-23T21:33:59")
    build.copy("hello /", build.made({"hello": programs.HELLO.file}, 2_415))
    return build.set(cmd=["/hello"]).image


# Python and Node.js

PYTHONS = {"3.12": ("3.12.14", "5c8462af", "e548a"), "3.14": ("3.14.7", "3b48dac8", "")}


def _python(
    series: str, base: str, start: str, apt: tuple[int, int], own: tuple[int, int], links: int
) -> Callable[[], Image]:
    """Python on Debian: the packed and unpacked sizes of the step that installs packages and of Python itself."""

    @cache
    def build() -> Image:
        slim, (version, *digest) = base.endswith("slim"), PYTHONS[series]
        build = _Build(_rootfs(base) if slim else _buildpack(base), start)
        build.set(env={"PATH": f"/usr/local/bin:{PATH}"})
        if series == "3.12":  # 3.14 sets neither this nor a key: it is no longer signed with one
            build.set(env={"LANG": "C.UTF-8"})
        packages = (
            "ca-certificates 		netbase 		tzdata"
            if slim
            else "libbluetooth-dev 		tk-dev 		uuid-dev"
        )
        build.run(_apt(packages), build.made({"var/log/dpkg.log": "install\n"}, *apt, "usr/share/zoneinfo/tzdata"))
        if series == "3.12":
            build.set(env={"GPG_KEY": "7169605F62C751356D054A26A821E680E5FA6305"})
        build.set(env={"PYTHON_VERSION": version, "PYTHON_SHA256": _digest(*digest)})
        saved = 'savedAptMark="$(apt-mark showmanual)"; 	apt-get update; 		' if slim else ""
        address = "https://www.python.org/ftp/python/${PYTHON_VERSION%%[a-z]*}/Python-$PYTHON_VERSION.tar.xz"
        files: Files = {
            f"usr/local/bin/python{series}": programs.PYTHON[version].file,
            **{f"usr/local/bin/{name}": Symlink(f"python{series}") for name in PYTHON_LINKS},
        }
        library = f"usr/local/lib/libpython{series}.so.1.0"
        build.run(f'set -eux; 		{saved}wget -O python.tar.xz "{address}"', build.made(files, *own, library))
        build.run(
            'set -eux; 	for src in idle3 pip3 pydoc3 python3 python3-config; do 		dst="$(echo "$src" | tr -d 3)"; 		'
            '[ -s "/usr/local/bin/$src" ]; 		[ ! -e "/usr/local/bin/$dst" ]; 		ln -svT "$src" "/usr/local/bin/$dst"; 	done',
            build.made({f"usr/local/bin/{name.replace('3', '')}": Symlink(name) for name in PYTHON_LINKS}, links),
        )
        return build.set(cmd=["python3"]).image

    return build


NODE_ACCOUNT = "node:x:1000:1000::/home/node:/bin/bash\n"
NODES = {"22": "22.23.2", "24": "24.19.0", "26": "26.7.0"}


def _node(
    major: str,
    base: Callable[[], Image],
    start: str,
    user: int,
    own: tuple[int, int],
    yarn: tuple[int, int] | None,
    copy: int,
) -> Callable[[], Image]:
    """Node.js: packed and unpacked sizes of its own step and of yarn's, packed sizes of the small ones (0: no such step)."""

    @cache
    def build() -> Image:
        build, version = _Build(base(), start), NODES[major]
        account: Files = {"etc/passwd": PASSWD + NODE_ACCOUNT, "etc/group": GROUP + "node:x:1000:\n"}
        if user:
            command = "groupadd --gid 1000 node   && useradd --uid 1000 --gid node --shell /bin/bash --create-home node"
            build.run(command, build.made({**account, "home/node": Directory()}, user))
        build.set(env={"NODE_VERSION": version})
        files: Files = {
            "usr/local/bin/node": programs.NODE[version].file,
            "usr/local/bin/nodejs": Symlink("node"),
            "usr/local/lib/node_modules/npm/package.json": '{"name": "npm"}\n',
        }
        command = 'ARCH= OPENSSL_ARCH= && dpkgArch="$(dpkg --print-architecture)"   && curl -fsSLO node.tar.xz'
        if not user:
            files |= account
            command = "addgroup -g 1000 node     && adduser -u 1000 -G node -s /bin/sh -D node     && apk add --no-cache         libstdc++"
        build.run(command, build.made(files, *own, "usr/local/include/node/node.h"))
        if yarn:
            build.set(env={"YARN_VERSION": "1.22.22"})
            build.run(
                "set -ex   && for key in     6A010C5166006599AA17F08146C2130DFD2497F5   ; do     gpg --batch --keyserver "
                '"$KEYSERVER" --recv-keys "$key"   ; done   && yarn --version   && rm -rf /tmp/*',
                build.made(
                    {"usr/local/bin/yarn": Symlink("/opt/yarn-v1.22.22/bin/yarn")}, *yarn, "opt/yarn-v1.22.22/bin/yarn"
                ),
            )
        entrypoint: Files = {"usr/local/bin/docker-entrypoint.sh": programs.NODE_ENTRYPOINT.file}
        build.copy("docker-entrypoint.sh /usr/local/bin/", build.made(entrypoint, copy))
        return build.set(entrypoint=["docker-entrypoint.sh"], cmd=["node"]).image

    return build


# PostgreSQL, MySQL and Redis

POSTGRES = {  # version, package, packed and unpacked size of the server's step
    "18": ("18.6", "18.6-1.pgdg13+2", 115_394_935, 327_400_000),
    "16": ("16.15", "16.15-1.pgdg13+2", 113_199_038, 322_260_000),
}


def _postgres(major: str, start: str) -> Callable[[], Image]:
    """PostgreSQL. Of 16, only the sum of a neighbouring build is known; its small steps have the sizes of those of 18."""

    @cache
    def build() -> Image:
        version, package, packed, size = POSTGRES[major]
        build = _with_postgres_tools(_Build(_rootfs("trixie-slim"), start))
        path = f"{PATH}:/usr/lib/postgresql/{major}/bin"
        build.set(env={"PG_MAJOR": major, "PATH": path, "PG_VERSION": package})
        server = f"usr/lib/postgresql/{major}"
        build.run(
            'set -ex; 		export PYTHONDONTWRITEBYTECODE=1; 		dpkgArch="$(dpkg --print-architecture)"; 	apt-get install -y postgresql-$PG_MAJOR',
            build.made(
                {f"{server}/bin/postgres": programs.POSTGRES[version].file}, packed, size, f"{server}/lib/plpgsql.so"
            ),
        )
        sample = "usr/share/postgresql/postgresql.conf.sample"
        build.run(
            f'set -eux; 	dpkg-divert --add --rename --divert "/{sample}.dpkg"',
            build.made({}, 19_421, 65_000, sample),
        )
        build.run(
            "install --verbose --directory --owner postgres --group postgres --mode 3777 /var/run/postgresql",
            build.made({"run/postgresql": Directory(mode=0o3777)}, 128),
        )
        data = "/var/lib/postgresql"
        build.set(env={"PGDATA": f"{data}/data" if major == "16" else f"{data}/{major}/docker"})
        if major == "16":
            build.run(
                'install --verbose --directory --owner postgres --group postgres --mode 1777 "$PGDATA"',
                build.made({"var/lib/postgresql/data": Directory(mode=0o1777)}, 160),
            )
        build.set(volumes=[f"{data}/data" if major == "16" else data])  # the change that 18 brought
        return _with_postgres_scripts(build)

    return build


def _with_postgres_tools(build: _Build) -> _Build:
    build.run(
        "set -eux; 	groupadd -r postgres --gid=999; 	useradd -r -g postgres --uid=999 --home-dir=/var/lib/postgresql "
        "--shell=/bin/bash postgres; 	install --verbose --directory --owner postgres --group postgres --mode 1777 /var/lib/postgresql",
        build.made(
            {
                "etc/passwd": PASSWD + "postgres:x:999:999::/var/lib/postgresql:/bin/bash\n",
                "etc/group": GROUP + "postgres:x:999:\n",
                "var/lib/postgresql": Directory(mode=0o1777),
            },
            1_170,
        ),
    )
    build.run(_apt("gnupg 		less").replace("-eux", "-ex"), build.made({}, 6_443_015, 17_500_000, "usr/bin/gpg"))
    build.set(env={"GOSU_VERSION": "1.19"})
    build.run(
        'set -eux; 	savedAptMark="$(apt-mark showmanual)"; 	wget -O /usr/local/bin/gosu "$GOSU"; 	gosu --version',
        build.made({}, 1_256_746, 2_600_000, "usr/local/bin/gosu"),
    )
    build.run(
        "set -eux; 	if [ -f /etc/dpkg/dpkg.cfg.d/docker ]; then 		grep -q '/usr/share/locale' /etc/dpkg/dpkg.cfg.d/docker; 	fi; 	locale-gen",
        build.made({}, 8_203_820, 25_900_000, "usr/lib/locale/locale-archive"),
    )
    build.set(env={"LANG": "en_US.utf8"})
    build.run(
        _apt("libnss-wrapper 		xz-utils 		zstd"), build.made({}, 1_311_696, 4_300_000, "usr/bin/zstd")
    )
    build.run("mkdir /docker-entrypoint-initdb.d", build.made({"docker-entrypoint-initdb.d": Directory()}, 116))
    build.run(
        "set -ex; 	key='B97B0AFCAA1A47F044F244A07FCC7D46ACCC4CF8'; 	gpg --batch --keyserver keyserver.ubuntu.com --recv-keys \"$key\"",
        build.made({"usr/local/share/keyrings/postgres.gpg.asc": "The key of the PostgreSQL packages.\n"}, 3_143),
    )
    return build


def _with_postgres_scripts(build: _Build) -> Image:
    ensure = programs.script('#!/bin/sh\nexec docker-entrypoint.sh "$@"\n', 1170)
    build.copy(
        "docker-entrypoint.sh docker-ensure-initdb.sh /usr/local/bin/",
        build.made(
            {
                "usr/local/bin/docker-entrypoint.sh": programs.POSTGRES_ENTRYPOINT.file,
                "usr/local/bin/docker-ensure-initdb.sh": ensure,
            },
            6_107,
        ),
    )
    build.run(
        "ln -sT docker-ensure-initdb.sh /usr/local/bin/docker-enforce-initdb.sh",
        build.made({"usr/local/bin/docker-enforce-initdb.sh": Symlink("docker-ensure-initdb.sh")}, 184),
    )
    build.set(entrypoint=["docker-entrypoint.sh"], stop_signal="SIGINT", exposed_ports=["5432/tcp"], cmd=["postgres"])
    return build.image


@cache
def _redis() -> Image:
    """Redis. The build read is a neighbouring one; the unpacked size of the server's step is inferred."""
    build = _Build(_rootfs("trixie-slim"), "2026-08-18T18:21:10")
    build.run(
        "set -eux; 	groupadd -r -g 999 redis; 	useradd -r -g redis -u 999 redis",
        build.made(
            {"etc/passwd": f"{PASSWD}redis:x:999:999::/home/redis:/bin/sh\n", "etc/group": f"{GROUP}redis:x:999:\n"},
            1_101,
        ),
    )
    build.run(_apt("tzdata"), build.made({"var/log/dpkg.log": "install tzdata\n"}, 824))
    build.set(env={"REDIS_VERSION": "8.10.1"})
    for row in ("ARG REDIS_DOWNLOAD_URL=https://github.com/redis/redis", "ARG REDIS_DOWNLOAD_SHA"):
        build.image = build.image.with_instruction(row, created=build.moment, comment=BUILDKIT)
    build.run(
        'set -eux; 	savedAptMark="$(apt-mark showmanual)"; 	apt-get update; 	make -C /usr/src/redis -j "$(nproc)" all',
        build.made(
            {"usr/local/bin/redis-server": programs.REDIS.file},
            25_639_861,
            66_000_000,
            "usr/local/lib/redis/modules/redisearch.so",
        ),
    )
    build.run("mkdir /data && chown redis:redis /data", build.made({"data": Directory()}, 97))
    build.workdir("/data")
    entrypoint: Files = {"usr/local/bin/docker-entrypoint.sh": programs.REDIS_ENTRYPOINT.file}
    build.copy("docker-entrypoint.sh /usr/local/bin/", build.made(entrypoint, 2_109))
    return build.set(entrypoint=["docker-entrypoint.sh"], exposed_ports=["6379/tcp"], cmd=["redis-server"]).image


MYSQL_START = "2026-07-28T19:30:12"  # inferred


@cache
def _oracle_linux() -> Image:
    """Oracle Linux 9, slim. Its unpacked size is inferred."""
    build = _Build(SCRATCH, MYSQL_START)
    places = {
        each: Directory() for each in "boot dev home media mnt opt proc root run srv sys usr/sbin var/lib".split()
    }
    files: Files = {
        "bin": Symlink("usr/bin"), "lib64": Symlink("usr/lib64"), "sbin": Symlink("usr/sbin"), **places,
        "tmp": Directory(mode=0o1777),
        "etc/os-release": os_release("Oracle Linux Server", "ol", "9.8", "none"),
        "etc/passwd": PASSWD, "etc/group": GROUP,
        "usr/bin/busybox": programs.BUSYBOX, **busybox("usr/bin", "busybox"), "usr/bin/bash": programs.BASH,
    }  # fmt: skip
    build.layer(
        "ADD oraclelinux-9-slim-amd64-rootfs.tar.xz / # buildkit",
        build.made(files, 47_931_319, 137_000_000, "usr/lib64/libcrypto.so.3"),
    )
    build.set(cmd=["/bin/bash"])
    return build.image


@cache
def _mysql() -> Image:
    """MySQL. Three layers and the sum of all are known, of a neighbouring build; the others are inferred."""
    build = _Build(_oracle_linux(), MYSQL_START)
    account: Files = {
        "etc/passwd": f"{PASSWD}mysql:x:999:999::/var/lib/mysql:/bin/bash\n",
        "etc/group": f"{GROUP}mysql:x:999:\n",
    }
    build.run(
        "set -eux; 	groupadd --system --gid 999 mysql; 	useradd --system --uid 999 --gid 999 mysql",
        build.made(account, 887),
    )
    build.set(env={"GOSU_VERSION": "1.19"})
    build.run(
        'set -eux; 	curl -fL -o /usr/local/bin/gosu "$GOSU"; 	gosu --version',
        build.made({}, 792_000, 2_600_000, "usr/local/bin/gosu"),
    )
    build.run(
        "set -eux; 	microdnf install -y 		bzip2 		gzip 		openssl 		xz 		zstd 		findutils 	; 	microdnf clean all",
        build.made({}, 6_186_434, 17_000_000, "usr/bin/openssl"),
    )
    build.run(
        "set -eux; 	key='BCA43417C3B485DD128EC6D4B7B3B788A8D3785C'; 	gpg --batch --recv-keys \"$key\"",
        build.made({"etc/pki/rpm-gpg/RPM-GPG-KEY-mysql": "The key of the MySQL packages.\n"}, 2_600),
    )
    build.set(env={"MYSQL_MAJOR": "8.4", "MYSQL_VERSION": "8.4.11-1.el9"})
    build.run(
        "set -eu; 	tee /etc/yum.repos.d/mysql-community-minimal.repo",
        build.made({"etc/yum.repos.d/mysql-community-minimal.repo": "[mysql8.4-server-minimal]\nenabled=1\n"}, 334),
    )
    build.run(
        'set -eux; 	microdnf install -y "mysql-community-server-minimal-$MYSQL_VERSION"; 	mkdir -p /var/lib/mysql /var/run/mysqld',
        build.made(
            {"usr/sbin/mysqld": programs.MYSQL.file, "var/lib/mysql": Directory(mode=0o1777)},
            51_637_258,
            238_000_000,
            "usr/lib64/mysql/plugin/component.so",
        ),
    )
    build.run(
        "set -eu; 	tee /etc/yum.repos.d/mysql-community-tools.repo",
        build.made({"etc/yum.repos.d/mysql-community-tools.repo": "[mysql-tools-community]\nenabled=1\n"}, 336),
    )
    build.set(env={"MYSQL_SHELL_VERSION": "8.4.10-1.el9"})
    build.run(
        'set -eux; 	microdnf install -y "mysql-shell-$MYSQL_SHELL_VERSION"',
        build.made({}, 132_432_030, 390_000_000, "usr/bin/mysqlsh"),
    )
    build.set(volumes=["/var/lib/mysql"])
    build.copy(
        "docker-entrypoint.sh /usr/local/bin/",
        build.made({"usr/local/bin/docker-entrypoint.sh": programs.MYSQL_ENTRYPOINT.file}, 3_730),
    )
    return build.set(entrypoint=["docker-entrypoint.sh"], exposed_ports=["3306/tcp", "33060/tcp"], cmd=["mysqld"]).image


# Apache and the registry


@cache
def _httpd() -> Image:
    """Apache. The build read is a neighbouring one."""
    build = _Build(_rootfs("trixie-slim"), "2026-08-05T01:26:40")
    home = "/usr/local/apache2"
    build.set(env={"HTTPD_PREFIX": home, "PATH": f"{home}/bin:{PATH}"})
    build.run(
        'mkdir -p "$HTTPD_PREFIX" 	&& chown www-data:www-data "$HTTPD_PREFIX"',
        build.made({"usr/local/apache2": Directory()}, 145),
    )
    build.workdir(home)
    build.run(
        "set -eux; 	apt-get install --update -y --no-install-recommends 		ca-certificates 		libaprutil1-ldap 		libldap-common 	; 	apt-get dist-clean",
        build.made(
            {"var/log/dpkg.log": "install\n"}, 2_008_639, 5_400_000, "usr/lib/x86_64-linux-gnu/libaprutil-1.so.0"
        ),
    )
    build.set(env={"HTTPD_VERSION": "2.4.68", "HTTPD_SHA256": _digest("68c74d4d"), "HTTPD_PATCHES": ""})
    page: Files = {
        "usr/local/apache2/bin/httpd": programs.HTTPD.file,
        "usr/local/apache2/htdocs/index.html": "<html><body><h1>It works!</h1></body></html>\n",
    }
    build.run(
        'set -eux; 		savedAptMark="$(apt-mark showmanual)"; 	./configure --prefix="$HTTPD_PREFIX" --enable-mods-shared=reallyall; 	make -j "$(nproc)"; 	make install',
        build.made(page, 13_453_247, 32_750_000, "usr/local/apache2/modules/modules.so"),
    )
    build.set(stop_signal="SIGWINCH")
    build.copy(
        "httpd-foreground /usr/local/bin/",
        build.made({"usr/local/bin/httpd-foreground": programs.HTTPD_FOREGROUND.file}, 292),
    )
    return build.set(exposed_ports=["80/tcp"], cmd=["httpd-foreground"]).image


@cache
def _registry() -> Image:
    """The registry that the course's own lessons push to. Unpacked sizes are inferred."""
    build = _Build(_alpine("3.23.5")(), "2026-06-22T19:52:54")
    build.run(
        "apk add --no-cache ca-certificates", build.made({}, 245_051, 560_000, "etc/ssl/certs/ca-certificates.crt")
    )
    build.copy(
        "/bin/registry /bin/registry",
        build.made({"bin/registry": programs.REGISTRY.file}, 16_031_187, 45_000_000, "usr/lib/registry"),
    )
    build.copy(
        "./config-example.yml /etc/distribution/config.yml",
        build.made({"etc/distribution/config.yml": "version: 0.1\nhttp:\n  addr: :5000\n"}, 397),
    )
    build.set(env={"OTEL_TRACES_EXPORTER": "none"}, volumes=["/var/lib/registry"], exposed_ports=["5000/tcp"])
    build.copy("entrypoint.sh /entrypoint.sh", build.made({"entrypoint.sh": programs.REGISTRY_ENTRYPOINT.file}, 213))
    return build.set(entrypoint=["/entrypoint.sh"], cmd=["/etc/distribution/config.yml"]).image


# Indexes

ARM = Platform.parse("linux/arm64")


@cache
def _light(layer: Layer) -> Layer:
    """What stands for a layer on arm64: its small files, and a line in place of each filler."""
    return Layer.of({path: _unfilled(found) for path, found in layer.changes.walk()}, time=layer.time)


def _unfilled(found: Node) -> Node:
    if isinstance(found, Directory):
        return Directory(mode=found.mode)
    return (
        File(f"The catalog has this file for linux/amd64 only, and {ARM} in light.\n".encode())
        if isinstance(found, Filler)
        else found
    )


def _index(repository: str, build: Callable[[], Image]) -> Callable[[], Index]:
    """The index of an official image: two platforms, and what is attested of each."""

    @cache
    def made() -> Index:
        image = build()
        steps = tuple(each.replace(layer=each.layer and _light(each.layer)) for each in image.steps)
        light = image.replace(steps=steps, architecture=ARM.architecture, variant=ARM.variant)
        return Index((image, light), tuple(_attestation(repository, each) for each in (image, light)))

    return made


def _attestation(repository: str, image: Image) -> Attestation:
    subject = {"name": f"pkg:docker/{repository}", "digest": {"sha256": image.digest.removeprefix("sha256:")}}
    statement = {"_type": "https://in-toto.io/Statement/v0.1", "predicateType": PREDICATE, "subject": [subject]}
    return Attestation(image.digest, canonical_json(statement))


# What there is


def _tags(versions: str, *suites: str) -> str:
    """Each version with the name of each suite; without, if that is empty. The latest one of a suite is just that."""
    return " ".join(
        suite if version == "latest" and suite else "-".join(filter(None, (version, suite)))
        for suite in suites
        for version in versions.split()
    )


MAINLINE, MAINLINE_BEFORE = "1.31.4 mainline 1 1.31 latest", "1.31.3 mainline 1 1.31 latest"
YARN = 1_250_677, 5_350_000
BUILDS = (
    ("nginx", "2025-02-05", "1.27.4", _nginx_1_27_4),
    ("hello-world", "2026-03-23", "linux latest", _hello),
    ("busybox", "2026-05-22", "1.38.0 1.38 1 unstable latest", _busybox),
    ("alpine", "2026-06-16", "3.24.1 3.24 3 latest", _alpine("3.24.1")),
    ("alpine", "2026-06-22", "3.23.5 3.23", _alpine("3.23.5")),
    ("registry", "2026-06-22", "3.1.1 3.1 3 latest", _registry),
    ("nginx", "2026-07-15", _tags(MAINLINE_BEFORE, "", "trixie"),
     _nginx("1.31.3", "2026-07-15T23:30:00", 33_325_076, 82_690_000, base=JULY)),
    ("mysql", "2026-07-28", _tags("8.4.11 8.4 8", "", "oraclelinux9", "oracle"), _mysql),
    ("node", "2026-07-29", _tags("22 22.23 22.23.2 jod", "alpine", "alpine3.24"),
     _node("22", _alpine("3.24.1"), "2026-07-29T17:26:59", 0, (52_629_973, 153_950_000), (1_262_113, 5_360_000), 445)),
    ("debian", "2026-08-04", "trixie trixie-20260803 13.6 13 latest", _debian("trixie")),
    ("debian", "2026-08-04", "trixie-slim trixie-20260803-slim 13.6-slim 13-slim", _debian("trixie-slim")),
    ("debian", "2026-08-04", "bookworm bookworm-20260803 12.15 12", _debian("bookworm")),
    ("debian", "2026-08-04", "bookworm-slim bookworm-20260803-slim 12.15-slim 12-slim", _debian("bookworm-slim")),
    # Rebuilt on the new Debian, and no other version. The packed size is inferred, as is all of stable's.
    ("nginx", "2026-08-05", _tags(MAINLINE_BEFORE, "", "trixie"),
     _nginx("1.31.3", "2026-08-05T00:22:05", 33_325_200, 82_690_000)),
    ("nginx", "2026-08-05", _tags("1.30.4 stable 1.30", "", "trixie"),
     _nginx("1.30.4", "2026-08-05T00:22:31", 33_315_732, 82_600_000)),
    ("httpd", "2026-08-05", _tags("2.4.68 2.4 2 latest", "", "trixie"), _httpd),
    ("node", "2026-08-05", _tags("22 22.23 22.23.2 jod", "", "bookworm"),
     _node("22", partial(_buildpack, "bookworm"), "2026-08-05T03:21:02", 3_327, (58_553_283, 178_000_000), YARN, 446)),
    # The slim one is a neighbouring build. Of 24, only what it stands on is known; the rest is inferred from 22.
    ("node", "2026-08-05", _tags("22 22.23 22.23.2 jod", "slim", "bookworm-slim"),
     _node("22", partial(_rootfs, "bookworm-slim"), "2026-08-05T03:19:44", 3_314, (49_938_210, 145_200_000),
           (1_712_979, 7_300_000), 447)),
    ("node", "2026-08-05", _tags("24 24.19 24.19.0 krypton lts", "", "bookworm") + " lts-krypton",
     _node("24", partial(_buildpack, "bookworm"), "2026-08-05T03:24:40", 3_327, (60_400_000, 190_000_000), YARN, 446)),
    ("node", "2026-08-05", _tags("26 26.7 26.7.0 current latest", "", "trixie"),
     _node("26", partial(_buildpack, "trixie"), "2026-08-05T21:20:12", 3_327, (63_879_371, 220_000_000), None, 447)),
    # The full one is a neighbouring build; its unpacked size is inferred.
    ("python", "2026-08-05", _tags("3.14.7 3.14 3 latest", "", "trixie"),
     _python("3.14", "trixie", "2026-08-05T16:33:50", (6_092_327, 18_600_000), (29_758_423, 80_000_000), 250)),
    ("python", "2026-08-05", _tags("3.14.7 3.14 3 latest", "slim", "slim-trixie"),
     _python("3.14", "trixie-slim", "2026-08-05T16:33:44", (1_293_282, 3_810_000), (12_363_513, 37_030_000), 249)),
    ("ubuntu", "2026-08-10", "22.04 jammy-20260810 jammy",
     _ubuntu("22.04", "jammy", "2026-08-10T17:38:12", 29_736_943, 77_900_000, "")),  # unpacked, inferred
    ("python", "2026-08-13", _tags("3.12.14 3.12", "", "trixie"),
     _python("3.12", "trixie", "2026-08-13T19:43:39", (6_100_758, 18_600_000), (25_738_585, 71_300_000), 246)),
    # Its layers are those of a neighbouring build, packed.
    ("python", "2026-08-13", _tags("3.12.14 3.12", "slim", "slim-trixie"),
     _python("3.12", "trixie-slim", "2026-08-13T19:43:37", (1_293_276, 3_810_000), (12_113_733, 36_770_000), 249)),
    ("postgres", "2026-08-13", _tags("18.6 18 latest", "", "trixie"), _postgres("18", "2026-08-13T19:15:26")),
    ("postgres", "2026-08-13", _tags("16.15 16", "", "trixie"), _postgres("16", "2026-08-13T19:16:02")),
    ("ubuntu", "2026-08-17", "24.04 noble-20260810 noble",
     _ubuntu("24.04", "noble", "2026-08-17T13:09:51", 29_752_807, 78_160_000, "cb9335ce")),
    ("ubuntu", "2026-08-17", "26.04 resolute-20260811.1 resolute latest rolling", _ubuntu_26_04),
    ("redis", "2026-08-18", _tags("8.10.1 8.10 8 latest", "", "trixie"), _redis),
    ("nginx", "2026-08-19", _tags(MAINLINE, "", "trixie"),
     _nginx("1.31.4", "2026-08-19T19:08:28", 33_529_920, 83_168_000)),
    ("nginx", "2026-08-19", _tags(MAINLINE, "alpine-slim", "alpine3.24-slim"), _nginx_alpine_slim),
    ("nginx", "2026-08-19", _tags(MAINLINE, "alpine", "alpine3.24"), _nginx_alpine),
)  # fmt: skip
# What the registry offers: repository, day of release, tags, index. Later lines move tags of earlier ones.
RELEASES = tuple((repository, day, tags, _index(repository, build)) for repository, day, tags, build in BUILDS)
