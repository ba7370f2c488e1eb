using System.Globalization;
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
using var certificates = new TestCertificates();
var soaks = options.Transports.Select(transport => new Soak(options, transport, certificates, Console.WriteLine));
var wrongs = await Task.WhenAll(soaks.Select(soak => soak.RunAsync()));
Console.WriteLine(wrongs.Sum() == 0 ? "soak: passed" : $"soak: {wrongs.Sum()} things were wrong (seed {options.Seed})");
return wrongs.Sum() == 0 ? 0 : 1;
