using System.Globalization;

namespace TlsProxy.Bench.Load;

/// <summary>An object that every server serves.</summary>
/// <param name="Bytes">Length of its body.</param>
internal sealed record Payload(int Bytes)
{
    public string Name => string.Create(CultureInfo.InvariantCulture, $"b{Bytes}");

    /// <summary>The same bytes everywhere, which do not compress.</summary>
    public byte[] Content()
    {
        var bytes = new byte[Bytes];
#pragma warning disable CA5394 // Filler is wanted, not secrets.
        new Random(Bytes).NextBytes(bytes);
#pragma warning restore CA5394
        return bytes;
    }
}
