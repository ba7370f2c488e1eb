using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TlsProxy.Bench.Load;

namespace TlsProxy.Bench.Tests;

/// <summary>The bench as a program, on servers in this process.</summary>
[Trait("Size", "large")]
public sealed class SmokeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bench");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_server_that_fails_in_one_round_is_named_marked_and_measured_in_the_next()
    {
        Assert.SkipUnless(IsThere("wrk") && IsThere("taskset"), "wrk or taskset isn't installed");
        // Two requests ask whether a server is ready. The failing one then closes its connections until the other has been loaded, which is
        // after its first round.
        var otherWasLoaded = false;
        using var failing = new PlantedServer(
            request => request < 2 || Volatile.Read(ref otherWasLoaded) ? PlantedServer.Ok(100) : string.Empty);
        using var sound = new PlantedServer(request =>
        {
            Volatile.Write(ref otherWasLoaded, request >= 2);
            return PlantedServer.Ok(100);
        });

        var (status, output) = await RunAsync(
            "--target", TargetOf("failing", failing), "--target", TargetOf("sound", sound), "--only", "plaintext", "--rounds", "2");

        Assert.True(status == 0, output);
        Assert.Contains("| failing † ", output, StringComparison.Ordinal);
        Assert.Contains("| sound ", output, StringComparison.Ordinal);
        const string Told = "† failing, plaintext, 100 B, 2 connections, round 1: ";
        Assert.Equal(
            ["(tried again)", "(failed again: left out)"],
            from line in output.Split('\n')
            where line.StartsWith(Told, StringComparison.Ordinal)
            select line[line.LastIndexOf('(')..]);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(Json));
        var rounds = json.RootElement.GetProperty("cells")[0].GetProperty("servers").EnumerateArray()
            .Select(server => server.GetProperty("processorMicrosecondsOfRounds").EnumerateArray().Select(round => round.ValueKind))
            .ToArray();
        Assert.Equal([JsonValueKind.Null, JsonValueKind.Number], rounds[0]);
        Assert.Equal([JsonValueKind.Number, JsonValueKind.Number], rounds[1]);
        Assert.Contains("† failing", await File.ReadAllTextAsync(Page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Constant_rates_and_the_curve_of_connections_are_told_too()
    {
        Assert.SkipUnless(IsThere("wrk") && IsThere("taskset"), "wrk or taskset isn't installed");
        using var server = new PlantedServer(_ => PlantedServer.Ok(100));

        var (status, output) = await RunAsync("--target", TargetOf("one", server), "--rounds", "1");

        Assert.True(status == 0, output);
        Assert.Contains("100 B at 50 % of what saturates the server", output, StringComparison.Ordinal);
        Assert.Contains("plaintext, 100 B, 128 connections", output, StringComparison.Ordinal);
        Assert.Contains("<svg", await File.ReadAllTextAsync(Page), StringComparison.Ordinal);
        Assert.Contains("What TLS costs can't be said", output.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_does_not_serve_ends_the_run_and_is_named()
    {
        using var server = new PlantedServer(_ => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");

        var (status, output) = await RunAsync("--target", TargetOf("empty", server));

        Assert.Equal(1, status);
        Assert.Contains($"bench: empty answered 404 to {server.Url}", output, StringComparison.Ordinal);
    }

    private string Json => Path.Combine(_folder.FullName, "run.json");

    private string Page => Path.Combine(_folder.FullName, "run.html");

    private static string TargetOf(string name, PlantedServer server) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}={server.Url},pid={Environment.ProcessId}");

    internal static bool IsThere(string program) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    private async Task<(int Status, string Output)> RunAsync(params string[] arguments)
    {
        string[] all =
        [
            typeof(Payload).Assembly.Location, "--quick", "--seconds", "1", "--connections", "2",
            "--folder", _folder.FullName, "--json", Json, "--report", Page, .. arguments,
        ];
        var start = new ProcessStartInfo("dotnet", all) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await errors + output);
    }
}
