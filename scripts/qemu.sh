# QEMU with Debian's cloud kernel as scripts/ktls-vm needs it. Source it after vm.sh; it does nothing by itself.
# shellcheck shell=bash

# What QEMU boots: packages that are unpacked there and not installed.
QEMU_CACHE="${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/tlsproxy/ktls-vm"
# What the kernel loads before its root is there: the file system of that root, TLS, and its ciphers.
QEMU_MODULES=(virtio_pci virtiofs ctr ghash-generic gcm aesni_intel ccm chacha_generic poly1305_generic chacha20poly1305 tls)

# qemu_obstacle MACHINE UID: why nothing can run in QEMU on a machine (uname -m) or for a user (id -u); empty where it can.
qemu_obstacle() {
    if [[ $1 != x86_64 ]]; then
        echo "its kernel is for x86_64, and this machine is $1"
    elif [[ $2 != 0 ]]; then
        echo "virtiofsd, which shares this machine's root file system with it, needs root"
    fi
}

# find_virtiofsd: the program that shares the root file system, wherever its package puts it.
find_virtiofsd() {
    local file
    for file in /usr/libexec/virtiofsd /usr/lib/qemu/virtiofsd; do
        [[ ! -x $file ]] || { echo "$file"; return; }
    done
    return 1
}

# need_qemu: installs QEMU, virtiofsd and what makes the kernel's first root, and unpacks the kernel. One process does so at a time.
need_qemu() (
    mkdir -p "$QEMU_CACHE"
    exec 9>"$QEMU_CACHE/lock"
    flock 9
    need qemu-system-x86_64=qemu-system-x86 modprobe=kmod ip=iproute2
    find_virtiofsd >/dev/null || need /usr/libexec/virtiofsd=virtiofsd
    [[ ! -d $QEMU_CACHE/kernel ]] || exit 0
    say "Downloading a kernel for QEMU …"
    new="$(mktemp -d "$QEMU_CACHE/new.XXXXXX")"
    if ! { unpack_cloud_kernel "$new" || { apt-get update && unpack_cloud_kernel "$new"; }; } >"$new/log" 2>&1; then
        tail -n 10 "$new/log" >&2
        rm -rf "$new"
        fail "the packages linux-image-cloud-amd64 and busybox-static could not be downloaded with" \
            "\"apt-get update && apt-get download linux-image-cloud-amd64 busybox-static\""
    fi
    mv "$new" "$QEMU_CACHE/kernel"
)

