namespace TlsProxy.Proxy.Http;

/// <summary>Whole seconds as Age and the directives of Cache-Control write them (RFC 9111, section 1.2.2).</summary>
internal static class DeltaSeconds
{
    /// <summary>Larger values are taken for this one.</summary>
    public const long Maximum = int.MaxValue;

    /// <summary>Reads digits and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<byte> digits, out long seconds)
    {
        seconds = 0;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return false;
        foreach (var digit in digits)
            seconds = Math.Min((seconds * 10) + (digit - '0'), Maximum);
        return true;
    }
}
