using System.Globalization;
using System.Text;

namespace TlsProxy.Bench.Load.Entries;

/// <summary>A client's requests for numbered objects, which the origin has under every number.</summary>
/// <param name="authority">Of the server.</param>
internal sealed class EntryRequests(string authority)
{
    /// <summary>The folder below which the origin has one and the same object for each name.</summary>
    public const string Folder = "entries";

    private const int Digits = 10;
    private static readonly int NumberAt = $"GET /{Folder}/".Length;

    private readonly byte[] _request = Encoding.ASCII.GetBytes(
        $"GET /{Folder}/{new string('0', Digits)} HTTP/1.1\r\nHost: {authority}\r\n\r\n");

    /// <returns>The request for an object; valid until the next call.</returns>
    public ReadOnlySpan<byte> Of(long number)
    {
        number.TryFormat(_request.AsSpan(NumberAt, Digits), out _, "D10", CultureInfo.InvariantCulture);
        return _request;
    }
}
