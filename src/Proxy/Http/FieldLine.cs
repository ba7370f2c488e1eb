namespace TlsProxy.Proxy.Http;

/// <summary>Where a field line lies in the buffer of its table.</summary>
/// <param name="Known">The field that the name stands for.</param>
/// <param name="IsOurs">The line is of the proxy itself: no peer can have it left out by naming it in Connection.</param>
internal readonly record struct FieldLine(
    int NameStart, int NameLength, int ValueStart, int ValueLength, KnownField Known, bool IsOurs = false)
{
    public int ValueEnd => ValueStart + ValueLength;
}
