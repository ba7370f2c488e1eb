using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Measuring;

/// <summary>What a kept TLS connection costs in memory of the server while nothing happens on it.</summary>
internal static class IdleMemory
{
    private const int Connections = 1000;

    /// <summary>Opens connections, has each answer one request, and looks how the server has grown.</summary>
    /// <returns>KiB of resident memory per connection; the kernel's own for its sockets are not among them.</returns>
    public static double Measure(Candidate candidate)
    {
        var target = new Uri(candidate.Url);
        var request = System.Text.Encoding.ASCII.GetBytes($"GET {target.AbsolutePath} HTTP/1.1\r\nHost: {target.Authority}\r\n\r\n");
        var open = new List<SslStream>();
        try
        {
            // The first few bring what is made once.
            for (var i = 0; i < 10; i++)
                open.Add(Open(target, request));
            var before = ResidentKibibytes(candidate.ProcessId);
            for (var i = 0; i < Connections; i++)
                open.Add(Open(target, request));
            return (double)(ResidentKibibytes(candidate.ProcessId) - before) / Connections;
        }
        finally
        {
            open.ForEach(stream => stream.Dispose());
        }
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

    private static long ResidentKibibytes(int processId)
    {
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/status"))
            .First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[1], CultureInfo.InvariantCulture);
    }
}
