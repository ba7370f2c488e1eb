namespace TlsProxy.Tidy.Tests.Scripts;

/// <summary>scripts/ktls-vm boots a kernel with TLS also with the library for processors with AMX, whatever processor is here.</summary>
[Trait("Size", "large")]
public sealed class UserModeLinuxTests
{
    [Fact]
    public async Task A_kernel_boots_with_the_library_preloaded()
    {
        var missing = await Shell.RunAsync(
            "for c in linux.uml modprobe ip gcc /usr/include/elf.h; do is_there $c || echo $c; done");
        Assert.SkipUnless(
            missing.Length == 0, $"SKIPPED: user-mode Linux or the compiler isn't installed here: {missing.Replace('\n', ' ')}");

        var output = await Shell.RunAsync(
            "scripts/ktls-vm --kernel uml --whole-xstate --memory 512M --timeout 120 cat /proc/sys/net/ipv4/tcp_available_ulp 2>&1");

        Assert.Contains("ptrace-xstate.c preloaded", output, StringComparison.Ordinal);
        Assert.Contains("tls", output.Split((char[])['\n', ' ']));
    }
}
