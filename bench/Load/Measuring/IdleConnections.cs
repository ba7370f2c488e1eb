using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using TlsProxy.Bench.Load.Report;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Measuring;

/// <summary>What kept TLS connections cost a server while nothing happens on them: memory, and processor time.</summary>
internal static class IdleConnections
{
    /// <summary>How many there are.</summary>
    public const int Count = 1000;

    /// <summary>How long a server is watched with connections, and without.</summary>
    public static readonly TimeSpan Watched = TimeSpan.FromSeconds(5);

    /// <summary>How much a server grows for each connection, in KiB. One that has had as many before keeps their memory, and shows
    /// none.</summary>
    public static double Kibibytes(Candidate candidate)
    {
        var before = 0L;
        return WithOpen(
            candidate, () => before = ResidentMemory.Kibibytes(candidate),
            () => (double)(ResidentMemory.Kibibytes(candidate) - before) / Count);
    }

    /// <summary>Processor time without connections and with them, ms a second. A young process compiles its code meanwhile.</summary>
    public static (double WithNone, double WithMany) Milliseconds(Candidate candidate)
    {
        var withMany = WithOpen(candidate, static () => { }, () => MillisecondsASecond(candidate));
        // Last, when a runtime has done what it does after a load.
        return (MillisecondsASecond(candidate), withMany);
    }

    /// <summary>Opens connections, each of which has one request answered, and measures while they rest.</summary>
    /// <param name="begin">Called when the first few have brought what is made once.</param>
    private static double WithOpen(Candidate candidate, Action begin, Func<double> measure)
    {
        var target = new Uri(candidate.Url);
        var request = System.Text.Encoding.ASCII.GetBytes($"GET {target.AbsolutePath} HTTP/1.1\r\nHost: {target.Authority}\r\n\r\n");
        var open = new List<SslStream>();
        try
        {
            for (var i = 0; i < 10; i++)
                open.Add(Open(target, request));
            begin();
            for (var i = 0; i < Count; i++)
                open.Add(Open(target, request));
            return measure();
        }
        finally
        {
            open.ForEach(stream => stream.Dispose());
        }
    }

    /// <returns>Processor time of a server that nobody asks for anything, ms a second.</returns>
    private static double MillisecondsASecond(Candidate candidate)
    {
        Quiet.Wait(candidate);
        var clock = Stopwatch.StartNew();
        var before = candidate.ProcessorTime();
        Thread.Sleep(Watched);
        return (candidate.ProcessorTime() - before) / 1e6 / clock.Elapsed.TotalSeconds;
    }

    private static SslStream Open(Uri target, byte[] request)
    {
        var client = new TcpClient(target.Host, target.Port);
#pragma warning disable CA5359 // The server is one that this process has started.
        var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
        stream.AuthenticateAsClient("localhost");
        stream.Write(request);
        Span<byte> answer = stackalloc byte[4096];
        var first = stream.Read(answer);
        if (first == 0)
            throw new BenchException($"{target} closed a connection that should be kept.");
        return stream;
    }
}