# unpack_cloud_kernel FOLDER: downloads a kernel, and a busybox that needs no library.
unpack_cloud_kernel() {
    local image package
    image="$(apt-cache depends linux-image-cloud-amd64 | sed -nE 's/.*Depends: (linux-image-[0-9].*)/\1/p' | tail -n 1)"
    [[ -n $image ]] || return 1
    (cd "$1" && apt-get download -o APT::Sandbox::User=root "$image" busybox-static) || return 1
    for package in "$1"/*.deb; do
        dpkg -x "$package" "$1" || return 1
        rm "$package"
    done
    [[ -e $1/lib/modules ]] || ln -s usr/lib "$1/lib"
    depmod -b "$1" "$(basename "$1"/lib/modules/*)"
}

# make_initramfs KERNEL FOLDER: FOLDER.gz, a first root that loads QEMU_MODULES and goes over to the shared one, to the init that
# KTLS_INIT names on the kernel's command line.
make_initramfs() {
    local release busybox module number=100
    release="$(basename "$1"/lib/modules/*)"
    busybox="$(find "$1" -path '*/bin/busybox' -type f)"
    mkdir -p "$2"/{bin,root,modules}
    cp "$busybox" "$2/bin/busybox"
    while read -r module; do
        if [[ $module == *.xz ]]; then "$busybox" xz -dc "$module"; else cat "$module"; fi >"$2/modules/$((number++)).ko"
    done < <(modprobe -a -d "$1" -S "$release" --show-depends "${QEMU_MODULES[@]}" | awk '$1 == "insmod" && !seen[$2]++ { print $2 }')
    cat >"$2/init" <<'END'
#!/bin/busybox sh
for module in /modules/*.ko; do /bin/busybox insmod $module; done
/bin/busybox mount -t virtiofs root /root || exec /bin/busybox poweroff -f
exec /bin/busybox switch_root /root "$KTLS_INIT"
END
    chmod 755 "$2/init"
    (cd "$2" && find . | "$busybox" cpio -o -H newc 2>/dev/null | gzip -1) >"$2.gz"
}

# serve_root PROGRAM SOCKET: starts virtiofsd on the root file system, and waits for its socket.
serve_root() {
    local waited server
    "$1" --socket-path="$2" -o source=/ -o sandbox=chroot -o cache=always &
    server=$!
    for ((waited = 0; waited < 50; waited++)); do
        [[ ! -S $2 ]] || return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    echo "virtiofsd did not start"
    return 1
}

# qemu_processors INSTRUCTIONS: QEMU's options for two processors, or with INSTRUCTIONS=1 for one whose clock counts instructions: each is a
# nanosecond. While it is idle the clock runs as fast as this machine's (sleep=on): else it would leap from timer to timer while a file is
# read, and programs would give up waiting. Without erms and fsrm memory is copied in steps of at least eight bytes; an emulated
# `rep movsb` counts each byte.
qemu_processors() {
    if [[ $1 == 1 ]]; then
        echo "-accel tcg -icount shift=0,sleep=on -cpu max,-erms,-fsrm -smp 1"
    else
        echo "-accel tcg,thread=multi -cpu max -smp 2"
    fi
}

# qemu_machine WORK KERNEL VIRTIOFSD MEMORY INSTRUCTIONS: serves the root and becomes QEMU. KVM is left alone: /dev/kvm may be there and
# boot nothing.
qemu_machine() {
    local processors
    read -ra processors < <(qemu_processors "$5")
    serve_root "$3" "$1/root.sock" || exit 1
    exec qemu-system-x86_64 -machine q35 "${processors[@]}" -m "$4" \
        -object "memory-backend-memfd,id=mem,size=$4,share=on" -numa node,memdev=mem \
        -chardev "socket,id=root,path=$1/root.sock" -device vhost-user-fs-pci,chardev=root,tag=root \
        -nodefaults -no-user-config -nographic -serial stdio -no-reboot -kernel "$(echo "$2"/boot/vmlinuz-*)" -initrd "$1/initramfs.gz" \
        -append "console=ttyS0 quiet panic=-1 mitigations=off KTLS_INIT=$1/init"
}

# run_in_qemu COMMAND [ARGUMENT…]: in a virtual machine whose root is this machine's; it returns, with WHY, where that doesn't boot.
run_in_qemu() {
    WHY="$(qemu_obstacle "$(uname -m)" "$(id -u)")"
    [[ -z $WHY ]] || return 0
    (need_qemu) || { WHY="it, or what it needs, is not installed, and what is missing stands above"; return 0; }
    new_work
    # The root is shared writable, for the folder of the output and that of --writable; nothing but them can be written to once they are
    # mounted.
    local share
    share="mount --bind $WORK/out /run/out"
    [[ -z $WRITABLE ]] || share+=$'\n'"$(printf 'mount --bind %q %q' "$WRITABLE" "$WRITABLE")"
    write_guest "$share"$'\nmount -o remount,bind,ro /' : "$@"
    make_initramfs "$QEMU_CACHE/kernel" "$WORK/initramfs"
    export -f serve_root qemu_machine qemu_processors
    # shellcheck disable=SC2016
    start_kernel bash -c 'qemu_machine "$@"' qemu "$WORK" "$QEMU_CACHE/kernel" "$(find_virtiofsd)" "$MEMORY" "$INSTRUCTIONS"
    follow_kernel
    end_kernel
}
