# How scripts/ktls-vm chooses a kernel and runs a command in it. Source it after lib.sh; it does nothing by itself.
# shellcheck shell=bash

# Seconds in which a kernel boots; after them the next one is tried.
BOOT_LIMIT=120

# kernels_to_try CHOICE: the kernels that --kernel CHOICE stands for, in the order they are tried in.
kernels_to_try() {
    case $1 in
        auto) echo uml qemu ;;
        uml | qemu) echo "$1" ;;
        *) return 1 ;;
    esac
}

# name_of KERNEL: a kernel of kernels_to_try in a sentence.
name_of() { if [[ $1 == uml ]]; then echo "user-mode Linux"; else echo QEMU; fi; }

# run_in_a_kernel CHOICE COMMAND [ARGUMENT…]: ends with the command's status, or with 125 and a sentence that says why no kernel started.
# run_in_uml and run_in_qemu return where theirs did not start, and leave the reason in WHY.
run_in_a_kernel() {
    local kernel kernels reasons=
    read -ra kernels < <(kernels_to_try "$1")
    shift
    for kernel in "${kernels[@]}"; do
        [[ -z $reasons ]] || say "ktls-vm: $reasons. Trying $(name_of "$kernel")."
        WHY=
        "run_in_$kernel" "$@"
        reasons+="${reasons:+; }$(name_of "$kernel"): $WHY"
    done
    say "ktls-vm: no kernel with TLS could be started ($reasons)"
    exit 125
}

# new_work: a folder that the kernel's init sees too, not below /tmp.
new_work() {
    WORK="$(mktemp -d /var/tmp/ktls-vm.XXXXXX)"
    mkdir "$WORK/out"
    : >"$WORK/out/output"
}

# end_kernel: ends what start_kernel started, and removes the folder of new_work.
end_kernel() {
    # The kernel is the leader of its own session: its process group holds all of its helper processes.
    [[ -z ${KERNEL:-} ]] || kill -KILL -- "-$KERNEL" 2>/dev/null || true
    [[ -z ${TAIL:-} ]] || kill "$TAIL" 2>/dev/null || true
    [[ -z ${WORK:-} ]] || rm -rf "$WORK"
    KERNEL='' TAIL='' WORK=''
}

# write_guest SHARE MODULES COMMAND [ARGUMENT…]: what the kernel runs as its init. SHARE is the line that puts the writable folder at
# /run/out, MODULES the one that loads modules. What lies below /tmp stays in sight: folders of the command are on the tmpfs of /run.
write_guest() {
    local share="$1" modules="$2"
    shift 2
    {
        printf 'cd %q\n' "$PWD"
        export -p | grep -E '^declare -x (PATH|LD_LIBRARY_PATH|OPENSSL_CONF|CI|DOTNET_[A-Z_a-z]*|TLSPROXY_[A-Z_]*|LANG|LC_ALL)=' || true
        printf 'exec'
        printf ' %q' "$@"
        printf '\n'
    } >"$WORK/command"
    cat >"$WORK/init" <<END
#!/bin/bash
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /dev/shm 2>/dev/null
mkdir -p /run/home /run/tmp /run/out /run/m/lib /run/lock
chmod 1777 /run/tmp
export HOME=/run/home TMPDIR=/run/tmp DOTNET_CLI_HOME=/run/home XDG_RUNTIME_DIR=/run/tmp TERM=dumb
$share
{
    $modules
    ip link set lo up
    ulimit -n 65536
    echo 4096 >/proc/sys/net/core/somaxconn
    echo "10000 65000" >/proc/sys/net/ipv4/ip_local_port_range
    grep -w tls /proc/sys/net/ipv4/tcp_available_ulp || echo missing >/run/out/no-tls
} >/run/out/setup 2>&1
[ ! -e /run/out/no-tls ] || poweroff -f
: >/run/out/begun
export TLSPROXY_IN_KTLS_VM=1
bash $WORK/command </dev/null >>/run/out/output 2>&1
echo \$? >/run/out/status.new
sync
mv /run/out/status.new /run/out/status
poweroff -f
END
    chmod 755 "$WORK/init"
}

# start_kernel COMMAND [ARGUMENT…]: starts it, its console in a file, and follows the output of what runs inside.
start_kernel() {
    setsid "$@" </dev/null >"$WORK/console" 2>&1 &
    KERNEL=$!
    tail -c +1 -f --pid="$KERNEL" -s 0.2 "$WORK/out/output" &
    TAIL=$!
}

kernel_runs() { kill -0 "$KERNEL" 2>/dev/null; }

# follow_kernel: ends with the status of the command, or with 124 at --timeout. It returns where the command did not begin, with WHY.
follow_kernel() {
    local waited
    for ((waited = 0; waited < LIMIT * 5; waited++)); do
        if [[ -e $WORK/out/status ]] || ! kernel_runs; then break; fi
        [[ -e $WORK/out/begun ]] || ((waited < BOOT_LIMIT * 5)) || break
        sleep 0.2
    done
    [[ ! -e $WORK/out/status ]] || exit_with_status
    if kernel_runs && ((waited >= LIMIT * 5)); then
        say "ktls-vm: the command was ended after $LIMIT s"
        exit 124
    fi
    tail -n 30 "$WORK/console" >&2
    [[ ! -e $WORK/out/setup ]] || tail -n 30 "$WORK/out/setup" >&2
    if [[ -e $WORK/out/begun ]]; then
        say "ktls-vm: the kernel ended before the command did; its console stands above."
        exit 125
    elif [[ -e $WORK/out/no-tls ]]; then
        WHY="it has no tls upper-layer protocol, and what modprobe said stands above"
    elif kernel_runs; then
        WHY="it did not boot within $BOOT_LIMIT s, as its console above shows"
    else
        WHY="it ended before the command began, as its console above shows"
    fi
}

# The kernel halts by itself within a moment; tail follows it and so has read the last line.
exit_with_status() {
    local waited
    for ((waited = 0; waited < 25; waited++)); do
        kernel_runs || break
        sleep 0.2
    done
    kill -KILL -- "-$KERNEL" 2>/dev/null || true
    wait "$KERNEL" 2>/dev/null || true
    KERNEL=
    wait "$TAIL" 2>/dev/null || true
    TAIL=
    exit "$(cat "$WORK/out/status")"
}
