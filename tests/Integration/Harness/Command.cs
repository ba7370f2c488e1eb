using System.Diagnostics;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>One run of a program to its end, within the limit of a test. It sees no TLSPROXY_ variable of those around the tests.</summary>
internal static class Command
{
    public static async Task<CommandResult> RunAsync(string program, IEnumerable<string> arguments, ReadOnlyMemory<byte> input = default)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        TestRun.RemoveVariables(start.Environment);
        using var limit = new CancellationTokenSource(RunningKernel.TestLimit);
        using var process = Process.Start(start)!;
        try
        {
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            using var output = new MemoryStream();
            var reading = process.StandardOutput.BaseStream.CopyToAsync(output, limit.Token);
            await WriteAsync(process.StandardInput.BaseStream, input, limit.Token);
            await reading;
            await process.WaitForExitAsync(limit.Token);
            return new CommandResult(process.ExitCode, output.ToArray(), await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static async Task WriteAsync(Stream input, ReadOnlyMemory<byte> bytes, CancellationToken end)
    {
        try
        {
            await using (input)
                await input.WriteAsync(bytes, end);
        }
        catch (IOException)
        {
            // The program has ended without reading it all: its output and its status tell why.
        }
    }
}
