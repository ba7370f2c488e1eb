using System.Text;

namespace TlsProxy.Proxy.Tests;

/// <summary>Bodies in the chunked coding (RFC 9112, section 7.1).</summary>
internal static class ChunkedMessage
{
    /// <summary>A body in chunks of random lengths.</summary>
    /// <param name="limit">What every chunk is shorter than, in bytes.</param>
    public static byte[] Of(byte[] body, Random random, int limit)
    {
        var message = new List<byte>();
        for (var start = 0; start < body.Length;)
        {
            var length = Math.Min(body.Length - start, random.Next(1, limit));
            message.AddRange(Encoding.ASCII.GetBytes($"{length:x}\r\n"));
            message.AddRange(body.AsSpan(start, length));
            message.AddRange("\r\n"u8);
            start += length;
        }

        message.AddRange("0\r\n\r\n"u8);
        return [.. message];
    }
}
