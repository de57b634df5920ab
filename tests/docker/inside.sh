#!/bin/bash
# The first process of the engine's machine: in namespaces of its own it makes a root, then starts the registry and the
# engine. When it is killed, the kernel ends all that lives here, and mounts and networks go with them.
set -eu
root=$1 stage=$2 name=$3 store=$4

mount --make-rprivate /
mount -t tmpfs -o mode=755 machine "$stage"
mkdir "$stage"/{lower,upper,work,new}
mount --bind "$root" "$stage/lower"
# All that is written lands in memory: the root stays as it is, and nothing is left behind.
mount -t overlay -o "lowerdir=$stage/lower,upperdir=$stage/upper,workdir=$stage/work" overlay "$stage/new"
cd "$stage/new"
mkdir -p var/lib/docker old
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
for folder in run tmp var/lib/docker; do  # an overlay of overlays is refused: the engine's data needs another ground
  mount -t tmpfs tmpfs "$folder"
done
snapshotter=false
if [ "$store" = containerd ]; then  # it counts blocks: let them be those of the file system that most readers have
  snapshotter=true
  truncate -s 8G "$stage/$name"
  mkfs.ext4 -q -b 4096 -I 256 "$stage/$name"
  mount -t ext4 -o loop "$stage/$name" var/lib/docker  # the kernel frees the device when this mount goes
fi
bin/busybox pivot_root . old  # not every Debian has the command itself
cd /
umount --lazy /old
busybox ip link set lo up

# Images hold a placeholder for busybox. A container sees the real one in its place, and no byte of an image is changed.
# The engine finds this before the real runc.
mkdir -p /usr/local/sbin
cat > /usr/local/sbin/runc <<'RUNC'
#!/bin/sh
bundle='' before='' verb=''
for word; do
  [ "$before" = --bundle ] && bundle=$word
  [ "$word" = create ] && verb=create
  before=$word
done
if [ "$verb" = create ]; then
  rootfs=$(sed -n 's/.*"root":{"path":"\([^"]*\)".*/\1/p' "$bundle/config.json")
  if [ -e "$rootfs/bin/busybox" ]; then
    mount='{"destination":"/bin/busybox","type":"bind","source":"/srv/busybox","options":["bind","ro"]}'
    sed -i "s|\"mounts\":\\[|&$mount,|" "$bundle/config.json"
  fi
fi
PATH=/usr/sbin:/usr/bin:/sbin:/bin exec runc "$@"
RUNC
chmod +x /usr/local/sbin/runc
cp "$(command -v busybox)" /srv/busybox

cat > /srv/registry.yml <<'REGISTRY'
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: /srv/registry}}
http: {addr: "127.0.0.1:5000"}
REGISTRY
docker-registry serve /srv/registry.yml &

# Whoever looks for Docker Hub comes to this machine, and trusts nobody else.
hub=registry-1.docker.io tokens=auth.docker.io
printf '127.0.0.1 localhost\n127.0.0.2 %s %s\n::1 localhost\n' $hub $tokens > /etc/hosts
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$hub" \
  -addext "subjectAltName=DNS:$hub,DNS:$tokens" -keyout /srv/key.pem -out /srv/certificate.pem
cat /srv/key.pem /srv/certificate.pem > /srv/hub.pem

echo "{\"features\": {\"containerd-snapshotter\": $snapshotter}}" > /srv/daemon.json
SSL_CERT_FILE=/srv/certificate.pem dockerd \
  --config-file /srv/daemon.json --host unix:///run/docker.sock \
  --data-root /var/lib/docker --exec-root /run/docker --pidfile /run/docker.pid \
  --iptables=false --ip6tables=false --cgroup-parent "/$name" &

wait -n  # that one of them ends is the end
