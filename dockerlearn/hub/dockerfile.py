"""A Dockerfile in Python: what the images of the catalog are built with, and the files that many of them have.

Executables are small shell scripts that expect `/bin/busybox` to be supplied, so that the images run on a real engine too:
see `programs.py`.
"""

from __future__ import annotations

from ..model.clock import utc
from ..model.image import Config, Image
from ..model.layer import Layer
from ..model.tree import Content, Directory, Symlink
from . import programs

BUILDKIT = "buildkit.dockerfile.v0"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

SCRATCH = Image.scratch.replace(config=Config(env=(f"PATH={PATH}",)))  # where every builder starts

Files = dict[str, Content]


# Files that many images have


def busybox(directory: str, target: str) -> Files:
    """The commands that busybox stands for, as links to the place where the engine supplies it."""
    return {f"{directory}/{name}": Symlink(target) for name in APPLETS.split()}


APPLETS = """
sh [ awk basename cat chmod chown cp cut date dd df dirname du echo env expr false find grep gzip head hostname id kill
ln ls mkdir mktemp mv od printenv printf ps pwd rm rmdir sed seq sleep sort stat stty tail tar tee test touch tr true tty
uname uniq vi wc which whoami xargs
"""

PASSWD = (
    "root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\nnobody:x:65534:65534:::\n"
)
GROUP = "root:x:0:\nwww-data:x:33:\nnogroup:x:65534:\n"


def os_release(name: str, id: str, version: str, codename: str) -> str:
    """The file that tells a distribution from others."""
    return (
        f'PRETTY_NAME="{name} {version}"\nNAME="{name}"\nVERSION_ID="{version.split()[0]}"\n'
        f"VERSION_CODENAME={codename}\nID={id}\n"
    )


def debian_files(os_release: str) -> Files:
    """What Debian and Ubuntu have alike."""
    return {
        "bin": Symlink("usr/bin"),
        "lib": Symlink("usr/lib"),
        "sbin": Symlink("usr/sbin"),
        **{each: Directory() for each in "boot dev home media mnt opt proc root run srv sys usr/sbin var/www".split()},
        "tmp": Directory(mode=0o1777),
        "etc/os-release": os_release,
        "etc/passwd": PASSWD,
        "etc/group": GROUP,
        "etc/hostname": "",
        "etc/apt/sources.list": "",
        "usr/bin/busybox": programs.BUSYBOX,
        **busybox("usr/bin", "busybox"),
        "usr/bin/bash": programs.BASH,
        "usr/bin/apt-get": programs.APT_GET.file,
        "var/lib/dpkg/status": "Package: base-files\nStatus: install ok installed\n",
        "var/log/dpkg.log": "",
    }


# What a Dockerfile does


class Build:
    """A Dockerfile under way, with its instructions worded as BuildKit records them, all at the moment of the build."""

    def __init__(self, base: Image, start: str) -> None:
        self.image = base
        self.moment = utc(start)

    def run(self, command: str, files: Files | Layer) -> Build:
        """RUN: a command, and the files that it makes."""
        return self.layer(f"RUN /bin/sh -c {command} # buildkit", files)

    def copy(self, what: str, files: Files | Layer) -> Build:
        """COPY: what is copied where, and the files."""
        return self.layer(f"COPY {what} # buildkit", files)

    def set(self, **settings: object) -> Build:
        """ENV, LABEL, CMD and so on: fields of `Config`, which make no layer."""
        self.image = self.image.with_config(created=self.moment, comment=BUILDKIT, **settings)
        return self

    def layer(self, by: str, files: Files | Layer) -> Build:
        """Any other step that makes a layer."""
        layer = files if isinstance(files, Layer) else Layer.of(files)
        self.image = self.image.with_layer(layer, by=by, created=self.moment, comment=BUILDKIT)
        return self


# nginx

INDEX = (
    "<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to nginx!</title>\n</head>\n<body>\n"
    "<h1>Welcome to nginx!</h1>\n</body>\n</html>\n"
)
NGINX_CONF = """\
user  nginx;
worker_processes  auto;
error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;
events {
    worker_connections  1024;
}
http {
    access_log  /var/log/nginx/access.log;
    include /etc/nginx/conf.d/*.conf;
}
"""
NGINX_SITE = """\
server {
    listen       80;
    server_name  localhost;
    location / {
        root   /usr/share/nginx/html;
        index  index.html;
    }
}
"""
NGINX_HELPERS = (
    ("10-listen-on-ipv6-by-default.sh", 2125),
    ("15-local-resolvers.envsh", 389),
    ("20-envsubst-on-templates.sh", 3017),
    ("30-tune-worker-processes.sh", 4619),
)


def nginx_files(version: str) -> Files:
    """What the packages of nginx bring, as far as somebody looks at it."""
    return {
        "etc/nginx/nginx.conf": NGINX_CONF,
        "etc/nginx/conf.d/default.conf": NGINX_SITE,
        "etc/nginx/mime.types": "types {\n    text/html  html htm shtml;\n    text/css   css;\n}\n",
        "usr/sbin/nginx": programs.NGINX[version].file,
        "usr/share/nginx/html/index.html": INDEX,
        "usr/share/nginx/html/50x.html": INDEX.replace("Welcome to nginx!", "An error occurred."),
        "var/log/nginx/access.log": Symlink("/dev/stdout"),
        "var/log/nginx/error.log": Symlink("/dev/stderr"),
        "var/cache/nginx": Directory(),
        "docker-entrypoint.d": Directory(),
    }


NGINX_START: dict[str, object] = {
    "entrypoint": ["/docker-entrypoint.sh"],
    "exposed_ports": ["80/tcp"],
    "stop_signal": "SIGQUIT",
    "cmd": ["nginx", "-g", "daemon off;"],
}
MAINTAINER = {"maintainer": "NGINX Docker Maintainers <docker-maint@nginx.com>"}


# Python

PYTHON_LINKS = ("idle3", "pip3", "pydoc3", "python3", "python3-config")
