using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Instructions;

/// <summary>Measures a server on a machine on which a nanosecond of processor time is one instruction.</summary>
internal static class InstructionMeter
{
    /// <summary>Requests of each connection between its handshake and a measurement: session tickets have gone by then, and the server has
    /// decided how it makes records.</summary>
    private const int Settling = 3;

    /// <summary>Of the load that warms a server.</summary>
    private const int Pauses = 5;

    /// <summary>Loads a server whose code is compiled on the way. The runtime compiles well what was called often, once nothing new has
    /// been called for a while, and does so more than once. So the load pauses until it has.</summary>
    public static void Warm(Candidate candidate, Cell cell)
    {
        using var client = Open(candidate, cell);
        for (var pause = 0; pause < Pauses; pause++)
        {
            client.Run(RequestCounts.Of(cell.Object).Warming / Pauses);
            Quiet.Wait(candidate);
        }
    }

    /// <returns>Thousand instructions of the server's processes per request; handshakes are not among them.</returns>
    public static Sample Measure(Candidate candidate, Cell cell)
    {
        using var client = Open(candidate, cell);
        var before = candidate.ProcessorTime();
        var requests = client.Run(RequestCounts.Of(cell.Object).Window);
        var instructions = candidate.ProcessorTime() - before;
        return new Sample(double.NaN, instructions / 1000.0 / requests, null, null, 0);
    }

    /// <returns>What the kernel's TLS did with the server's sends.</returns>
    public static CopyProof Prove(Entry entry)
    {
        using var client = Open(entry.Candidate, entry.Cell);
        using var probes = new KernelProbes();
        var before = probes.Read();
        var requests = client.Run(RequestCounts.Of(entry.Cell.Object).Probed);
        return new CopyProof(entry, requests, probes.Read() - before);
    }

    private static KeptClient Open(Candidate candidate, Cell cell)
    {
        var client = new KeptClient(new Uri(candidate.Url), cell.Connections, cell.Object.Bytes);
        try
        {
            client.Run(Settling * cell.Connections);
            Quiet.Wait(candidate);
            return client;
        }
        catch (Exception)
        {
            client.Dispose();
            throw;
        }
    }
}
