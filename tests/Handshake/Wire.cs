using System.Buffers.Binary;
using TlsProxy.Handshake.Keys;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Handshake.Tests;

/// <summary>Records on their way between a client in memory and the server's side.</summary>
internal static class Wire
{
    public const int HeaderLength = 5;

    /// <summary>Shakes hands; what the client sends passes through <paramref name="change"/>, flight by flight.</summary>
    /// <returns>All that the server has sent.</returns>
    public static byte[] ShakeHands(ServerHandshake server, OpenSslClient client, Func<byte[], IEnumerable<byte[]>>? change = null)
    {
        var answers = new List<byte>();
        // The client may have begun already.
        for (var flight = TakeAnswer(); flight.Length > 0; flight = TakeAnswer())
        {
            foreach (var piece in change?.Invoke(flight) ?? [flight])
                server.Offer(piece);
        }

        return [.. answers];

        byte[] TakeAnswer()
        {
            var answer = server.Output.ToArray();
            server.ClearOutput();
            answers.AddRange(answer);
            return client.Advance(answer);
        }
    }

    /// <summary>A session of a handshake with a server of this context, with its ticket.</summary>
    public static ClientSession MakeSession(TlsContext context, TlsVersion version)
    {
        using var server = new ServerHandshake(context);
        using var client = new OpenSslClient(version);
        ShakeHands(server, client);
        Assert.Equal(HandshakeStatus.Done, server.Status);
        return client.TakeSession();
    }

    /// <summary>Cuts a stream into its records.</summary>
    public static List<byte[]> Records(ReadOnlySpan<byte> stream)
    {
        var records = new List<byte[]>();
        while (stream.Length >= HeaderLength)
        {
            var length = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(stream[3..]);
            records.Add(stream[..length].ToArray());
            stream = stream[length..];
        }

        Assert.True(stream.IsEmpty, "The stream ends within a record.");
        return records;
    }

    /// <summary>Lays the content of unprotected handshake records out in records of <paramref name="length"/> bytes.</summary>
    public static byte[] Refragment(byte[] flight, int length)
    {
        var stream = new List<byte>();
        foreach (var record in Records(flight))
        {
            if (record[0] != 22)
            {
                stream.AddRange(record);
                continue;
            }

            foreach (var part in record[HeaderLength..].Chunk(length))
                stream.AddRange([22, record[1], record[2], (byte)(part.Length >> 8), (byte)part.Length, .. part]);
        }

        return [.. stream];
    }
}
