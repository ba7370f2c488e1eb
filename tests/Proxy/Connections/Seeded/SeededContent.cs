using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>What objects and request bodies hold, so that both ends know it.</summary>
internal static class SeededContent
{
    private const int LengthPrefix = sizeof(int);

    // Nothing, less than a record, a record exactly, whole records, more than is stored, more than a window.
    private static readonly int[] s_lengths = [0, 100, 5_000, 16_384, 27_001, 49_152, 200_000, 5_000_000];

    private static readonly ConcurrentDictionary<int, byte[]> s_objects = new();

    /// <summary>The number of the first object that comes in several pieces.</summary>
    public const int SmallestOfSeveralPieces = 4;

    /// <summary>The number of the object that is larger than a window.</summary>
    public const int LargestObject = 7;

    public static string Target(int number) => $"/object/{number.ToString(CultureInfo.InvariantCulture)}";

    public static byte[] Object(string target) =>
        s_objects.GetOrAdd(target[^1] - '0', static number => Fill(new byte[s_lengths[number]], number + 1));

    /// <summary>A body that begins with its own length, so that a cut one is told from a whole one.</summary>
    public static byte[] RequestBody(int length)
    {
        if (length == 0)
            return [];
        var body = Fill(new byte[length + LengthPrefix], length);
        BinaryPrimitives.WriteInt32LittleEndian(body, length);
        return body;
    }

    /// <summary>Whether these bytes are a whole body of a request.</summary>
    public static bool IsRequestBody(ReadOnlySpan<byte> body) =>
        body.IsEmpty || (body.Length > LengthPrefix && body.SequenceEqual(RequestBody(BinaryPrimitives.ReadInt32LittleEndian(body))));

    private static byte[] Fill(byte[] bytes, int seed)
    {
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
