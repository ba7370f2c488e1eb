# How scripts/test and scripts/check run test executables and count what they say. Source it after lib.sh.
# shellcheck shell=bash

PASSED=0 FAILED=0 SKIPPED=0
SKIPPED_KTLS=0
# A run's log, status and report lie in $RESULTS, under its title.
RESULTS="$(mktemp -d "${TMPDIR:-/tmp}/tlsproxy-test.XXXXXX")"

# unit_tests: the names of the projects with tests, without the integration tests. Those of Proxy take longest, and so come first.
unit_tests() {
    local project
    echo Proxy
    for project in "$ROOT"/tests/*/TlsProxy.*.Tests.csproj; do basename "$(dirname "$project")"; done | grep -vxE 'Integration|Proxy'
}

# write_filter FILE NAME…: a solution filter with these projects of tests, which are then built in one go, with what they refer to alone.
write_filter() {
    local file="$1" name projects=
    shift
    for name in "$@"; do projects+="${projects:+, }\"tests\\\\$name\\\\TlsProxy.$name.Tests.csproj\""; done
    printf '{ "solution": { "path": "%s", "projects": [ %s ] } }\n' "$ROOT/TlsProxy.sln" "$projects" >"$file"
}

# assembly_of NAME: the executable of a project, in Release or as NAME:CONFIGURATION says.
assembly_of() {
    local configuration="${1#"${1%%:*}"}"
    configuration="${configuration#:}"
    echo "$ROOT/tests/${1%%:*}/bin/${configuration:-Release}/net10.0/TlsProxy.${1%%:*}.Tests.dll"
}

# title_of UNIT: what its run is called. A unit is an executable, a transport and possibly an engine of handshakes, "Handshake epoll
# bouncycastle"; without one the tests have what the environment names.
title_of() {
    local name transport engine
    read -r name transport engine <<<"$1"
    echo "$name tests over $transport${engine:+ with $engine}"
}

# use_unit UNIT: what is started in this shell from here on is about it. NAME is its executable.
use_unit() {
    local transport engine
    read -r NAME transport engine <<<"$1"
    export TLSPROXY_TEST_TRANSPORT="$transport"
    [[ -z $engine ]] || export TLSPROXY_TEST_ENGINE="$engine"
}

# start_run TITLE UNIT [OPTION…]: one test executable on this machine, within half an hour, and ended with the shell that waits for it. A
# row of a theory has its traits, by which it is chosen or left out, only where theories are enumerated first.
start_run() (
    base="$RESULTS/$1" status=0 run=
    use_unit "$2"
    shift 2
    trap '[[ -z $run ]] || kill "$run"; exit 143' TERM
    timeout -k 10 1800 dotnet "$(assembly_of "$NAME")" -noLogo -noColor -preEnumerateTheories -xml "$base.xml" "$@" \
        >"$base.log" 2>&1 </dev/null &
    run=$!
    wait "$run" || status=$?
    echo "$status" >"$base.status"
)

# run_units SUFFIX UNIT… [-- OPTION…]: units share nothing but the processors: two executables at a time, in this order.
run_units() {
    local suffix="$1" unit ended units=() pids=() left=()
    shift
    while [[ $# -gt 0 && $1 != -- ]]; do
        units+=("$1")
        shift
    done
    shift || true
    for unit in "${units[@]}"; do
        if [[ ${#pids[@]} == 2 ]]; then
            wait -n -p ended "${pids[@]}" || true
            mapfile -t left < <(printf '%s\n' "${pids[@]}" | grep -vx "$ended")
            pids=("${left[@]}")
        fi
        say "Running $(title_of "$unit")$suffix …"
        start_run "$(title_of "$unit")$suffix" "$unit" "$@" &
        pids+=($!)
        keep $!
    done
    wait "${pids[@]}"
    for unit in "${units[@]}"; do count_run "$(title_of "$unit")$suffix"; done
}

# start_in_vm TITLE UNIT [OPTION…]: those tests of one executable that need a kernel with TLS, in one.
start_in_vm() {
    local base="$RESULTS/$1" unit="$2" status=0 vm=
    shift 2
    # shellcheck disable=SC2064,SC2154
    trap '[[ -z $vm ]] || kill "$vm"; exit 143' TERM
    # The report lies where the kernel can write, which is no more after it: its lines come out with the log.
    (use_unit "$unit"; exec "$ROOT/scripts/ktls-vm" --timeout 2400 bash -c \
        'dotnet "$@" -xml /run/tmp/report.xml; status=$?; echo; grep -o "<test [^>]*>" /run/tmp/report.xml; exit $status' \
        vm "$(assembly_of "$NAME")" -noLogo -noColor -preEnumerateTheories -trait "Kernel=tls" -maxThreads 1 -parallel none "$@") \
            >"$base.log" 2>&1 &
    vm=$!
    wait "$vm" || status=$?
    vm=
    grep -a '^<test ' "$base.log" >"$base.xml" || true
    sed -i '/^<test /d' "$base.log"
    echo "$status" >"$base.status"
}

# count_run TITLE: adds what the closing line of a run says; a run without that line has failed.
count_run() {
    local base="$RESULTS/$1" status summary total failed errors skipped
    status="$(cat "$base.status")"
    summary="$(grep -aE 'Total: [0-9]+(, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+|$)' "$base.log" | tail -n 1 || true)"
    if [[ -z $summary ]]; then
        echo "== $1: no result (status $status)"
        tail -n 60 "$base.log"
        FAILED=$((FAILED + 1))
        return
    fi
    total="$(sed -E 's/.*Total: ([0-9]+).*/\1/' <<<"$summary")"
    if [[ $total == 0 ]]; then
        [[ -z ${ONLY:-} ]] || return 0
        echo "== $1: no test was found, which counts as a failure"
        FAILED=$((FAILED + 1))
        return
    fi
    errors="$(sed -E 's/.*Errors: ([0-9]+).*/\1/' <<<"$summary")"
    failed="$(sed -E 's/.*Failed: ([0-9]+).*/\1/' <<<"$summary")"
    skipped="$(sed -E 's/.*Skipped: ([0-9]+).*/\1/' <<<"$summary")"
    PASSED=$((PASSED + total - failed - skipped))
    FAILED=$((FAILED + failed + errors))
    SKIPPED=$((SKIPPED + skipped))
    echo "== $1: $((total - failed - skipped)) passed, $((failed + errors)) failed, $skipped skipped" \
        "($(sed -E 's/.*Time: //' <<<"$summary"))"
    if [[ $failed != 0 || $errors != 0 ]]; then
        grep -avE '\[(SKIP|STARTING|FINISHED)\]' "$base.log" | tail -n 400
    elif [[ $status != 0 ]]; then
        echo "   its exit status was $status, which counts as a failure"
        tail -n 20 "$base.log"
        FAILED=$((FAILED + 1))
    fi
    [[ $skipped == 0 ]] || grep -a '\[SKIP\]' "$base.log" || true
    if [[ ${#HERE[@]} != 0 && $1 != *"in a kernel with TLS"* ]] && grep -aq "SKIPPED: the running kernel has no TLS" "$base.log"; then
        echo "   tests that need a kernel with TLS lack the trait Kernel=tls, and so run nowhere, which counts as a failure"
        FAILED=$((FAILED + 1))
    fi
}

# count_in_vm TITLE: adds what start_in_vm left. Where no kernel could be started, one sentence says what was tried and what to do.
count_in_vm() {
    local base="$RESULTS/$1" status before why
    status="$(cat "$base.status")"
    if [[ $status == 125 ]]; then
        why="$(grep -a '^ktls-vm: ' "$base.log" | tail -n 1 || true)"
        tail -n 30 "$base.log"
        SKIPPED_KTLS=1
        NO_KERNEL="\`modprobe tls\` failed here (${KERNEL_TLS_PROBLEM:-}), and ${why#ktls-vm: }; \
load the tls module on this machine, or run the tests where the kernel has it, in a virtual machine for example."
        echo "== $1: SKIPPED"
        return
    fi
    before=$SKIPPED
    count_run "$1"
    [[ $SKIPPED == "$before" ]] || SKIPPED_KTLS=1
}

# run_soak TITLE COMMAND…: a soak counts as one test; what it says of itself stays in sight.
run_soak() {
    local title="$1" status=0
    shift
    say "Running ${title} …"
    "$@" >"$RESULTS/soak.log" 2>&1 </dev/null || status=$?
    if [[ $status == 0 ]]; then PASSED=$((PASSED + 1)); else FAILED=$((FAILED + 1)); fi
    echo "== $title: $([[ $status == 0 ]] && echo passed || echo "failed (status $status)")"
    cut -c 1-1000 "$RESULTS/soak.log" | tail -n 150
}

# start_format [OPTION…]: whether the source has the format of .editorconfig; options are those of dotnet format. Such a run is too short
# for the compiler to gain by counting calls.
start_format() {
    local status=0
    DOTNET_TieredPGO=0 dotnet format "$@" --verify-no-changes >"$RESULTS/format.log" 2>&1 </dev/null || status=$?
    echo "$status" >"$RESULTS/format.status"
}

# count_format: adds what start_format left.
count_format() {
    if [[ $(cat "$RESULTS/format.status") == 0 ]]; then
        PASSED=$((PASSED + 1))
    else
        echo "dotnet format would change files:"
        tail -n 60 "$RESULTS/format.log"
        FAILED=$((FAILED + 1))
    fi
}

# slowest_classes COUNT: the classes that took longest over all runs, from their reports.
slowest_classes() {
    local report
    for report in "$RESULTS"/*.xml; do
        grep -ao '<test [^>]*>' "$report" | sed -E 's/.* time="([^"]*)".* type="([^"]*)".*/\1 \2/' |
            awk -v run="$(basename "$report" .xml)" '{ sums[$2] += $1 } END {
                for (c in sums) printf "%8.1f s  %s (%s)\n", sums[c], c, run }' || true
    done | sort -rn | sed -n "1,${1}p"
}
