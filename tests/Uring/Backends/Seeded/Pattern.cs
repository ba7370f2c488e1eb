namespace TlsProxy.Uring.Tests.Backends.Seeded;

/// <summary>Bytes that tell their place in a stream.</summary>
internal static class Pattern
{
    private const int Period = 251;

    private static readonly byte[] s_bytes = [.. Enumerable.Range(0, (1 << 17) + Period).Select(i => (byte)(i % Period))];

    /// <summary>Bytes of one piece at most.</summary>
    public const int LengthMaximum = 1 << 17;

    public static ReadOnlySpan<byte> At(long offset, int length) => s_bytes.AsSpan((int)(offset % Period), length);

    public static void Check(ReadOnlySpan<byte> bytes, long offset)
    {
        Assert.InRange(bytes.Length, 0, LengthMaximum);
        Assert.True(bytes.SequenceEqual(At(offset, bytes.Length)), $"The {bytes.Length} bytes at {offset} are not those that were sent.");
    }
}
