namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>Bytes that several hashes begin with. The one that has all of them appends in place; others that go on alike share what stands
/// there, and one that goes on otherwise begins an input of its own.</summary>
internal sealed class HashInput
{
    // Beyond what is needed, at most: a transcript grows by messages of some KiB.
    private const int SpareMaximum = 16 * 1024;

    private byte[] _bytes = [];
    private int _used;

    public ReadOnlySpan<byte> Bytes(int length) => _bytes.AsSpan(0, length);

    /// <summary>The input in which the bytes stand behind the first <paramref name="length"/> of this one.</summary>
    public HashInput Append(int length, ReadOnlySpan<byte> more)
    {
        var needed = length + more.Length;
        if (_used >= needed && _bytes.AsSpan(length, more.Length).SequenceEqual(more))
            return this;
        var input = length == _used ? this : new HashInput();
        if (input._bytes.Length < needed)
        {
            var larger = new byte[Math.Min(2 * needed, needed + SpareMaximum)];
            Bytes(length).CopyTo(larger);
            input._bytes = larger;
        }

        more.CopyTo(input._bytes.AsSpan(length));
        input._used = needed;
        return input;
    }
}
