# Functions that the scripts of this folder share. Source it; it does nothing by itself.
# shellcheck shell=bash

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
PROXY="$ROOT/src/Proxy/bin/Release/net10.0/tlsproxy"
PROCESSES=()
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
PATH="$PATH:/usr/sbin:/sbin"

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$(basename "$0"): $*"
    exit 1
}

# Whether the kernel that runs can carry TLS records on a TCP socket. Where not, KERNEL_TLS_PROBLEM says why.
kernel_has_tls() {
    grep -qw tls /proc/sys/net/ipv4/tcp_available_ulp 2>/dev/null && return 0
    if [[ $(id -u) != 0 ]]; then
        KERNEL_TLS_PROBLEM="only root may load a module"
    elif ! KERNEL_TLS_PROBLEM="$(modprobe tls 2>&1)"; then
        KERNEL_TLS_PROBLEM="${KERNEL_TLS_PROBLEM##*$'\n'}"
    else
        # shellcheck disable=SC2034
        KERNEL_TLS_PROBLEM="the module is loaded, but the kernel doesn't offer it to TCP"
    fi
    grep -qw tls /proc/sys/net/ipv4/tcp_available_ulp 2>/dev/null
}

need_dotnet() {
    command -v dotnet >/dev/null ||
        fail "the .NET 10 SDK is missing: install the package dotnet-sdk-10.0 (https://dotnet.microsoft.com/download), then run this again"
    (cd "$ROOT" && dotnet --version >/dev/null 2>&1) ||
        fail "a .NET 10 SDK is needed (global.json asks for 10.0), but dotnet has only: $(dotnet --list-sdks | tr '\n' ' ')"
}

# may_install PACKAGE…: asks on a terminal, agrees with --yes (YES=1) or, without a terminal, as root.
may_install() {
    [[ ${YES:-0} == 1 ]] && return 0
    if [[ -t 0 ]]; then
        local answer
        read -r -p "Missing: $*. Install with apt-get? [Y/n] " answer
        [[ -z $answer || $answer == [Yy]* ]]
        return
    fi
    [[ $(id -u) == 0 ]]
}

# enabled_services: those that systemd would start at the next boot, sorted.
enabled_services() {
    command -v systemctl >/dev/null || return 0
    { systemctl list-unit-files --type=service --state=enabled --no-legend --no-pager 2>/dev/null || true; } \
        | awk '{ print $1 }' | LC_ALL=C sort
}

# install_packages PACKAGE…: from Debian's or Ubuntu's archive, without starting any service.
install_packages() {
    command -v apt-get >/dev/null || fail "missing: $*. There is no apt-get here: install them by hand"
    may_install "$@" || fail "missing: $*. Install with: apt-get install $*"
    local sudo=()
    if [[ $(id -u) != 0 ]]; then
        command -v sudo >/dev/null || fail "installing $* needs root, and sudo is missing"
        sudo=(sudo)
    fi
    say "Installing $* …"
    # A policy that answers 101 keeps the packages from starting their services; an existing policy comes back afterwards.
    local policy=/usr/sbin/policy-rc.d kept status=0
    kept="$(mktemp -d)"
    [[ -e $policy ]] && "${sudo[@]}" cp -p "$policy" "$kept/policy"
    printf '#!/bin/sh\nexit 101\n' >"$kept/deny"
    "${sudo[@]}" install -m 755 "$kept/deny" "$policy"
    # An enabled service would start at the next boot, so those that the installation brings are disabled again.
    enabled_services >"$kept/enabled"
    {
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" ||
            { "${sudo[@]}" apt-get update &&
                "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; }
    } >"$kept/log" 2>&1 </dev/null || status=$?
    if [[ -e $kept/policy ]]; then "${sudo[@]}" cp -p "$kept/policy" "$policy"; else "${sudo[@]}" rm -f "$policy"; fi
    local service
    while read -r service; do
        "${sudo[@]}" systemctl disable "$service" >/dev/null 2>&1 || true
    done < <(enabled_services | LC_ALL=C comm -13 "$kept/enabled" -)
    [[ $status == 0 ]] || tail -n 20 "$kept/log" >&2
    rm -rf "$kept"
    [[ $status == 0 ]] || fail "apt-get could not install $*"
}

# is_there COMMAND: whether a command can be found, or a file where an absolute path stands for it.
is_there() { if [[ $1 == /* ]]; then [[ -e $1 ]]; else command -v "$1" >/dev/null; fi; }

# need COMMAND=PACKAGE…: installs the packages whose command, or file, is not there.
need() {
    local pair missing=()
    for pair in "$@"; do
        is_there "${pair%%=*}" || missing+=("${pair#*=}")
    done
    [[ ${#missing[@]} == 0 ]] || install_packages "${missing[@]}"
}

# want COMMAND=PACKAGE…: the same for what can be done without: where it can't be installed this says so and goes on.
want() {
    local pair missing=()
    for pair in "$@"; do
        is_there "${pair%%=*}" || missing+=("${pair#*=}")
    done
    [[ ${#missing[@]} == 0 ]] || (install_packages "${missing[@]}") || say "Going on without ${missing[*]}."
}

# tick: shows on standard error that work goes on: a dot every 2 s on a terminal, else a line every 10. It ends with the script.
tick() {
    local ticks=0
    while sleep "${TICK_SECONDS:-2}" && kill -0 "$$" 2>/dev/null; do
        ticks=$((ticks + 1))
        if [[ -t 2 ]]; then printf . >&2; elif ((ticks % 5 == 0)); then say "… still at it"; fi
    done
}

# build TARGET [CONFIGURATION]: quietly but for ticks, in Release where none is named; what the compiler said only where it failed.
build() {
    local log ticker status=0
    log="$(mktemp)"
    say "Building ${1##*/}${2:+ as $2} (a first build takes a minute or two) …"
    tick &
    ticker=$!
    # The compiler runs for seconds: counting calls first costs it a third more than it gains.
    DOTNET_TieredPGO=0 dotnet build "$1" -c "${2:-Release}" -v q -nologo -clp:NoSummary >"$log" 2>&1 || status=$?
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" 2>/dev/null || true
    [[ ! -t 2 ]] || say
    if [[ $status != 0 ]]; then
        cat "$log" >&2
        rm -f "$log"
        fail "the build of $1 failed"
    fi
    rm -f "$log"
}

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port FIRST: the first port from FIRST on that nobody listens on.
free_port() {
    local port
    for ((port = $1; port < $1 + 500; port++)); do
        port_is_taken "$port" || { echo "$port"; return; }
    done
    fail "no free port from $1 to $(($1 + 499))"
}

# keep PID: remembers a process that this script started, to be ended by end_processes.
keep() { PROCESSES+=("$1"); }

# Ends every kept process by its id: SIGTERM, and SIGKILL for those still there after 5 s.
end_processes() {
    local pid tries
    for pid in "${PROCESSES[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in "${PROCESSES[@]}"; do
        for ((tries = 0; tries < 50; tries++)); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    PROCESSES=()
}

# deterministic_bytes COUNT SEED: bytes that do not compress and are the same everywhere.
deterministic_bytes() {
    openssl enc -aes-128-ctr -nosalt -K "$(printf '%032x' "$2")" -iv "$(printf '%032x' 0)" -in <(head -c "$1" /dev/zero) 2>/dev/null
}
