namespace TlsProxy.Tidy.Tests.Scripts;

/// <summary>scripts/ktls-vm boots Debian's kernel in QEMU where user-mode Linux doesn't boot.</summary>
[Trait("Size", "large")]
public sealed class QemuTests
{
    [Fact]
    public async Task A_kernel_boots_in_QEMU_where_user_mode_Linux_does_not()
    {
        var missing = await Shell.RunAsync("""
            source scripts/qemu.sh
            qemu_obstacle "$(uname -m)" "$(id -u)"
            for c in qemu-system-x86_64 modprobe ip gcc /usr/include/elf.h "$QEMU_CACHE/kernel"; do is_there "$c" || echo "$c"; done
            find_virtiofsd >/dev/null || echo virtiofsd
            """);
        Assert.SkipUnless(
            missing.Length == 0, $"SKIPPED: QEMU or its kernel isn't here, or can't run: {missing.Replace('\n', ' ')}");

        var output = await Shell.RunAsync("""
            broken="$(mktemp -d)"
            printf '#!/bin/sh\necho this processor is not for me\nexit 1\n' >"$broken/linux.uml"
            chmod 755 "$broken/linux.uml"
            status=0
            PATH="$broken:$PATH" scripts/ktls-vm --memory 512M --timeout 240 \
                sh -c 'cat /proc/sys/net/ipv4/tcp_available_ulp; touch /unwanted || exit 9' 2>&1 || status=$?
            rm -r "$broken"
            echo "status $status"
            """);

        Assert.Contains("this processor is not for me\n", output, StringComparison.Ordinal);
        Assert.Contains("Trying QEMU.", output, StringComparison.Ordinal);
        Assert.Contains("tls", output.Split((char[])['\n', ' ']));
        Assert.Contains("Read-only file system", output, StringComparison.Ordinal);
        Assert.EndsWith("\nstatus 9", output, StringComparison.Ordinal);
    }
}
