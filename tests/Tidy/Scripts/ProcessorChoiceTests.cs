namespace TlsProxy.Tidy.Tests.Scripts;

/// <summary>How scripts/ktls-vm starts user-mode Linux on a processor.</summary>
public sealed class ProcessorChoiceTests
{
    [Theory]
    [InlineData("flags\t\t: fpu avx512f amx_bf16 avx512_fp16 amx_tile amx_int8 flush_l1d", "preload")]
    [InlineData("flags\t\t: fpu avx512f amx_tile", "preload")]
    [InlineData("flags\t\t: amx_tile", "preload")]
    [InlineData("flags\t\t: fpu sse2 avx512f avx512_vnni", "plain")]
    [InlineData("flags\t\t: fpu amx_tile_next", "plain")]
    [InlineData("flags\t\t: fpu\nbugs\t\t: amx_tile", "plain")]
    [InlineData("", "plain")]
    public async Task A_processor_with_AMX_needs_the_library(string flags, string choice)
    {
        var cpuinfo = $"processor\t: 0\nmodel name\t: Some processor\n{flags}\n\nprocessor\t: 1\n{flags}\n";

        Assert.Equal(choice, await Shell.RunAsync("source scripts/uml.sh; xstate_choice \"$1\"", cpuinfo));
    }

    [Theory]
    [InlineData("1", "preload")]
    [InlineData("0", "plain")]
    public async Task The_library_can_be_forced(string forced, string choice)
    {
        Assert.Equal(choice, await Shell.RunAsync("source scripts/uml.sh; xstate_choice \"$1\" \"$2\"", "flags : fpu", forced));
    }
}
