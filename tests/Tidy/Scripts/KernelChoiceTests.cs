namespace TlsProxy.Tidy.Tests.Scripts;

/// <summary>Which kernels scripts/ktls-vm tries, and what it says where none starts.</summary>
public sealed class KernelChoiceTests
{
    // Kernels that don't start, but for the one that $1 names: it says with what it was started.
    private const string Kernels = """
        source scripts/vm.sh
        run_in_uml() { WHY="no room"; [[ $STARTS != uml ]] || { echo "uml runs $*"; exit 7; }; }
        run_in_qemu() { WHY="no root"; [[ $STARTS != qemu ]] || { echo "qemu runs $*"; exit 7; }; }
        STARTS="$1" status=0
        (run_in_a_kernel "$2" true "a b") 2>&1 || status=$?
        echo "$status"
        """;

    [Theory]
    [InlineData("auto", "uml qemu")]
    [InlineData("uml", "uml")]
    [InlineData("qemu", "qemu")]
    public async Task User_mode_Linux_is_tried_before_QEMU(string choice, string kernels)
    {
        Assert.Equal(kernels, await Shell.RunAsync("source scripts/vm.sh; kernels_to_try \"$1\"", choice));
    }

    [Theory]
    [InlineData("")]
    [InlineData("kvm")]
    [InlineData("uml qemu")]
    public async Task Another_kernel_is_refused(string choice)
    {
        var output = await Shell.RunAsync("status=0; scripts/ktls-vm --kernel \"$1\" true 2>&1 || status=$?; echo $status", choice);

        Assert.Equal($"ktls-vm: --kernel is auto, uml or qemu, not \"{choice}\"\n2", output);
    }

    [Theory]
    [InlineData("auto", "uml", "uml runs true a b\n7")]
    [InlineData("auto", "qemu", "ktls-vm: user-mode Linux: no room. Trying QEMU.\nqemu runs true a b\n7")]
    [InlineData("qemu", "qemu", "qemu runs true a b\n7")]
    public async Task QEMU_follows_where_user_mode_Linux_does_not_start(string choice, string starts, string output)
    {
        Assert.Equal(output, await Shell.RunAsync(Kernels, starts, choice));
    }

    [Theory]
    [InlineData("auto", "user-mode Linux: no room; QEMU: no root")]
    [InlineData("uml", "user-mode Linux: no room")]
    [InlineData("qemu", "QEMU: no root")]
    public async Task Where_no_kernel_starts_the_last_line_says_why_for_each(string choice, string reasons)
    {
        var lines = (await Shell.RunAsync(Kernels, "none", choice)).Split('\n');

        Assert.Equal([$"ktls-vm: no kernel with TLS could be started ({reasons})", "125"], lines[^2..]);
    }

    [Theory]
    [InlineData("x86_64", "0", "")]
    [InlineData("x86_64", "1000", "virtiofsd, which shares this machine's root file system with it, needs root")]
    [InlineData("aarch64", "0", "its kernel is for x86_64, and this machine is aarch64")]
    public async Task QEMU_needs_root_and_the_processor_of_its_kernel(string machine, string user, string obstacle)
    {
        Assert.Equal(obstacle, await Shell.RunAsync("source scripts/qemu.sh; qemu_obstacle \"$1\" \"$2\"", machine, user));
    }
}
