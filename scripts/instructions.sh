# How scripts/bench --ktls-vm counts instructions in QEMU. Source it after lib.sh and qemu.sh; it does nothing by itself.
# shellcheck shell=bash

# Seconds after which a run is ended, and the memory of the machine: the servers' processes, the objects and what nginx stores of them.
INSTRUCTIONS_LIMIT=3000 INSTRUCTIONS_MEMORY=4096M

# need_for_instructions: what counting needs, asked for at once, and the kernel.
need_for_instructions() {
    local why
    why="$(qemu_obstacle "$(uname -m)" "$(id -u)")"
    [[ -z $why ]] || fail "--ktls-vm counts instructions in QEMU, which can't run here: $why"
    local needed=(qemu-system-x86_64=qemu-system-x86 modprobe=kmod ip=iproute2 nginx=nginx-light openssl=openssl)
    needed+=(taskset=util-linux setpriv=util-linux chrt=util-linux)
    find_virtiofsd >/dev/null || needed+=(/usr/libexec/virtiofsd=virtiofsd)
    need "${needed[@]}"
    need_qemu
}

# guest_command: what runs inside, with the bench's options as its arguments. Its files are in memory there.
guest_command() {
    cat <<'END'
set -euo pipefail
source "$TLSPROXY_BENCH_ROOT/scripts/lib.sh"
source "$TLSPROXY_BENCH_ROOT/scripts/certificates.sh"
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null || true
WORK="$(mktemp -d /dev/shm/tlsproxy-bench.XXXXXX)"
certificates "$WORK/certs" 2>/dev/null
ulimit -n "$(ulimit -Hn)"
echo reno >/proc/sys/net/ipv4/tcp_congestion_control
# No process interrupts another when it wakes, so a server meets the requests of all connections at once, each time.
exec chrt --batch 0 dotnet "$ROOT/bench/Load/bin/Release/net10.0/TlsProxy.Bench.Load.dll" --instructions --folder "$WORK" "$@"
END
}

# count_instructions OPTION…: runs the bench in QEMU and puts its results into JSON, REPORT and, unless that is empty, CHARTS.
count_instructions() {
    local status=0
    RESULTS_OF_VM="$(mktemp -d "$ROOT/bench/results/vm.XXXXXX")"
    TLSPROXY_BENCH_HOST="$(sed -nE 's/^model name[[:space:]]*: //p' /proc/cpuinfo | sed -n 1p), $(qemu-system-x86_64 --version | sed -n 1p)"
    export TLSPROXY_BENCH_HOST TLSPROXY_BENCH_ROOT="$ROOT"
    say "Booting a kernel with TLS in QEMU; a full run takes about 20 minutes. The figures are instructions, not time."
    "$ROOT/scripts/ktls-vm" --instructions --timeout "$INSTRUCTIONS_LIMIT" --memory "$INSTRUCTIONS_MEMORY" --writable "$RESULTS_OF_VM" \
        bash -c "$(guest_command)" bench --json "$RESULTS_OF_VM/json" --report "$RESULTS_OF_VM/html" --charts "$RESULTS_OF_VM/charts" "$@" &
    keep $!
    wait $! || status=$?
    keep_results
    return "$status"
}

# keep_results: takes what a run has written, to its end or not, out of its folder, and says where it is.
keep_results() {
    [[ -n ${RESULTS_OF_VM:-} ]] || return 0
    [[ ! -s $RESULTS_OF_VM/json ]] || { mv "$RESULTS_OF_VM/json" "$JSON" && say "report: $JSON"; }
    [[ ! -s $RESULTS_OF_VM/html ]] || { mv "$RESULTS_OF_VM/html" "$REPORT" && say "report: $REPORT"; }
    if [[ -n ${CHARTS:-} && -d $RESULTS_OF_VM/charts ]]; then
        mkdir -p "$CHARTS"
        mv "$RESULTS_OF_VM"/charts/* "$CHARTS" && say "report: $CHARTS"
    fi
    rm -rf "$RESULTS_OF_VM"
    RESULTS_OF_VM=''
}
