using System.Globalization;
using System.Runtime.InteropServices;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Soak;

SoakOptions options;
try
{
    options = SoakOptions.Parse(args);
}
catch (ArgumentException wrong)
{
    await Console.Error.WriteLineAsync($"soak: {wrong.Message}");
    return 2;
}

var transports = string.Join(" and ", options.Transports);
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"soak: seed {options.Seed}, {options.Minutes} minutes, {options.Clients} clients, over {transports}, --ktls {options.Ktls}"));
// Without these the proxies would outlive the soak.
using var end = new CancellationTokenSource();
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
using var certificates = new TestCertificates();
var soaks = options.Transports.Select(transport => new Soak(options, transport, certificates, Console.WriteLine));
try
{
    var wrongs = await Task.WhenAll(soaks.Select(soak => soak.RunAsync(end.Token)));
    Console.WriteLine(wrongs.Sum() == 0 ? "soak: passed" : $"soak: {wrongs.Sum()} things were wrong (seed {options.Seed})");
    return wrongs.Sum() == 0 ? 0 : 1;
}
catch (OperationCanceledException) when (end.IsCancellationRequested)
{
    Console.WriteLine("soak: ended by a signal; nothing is known");
    return 1;
}

void End(PosixSignalContext signal)
{
    signal.Cancel = true;
    end.Cancel();
}
