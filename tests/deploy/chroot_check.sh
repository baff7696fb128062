#!/bin/sh
# Proves on a machine that has nothing but Debian's smallest system that a clean clone starts, and
# that the steps of the Dockerfile work where no container engine is at hand.
#
#   sudo tests/deploy/chroot_check.sh up      ./gesuibo up, again, backup, down
#   sudo tests/deploy/chroot_check.sh test    ./gesuibo test (takes the browser along)
#   sudo tests/deploy/chroot_check.sh image   the Dockerfile's steps, then serve as its user
#
# Needs root, debootstrap and git. FOLDER (default /var/tmp/gesuibo-chroot) is kept between runs
# only for its base system; SUITE and MIRROR choose another Debian, SAMPLE
# other data than the city's, TESTS only some of the tests.
set -eu

what=${1:?up, test or image}
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
folder=${FOLDER:-/var/tmp/gesuibo-chroot}
mkdir -p "$folder"
folder=$(CDPATH='' cd -- "$folder" && pwd -P) # as /proc/mounts writes it
mirror=${MIRROR:-http://deb.debian.org/debian}
case $what in
image) suite=${SUITE:-trixie} ;;
*) suite=${SUITE:-bookworm} ;;
esac
base=$folder/base-$suite
machine=$folder/$what-$suite
port=8790
trust=
sample=${SAMPLE:-city}

inside() { # a command line, run in the new machine without anything of ours in its environment
    chroot "$machine" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
        ${PIP_INDEX_URL:+PIP_INDEX_URL="$PIP_INDEX_URL"} \
        ${UV_DEFAULT_INDEX:+UV_DEFAULT_INDEX="$UV_DEFAULT_INDEX"} \
        ${trust:+PIP_CERT="$trust" SSL_CERT_FILE="$trust"} GESUIBO_PORT=$port sh -euc "$1"
}

mounted_below() { # a folder: what is mounted in it, innermost first
    awk -v below="$1/" 'index($2, below) == 1 { print $2 }' /proc/mounts | sort -r
}

remove() { # a machine; never through a mount
    for mounted in $(mounted_below "$1"); do
        umount "$mounted"
    done
    [ -z "$(mounted_below "$1")" ] || { echo "something is still mounted in $1" >&2; exit 1; }
    rm -rf --one-file-system "$1"
}

leave() {
    for process in /proc/[0-9]*; do
        [ "$(readlink "$process/root" 2>/dev/null)" != "$machine" ] || kill -9 "${process#/proc/}" || :
    done
    sleep 1
    for mounted in $(mounted_below "$machine"); do
        umount "$mounted" || :
    done
}
trap leave EXIT

timed() { # label, command line
    started=$(date +%s)
    inside "$2"
    printf '** %s: %s s\n' "$1" $(($(date +%s) - started))
}

if [ ! -e "$base/.complete" ]; then
    remove "$base"
    debootstrap --variant=minbase "$suite" "$base" "$mirror" >"$folder/debootstrap.log"
    touch "$base/.complete"
fi
remove "$machine"
cp -a "$base" "$machine"
cp /etc/resolv.conf "$machine/etc/resolv.conf"
# An inspecting proxy's authority must be known inside too.
if [ -n "$(ls /usr/local/share/ca-certificates 2>/dev/null)" ]; then
    mkdir -p "$machine/usr/local/share"
    cp -a /usr/local/share/ca-certificates "$machine/usr/local/share/"
    trust=/etc/ssl/certs/ca-certificates.crt
fi
mount -t proc proc "$machine/proc"
# Devices of its own: the machine is removed later, and ours must not go with it.
mount -t tmpfs -o mode=755 devices "$machine/dev"
while read -r name major minor; do
    mknod -m 666 "$machine/dev/$name" c "$major" "$minor"
done <<'END'
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
tty 5 0
END
ln -s /proc/self/fd "$machine/dev/fd"
mkdir -m 1777 "$machine/dev/shm"
git clone -q --no-local "$root" "$machine/srv/gesuibo"
for absent in python3 uv psql chromium curl; do
    ! inside "command -v $absent" || { echo "$absent is there already" >&2; exit 1; }
