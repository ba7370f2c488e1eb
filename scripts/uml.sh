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

# build_ptrace_library FILE: the library that is preloaded. It is bound at once, for the stacks of user-mode Linux are too small to do so later.
build_ptrace_library() {
    gcc -shared -fPIC -O2 -Wl,-z,now -o "$1" "$ROOT/scripts/ptrace-xstate.c" ||
        fail "gcc could not build scripts/ptrace-xstate.c, without which user-mode Linux does not boot on a processor with AMX"
}
