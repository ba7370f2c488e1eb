namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>What has become of bytes of an answer.</summary>
internal enum AnswerStep : byte
{
    /// <summary>All are used, or more are needed; the answer goes on.</summary>
    More,

    /// <summary>The sink takes no more for now.</summary>
    Wait,

    /// <summary>The answer is whole.</summary>
    Whole,

    /// <summary>The answer is whole, and bytes that belong to none stand behind it.</summary>
    WholeWithSurplus,

    /// <summary>Its framing is wrong.</summary>
    Malformed,

    /// <summary>The sink wants no more.</summary>
    Unwanted,

    /// <summary>There is no memory for it.</summary>
    NoMemory,
}
