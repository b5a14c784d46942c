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

# The two units that are masked wait for a network or a person that will not come.
UNIFIED_CGROUP_HIERARCHY=1 systemd-nspawn --directory=/ --volatile=yes --overlay-ro="/usr:$folder/usr:/usr" \
    --bind-ro=/etc/alternatives --bind-ro=/etc/ld.so.cache --bind-ro=/etc/fonts --bind-ro=/etc/ssl \
    --bind-ro="$folder/etc:/etc/fringewatch" --bind-ro="$folder/catalogue:/srv/catalogue" \
    --register=no --keep-unit --private-network --console=pipe --machine="$name" \
    --boot systemd.unit=basic.target systemd.mask=systemd-networkd-wait-online.service systemd.mask=systemd-firstboot.service \
    </dev/null >"$folder/boot.log" 2>&1 &
nspawn=$!

# nspawn has two children for a moment; the one that stays becomes systemd.
find_first_process() {
    for child in $(cat "/proc/$nspawn/task/$nspawn/children" 2>/dev/null); do
        [ "$(cat "/proc/$child/comm" 2>/dev/null)" = systemd ] && echo "$child" && return
    done
    return 1
}

attempts=300
until first=$(find_first_process) && nsenter -t "$first" -a systemctl is-system-running 2>/dev/null | grep -Eqx 'running|degraded'; do
    attempts=$((attempts - 1))
    if [ "$attempts" -eq 0 ] || ! kill -0 "$nspawn" 2>/dev/null; then
        echo "no systemd: $(tail -n 1 "$folder/boot.log")"
        kill -KILL "$nspawn" 2>/dev/null
        exit 1
    fi
    sleep 0.05
done
echo "$first"

# Until the end of file. With KILL: the shell may have inherited a mask that blocks TERM, and nothing in there is to be kept.
read -r _
kill -KILL "$nspawn"
