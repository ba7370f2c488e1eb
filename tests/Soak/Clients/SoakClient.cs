using System.Net.Sockets;
using System.Security.Authentication;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Soak.Checks;
using TlsProxy.Soak.Content;

namespace TlsProxy.Soak.Clients;

/// <summary>A client that makes connection after connection, behaves well or badly on them, and checks what it gets.</summary>
internal sealed class SoakClient(
    ProxyProcess proxy, Catalogue catalogue, Excuses excuses, Violations violations, SoakTallies tallies, int seed)
{
    private static readonly Transport[] Transports =
        Enum.GetValues<Transport>().Where(transport => !transport.NeedsKernelTls()).ToArray();

    private readonly Random _random = new(seed);
    private readonly RequestMaker _maker = new(catalogue, new Random(seed ^ 0x5bd1e995));

    /// <summary>Goes on until it is told to stop, and then ends what it is at.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var transport = Transports[_random.Next(Transports.Length)];
            var isSlow = _random.Next(10) == 0;
            try
            {
                var connection = await ClientConnection.OpenAsync(proxy, transport, isSlow ? 2048 : 0);
                tallies.Count("connections " + transport);
                await using var visit = new Visit(connection, transport, _maker, _random, excuses, violations, tallies) { IsSlow = isSlow };
                await visit.RunAsync(stop);
            }
            catch (Exception failure)
                when (failure is SocketException or AuthenticationException or IOException or OperationCanceledException)
            {
                violations.Add($"no connection over {transport}: {failure.GetType().Name}: {failure.Message}");
            }
        }
    }
}