done

case $what in
up)
    timed 'first up' 'cd /srv/gesuibo && ./gesuibo up --detach --sample '"$sample"
    inside 'cd /srv/gesuibo && ./gesuibo down'
    timed 'second up' 'cd /srv/gesuibo && ./gesuibo up --detach --sample '"$sample"
    inside 'cd /srv/gesuibo && ./gesuibo doctor && ./gesuibo backup /root && ./gesuibo down'
    inside 'cd /srv/gesuibo && GESUIBO_STATE_DIR=/srv/second ./gesuibo restore /root/gesuibo-*.tar'
    ;;
test)
    timed 'first up' 'cd /srv/gesuibo && ./gesuibo up --detach --sample '"$sample"
    timed 'tests' 'cd /srv/gesuibo && ./gesuibo test '"${TESTS:-}"
    ;;
image)
    inside 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        python3 python3-venv ca-certificates postgresql-postgis >/dev/null'
    # The steps of the Dockerfile, read from it; only the base image's Python and pip stand in.
    inside 'python3 -m venv /opt/image && ln -s /opt/image/bin/pip /usr/local/bin/pip'
    inside 'ln -s /usr/bin/python3 /usr/local/bin/python'
    sed -n 's/^RUN //p' "$root/Dockerfile" | sed -n 1p >"$machine/root/uv.sh"
    # shellcheck disable=SC2016 # for the inner shell
    inside 'export PATH=/opt/image/bin:/usr/local/bin:$PATH; sh -eu /root/uv.sh
        cd /srv/gesuibo && UV_PROJECT_ENVIRONMENT=/srv/gesuibo/.venv UV_PYTHON_DOWNLOADS=never uv sync --frozen --no-dev --quiet
        python -m compileall -q app service mobile_api importers'
    # shellcheck disable=SC2016 # for the inner shell
    inside 'DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-client fonts-noto-cjk \
            libpango-1.0-0 libpangoft2-1.0-0 >/dev/null
        useradd --system --uid 10001 --user-group --home-dir /var/lib/gesuibo --create-home gesuibo
        # The database that compose.yaml gives: made by the same script.
        pg_ctlcluster $(pg_lsclusters -h | cut -d" " -f1,2) start || :
        sleep 2
        su postgres -c "POSTGRES_USER=postgres POSTGRES_DB=postgres GESUIBO_OWNER_PASSWORD=owner GESUIBO_LOGIN_PASSWORD=login sh /srv/gesuibo/deploy/roles.sh"'
    cat >"$machine/srv/serve.sh" <<'END'
cd /srv/gesuibo
export PATH=/srv/gesuibo/.venv/bin:$PATH PYTHONPATH=/srv/gesuibo PYTHONDONTWRITEBYTECODE=1 GESUIBO_STATE_DIR=/var/lib/gesuibo
export GESUIBO_DATABASE_URL=postgresql+psycopg://gesuibo_login:login@127.0.0.1/gesuibo
GESUIBO_OWNER_DATABASE_URL=postgresql+psycopg://gesuibo_owner:owner@127.0.0.1/gesuibo python -P -m app.cli migrate
python -P -m app.cli serve --host 127.0.0.1 --port 8790 &
server=$!
for second in $(seq 60); do
    ! python -c "import sys; from app.processes import is_ready; sys.exit(not is_ready('http://127.0.0.1:8790'))" || break
    sleep 1
done
python -c "import sys; from app.processes import is_ready; sys.exit(not is_ready('http://127.0.0.1:8790'))"
! touch /srv/gesuibo/written 2>/dev/null
kill "$server"
wait "$server" || :
echo "serves as $(id -un)"
END
    timed 'migrate and serve as the image does' 'setpriv --reuid=10001 --regid=10001 --clear-groups env HOME=/var/lib/gesuibo sh -eu /srv/serve.sh'
    ;;
esac
printf '** %s: all steps passed\n' "$what"
