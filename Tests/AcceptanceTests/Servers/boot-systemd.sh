#!/bin/sh
# Boots a real systemd on this machine's /usr and an empty rest, under a name of its own and without network.
#
#     boot-systemd.sh NAME FOLDER
#
# FOLDER/usr is laid over /usr; FOLDER/etc and FOLDER/catalogue appear as /etc/fringewatch and /srv/catalogue. Prints the process
# id of the machine's first process, for nsenter. The machine ends with the standard input; its messages are in FOLDER/boot.log.
# Needs root and Debian's systemd-container.
set -u
name=$1
folder=$2

# One at a time on this machine, also between two test runs: each would take the other's control group for its own.
exec 9>/run/lock/fringewatch-tests.lock
flock 9

# The two units that are masked wait for a network or a person that will not come.
UNIFIED_CGROUP_HIERARCHY=1 systemd-nspawn --directory=/ --volatile=yes --overlay-ro="/usr:$folder/usr:/usr" \
    --bind-ro=/etc/alternatives --bind-ro=/etc/ld.so.cache --bind-ro=/etc/fonts --bind-ro=/etc/ssl \
    --bind-ro="$folder/etc:/etc/fringewatch" --bind-ro="$folder/catalogue:/srv/catalogue" \
    --register=no --keep-unit --private-network --console=pipe --machine="$name" \
    --boot systemd.unit=basic.target systemd.mask=systemd-networkd-wait-online.service systemd.mask=systemd-firstboot.service \
    </dev/null 9>&- >"$folder/boot.log" 2>&1 &
nspawn=$!

# A zombie counts as ended: the shell may have inherited a mask that blocks CHLD, and then never reaps.
is_running() { grep -Eqs '^State:[[:space:]]+[^ZX]' "/proc/$nspawn/status"; }

# nspawn has two children for a moment; the one that stays becomes systemd.
find_first_process() {
    for child in $(cat "/proc/$nspawn/task/$nspawn/children" 2>/dev/null); do
        [ "$(cat "/proc/$child/comm" 2>/dev/null)" = systemd ] && echo "$child" && return
    done
    return 1
}

# Nothing in there is to be kept. The machine ends with its first process, and not with nspawn alone.
first=
end() {
    kill -KILL "${first:-$nspawn}" 2>/dev/null
    attempts=250
    while is_running && [ "$attempts" -gt 0 ]; do
        attempts=$((attempts - 1))
        sleep 0.02
    done
    # nspawn leaves it where /run is no file system of its own.
    rmdir "/run/systemd/nspawn/propagate/$name" 2>/dev/null
}
trap 'end; exit 1' HUP INT TERM

attempts=300
until first=$(find_first_process) && nsenter -t "$first" -a systemctl is-system-running 2>/dev/null | grep -Eqx 'running|degraded'; do
    attempts=$((attempts - 1))
    if [ "$attempts" -eq 0 ] || ! is_running; then
        echo "no systemd: $(tail -n 5 "$folder/boot.log" | tr '\n\r' '  ')"
        end
        exit 1
    fi
    sleep 0.05
done
echo "$first"

# Until the end of file.
read -r _
end
