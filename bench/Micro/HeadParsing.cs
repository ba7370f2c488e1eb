using TlsProxy.Proxy.Http;

namespace TlsProxy.Bench.Micro;

/// <summary>Reading one request head.</summary>
internal sealed class HeadParsing(string client, byte[] bytes) : Benchmark($"parse a head of {client}, {bytes.Length:N0} B", bytes.Length)
{
    private readonly HttpLimits _limits = new();
    private readonly RequestHead _head = new();

    public override void Run(int operations)
    {
        for (var i = 0; i < operations; i++)
        {
            if (RequestParser.Parse(bytes, _limits, _head, out _, out _) != ParseStatus.Complete)
                throw new InvalidOperationException("The head was not read.");
        }
    }
}
