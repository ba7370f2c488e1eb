namespace TlsProxy.Proxy.Http;

/// <summary>What a parser made of its input.</summary>
internal enum ParseStatus : byte
{
    /// <summary>The input ends within the element; nothing was consumed.</summary>
    NeedMore,

    /// <summary>The element is whole.</summary>
    Complete,

    /// <summary>The input can't become a valid element, whatever follows.</summary>
    Refused,
}
