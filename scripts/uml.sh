# User-mode Linux as scripts/ktls-vm and scripts/test need it. Source it after lib.sh; it does nothing by itself.
# shellcheck shell=bash

# needs_whole_xstate CPUINFO: whether a processor that /proc/cpuinfo describes so needs ptrace-xstate.c before user-mode Linux boots.
needs_whole_xstate() { grep -qE '^flags[[:space:]]*:(.*[[:space:]])?amx_tile([[:space:]]|$)' <<<"$1"; }

# xstate_choice CPUINFO [FORCED]: "preload" or "plain", how to start user-mode Linux; FORCED=1 preloads on any processor.
xstate_choice() {
    if [[ ${2:-0} == 1 ]] || needs_whole_xstate "$1"; then echo preload; else echo plain; fi
}

# need_uml CHOICE: installs user-mode Linux, what loads its modules, and the compiler where CHOICE is "preload".
need_uml() {
    need linux.uml=user-mode-linux modprobe=kmod ip=iproute2
    [[ $1 != preload ]] || need gcc=gcc /usr/include/elf.h=libc6-dev
}

# build_ptrace_library FILE: the library that is preloaded. It is bound at once, for the stacks of user-mode Linux are too small to do so
# later.
build_ptrace_library() {
    gcc -shared -fPIC -O2 -Wl,-z,now -o "$1" "$ROOT/scripts/ptrace-xstate.c" ||
        fail "gcc could not build scripts/ptrace-xstate.c, without which user-mode Linux does not boot on a processor with AMX"
}

# memory_folder SIZE: a folder for the kernel's memory, an unlinked file, whose file system needs room for it and must allow execution.
memory_folder() {
    local needed=$((${1%M} * 1024)) folder
    for folder in /dev/shm "${TMPDIR:-/tmp}" /var/tmp; do
        [[ -d $folder && -w $folder ]] || continue
        findmnt -n -o OPTIONS -T "$folder" | grep -w noexec >/dev/null && continue
        [[ $(df -k --output=avail "$folder" | tail -n 1) -gt $needed ]] && { echo "$folder"; return; }
    done
    return 1
}

# run_in_uml COMMAND [ARGUMENT…]: on this machine's root file system; it returns, with WHY, where user-mode Linux doesn't boot.
run_in_uml() {
    local choice
    choice="$(xstate_choice "$(cat /proc/cpuinfo)" "$WHOLE_XSTATE")"
    boot_uml "$choice" "$@"
    # Whatever processor it is whose registers this kernel can't set: the library helps there too.
    if [[ $choice == plain && -n ${KERNEL:-} ]] && grep -q put_fp_registers "$WORK/console"; then
        say "ktls-vm: user-mode Linux could not set the registers of this processor; starting it with the library for AMX."
        end_kernel
        boot_uml preload "$@"
    fi
    end_kernel
}

# boot_uml CHOICE COMMAND [ARGUMENT…]: the same, started as xstate_choice says.
boot_uml() {
    local choice="$1" folder preload=()
    shift
    (need_uml "$choice") || { WHY="it, or what it needs, is not installed, and what is missing stands above"; return 0; }
    is_there /usr/lib/uml/modules \
        || { WHY="it has no modules in /usr/lib/uml/modules: install the package user-mode-linux again"; return 0; }
    folder="$(memory_folder "$MEMORY")" ||
        { WHY="neither /dev/shm nor /tmp nor /var/tmp has $MEMORY free without noexec: free some, or name less with --memory"; return 0; }
    new_work
    if [[ $choice == preload ]]; then
        say "ktls-vm: user-mode Linux is started with scripts/ptrace-xstate.c preloaded, as a processor with AMX needs it."
        # shellcheck disable=SC2034
        (build_ptrace_library "$WORK/ptrace-xstate.so") || { WHY="the library for a processor with AMX could not be built"; return 0; }
        preload=("LD_PRELOAD=$WORK/ptrace-xstate.so")
    fi
    # The kernel can't load modules by itself there.
    # shellcheck disable=SC2016
    write_guest "mount -t hostfs none /run/out -o $WORK/out
${WRITABLE:+$(printf 'mount -t hostfs none %q -o %q' "$WRITABLE" "$WRITABLE")}" \
        'ln -s /usr/lib/uml/modules /run/m/lib/modules
    for m in ctr ghash-generic gcm ccm chacha_generic poly1305_generic chacha20poly1305 tls; do modprobe -d /run/m $m; done' "$@"
    start_kernel env TMPDIR="$folder" "${preload[@]}" linux.uml rootfstype=hostfs rootflags=/ ro mem="$MEMORY" init="$WORK/init" \
        con=null con0=null,fd:1 ssl=null quiet
    follow_kernel
}
