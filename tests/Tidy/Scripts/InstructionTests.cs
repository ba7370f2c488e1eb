namespace TlsProxy.Tidy.Tests.Scripts;

/// <summary>scripts/bench --ktls-vm counts instructions in QEMU.</summary>
public sealed class InstructionTests
{
    private const string Sources = "source scripts/qemu.sh; source scripts/instructions.sh; status=0; ";

    [Fact]
    public async Task All_that_is_missing_is_named_at_once_with_the_line_that_installs_it()
    {
        var output = await Shell.RunAsync(Sources + """
            qemu_obstacle() { :; }
            find_virtiofsd() { return 1; }
            is_there() { [[ $1 != qemu-system-x86_64 && $1 != modprobe && $1 != */virtiofsd ]]; }
            may_install() { return 1; }
            (need_for_instructions) 2>&1 || status=$?
            echo "$status"
            """);

        Assert.Equal(
            "test: missing: qemu-system-x86 kmod virtiofsd. Install with: apt-get install qemu-system-x86 kmod virtiofsd\n1",
            output.Replace("bash: missing", "test: missing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_kernel_that_can_not_be_downloaded_is_named_with_the_line_that_tries_it_again()
    {
        var output = await Shell.RunAsync(Sources + """
            QEMU_CACHE="$(mktemp -d)"
            qemu_obstacle() { :; }
            find_virtiofsd() { :; }
            need() { :; }
            apt-get() { echo "no such host"; return 1; }
            apt-cache() { :; }
            (need_for_instructions) 2>&1 || status=$?
            rm -r "$QEMU_CACHE"
            echo "$status"
            """);

        Assert.Contains("\nno such host\n", output, StringComparison.Ordinal);
        Assert.EndsWith(
            "could not be downloaded with \"apt-get update && apt-get download linux-image-cloud-amd64 busybox-static\"\n1",
            output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_QEMU_can_not_run_it_says_why()
    {
        var output = await Shell.RunAsync(Sources + """
            qemu_obstacle() { echo "it needs root"; }
            (need_for_instructions) 2>&1 || status=$?
            echo "$status"
            """);

        Assert.EndsWith("--ktls-vm counts instructions in QEMU, which can't run here: it needs root\n1", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--rivals", "--against, --rivals and --target")]
    [InlineData("--target a=http://127.0.0.1/,pid=1", "--against, --rivals and --target")]
    [InlineData("--seconds 1", "--seconds: it counts a fixed number of requests")]
    [InlineData("--rounds 1", "--rounds: it counts a fixed number of requests")]
    public async Task Options_that_mean_nothing_there_are_refused(string options, string said)
    {
        var output = await Shell.RunAsync(
            "status=0; scripts/bench --ktls-vm $1 2>&1 || status=$?; echo $status", options);

        Assert.StartsWith("bench: --ktls-vm excludes ", output, StringComparison.Ordinal);
        Assert.Contains(said, output, StringComparison.Ordinal);
        Assert.EndsWith("\n1", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Instructions_are_counted_by_one_processor_and_tests_run_on_two()
    {
        Assert.Contains("-icount", await Shell.RunAsync(Sources + "qemu_processors 1"), StringComparison.Ordinal);
        Assert.Contains("-smp 1", await Shell.RunAsync(Sources + "qemu_processors 1"), StringComparison.Ordinal);
        Assert.DoesNotContain("-icount", await Shell.RunAsync(Sources + "qemu_processors 0"), StringComparison.Ordinal);
        Assert.Contains("-smp 2", await Shell.RunAsync(Sources + "qemu_processors 0"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task User_mode_Linux_counts_no_instructions()
    {
        var output = await Shell.RunAsync("status=0; scripts/ktls-vm --instructions --kernel uml true 2>&1 || status=$?; echo $status");

        Assert.Equal("ktls-vm: only QEMU counts instructions: leave out --kernel uml\n2", output);
    }

    [Fact]
    public async Task What_an_ended_run_has_written_goes_where_its_results_belong()
    {
        var output = await Shell.RunAsync(Sources + """
            work="$(mktemp -d)"
            mkdir "$work/vm"
            echo figures >"$work/vm/json"
            : >"$work/vm/html"
            RESULTS_OF_VM="$work/vm"
            JSON="$work/run.json" REPORT="$work/run.html" CHARTS=''
            keep_results 2>&1
            keep_results 2>&1
            (cd "$work" && echo * && cat run.json)
            rm -r "$work"
            """);

        Assert.EndsWith("run.json\nrun.json\nfigures", output, StringComparison.Ordinal);
    }
}
